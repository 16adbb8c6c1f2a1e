package exporter

import (
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// kind is what an aggregation becomes in Prometheus. Int64 and float64 are
// told apart only by what two series of one name may do: both are the same
// kind.
type kind uint8

const (
	kindUnsupported kind = iota
	kindDelta            // a sum or histogram since the scrape before, not since the start
	kindCounter
	kindUpDown // a gauge whose series may be added up
	kindGauge
	kindClassic
	kindNative
)

func kindOf(a metricdata.Aggregation) kind {
	switch v := a.(type) {
	case metricdata.Sum[int64]:
		return kindOfSum(v.Temporality, v.IsMonotonic)
	case metricdata.Sum[float64]:
		return kindOfSum(v.Temporality, v.IsMonotonic)
	case metricdata.Gauge[int64], metricdata.Gauge[float64]:
		return kindGauge
	case metricdata.Histogram[int64]:
		return unlessDelta(v.Temporality, kindClassic)
	case metricdata.Histogram[float64]:
		return unlessDelta(v.Temporality, kindClassic)
	case metricdata.ExponentialHistogram[int64]:
		return unlessDelta(v.Temporality, kindNative)
	case metricdata.ExponentialHistogram[float64]:
		return unlessDelta(v.Temporality, kindNative)
	}
	return kindUnsupported
}

func kindOfSum(t metricdata.Temporality, monotonic bool) kind {
	if monotonic {
		return unlessDelta(t, kindCounter)
	}
	return unlessDelta(t, kindUpDown)
}

func unlessDelta(t metricdata.Temporality, k kind) kind {
	if t == metricdata.DeltaTemporality {
		return kindDelta
	}
	return k
}

func (k kind) prometheus() dto.MetricType {
	switch k {
	case kindCounter:
		return dto.MetricType_COUNTER
	case kindClassic, kindNative:
		return dto.MetricType_HISTOGRAM
	}
	return dto.MetricType_GAUGE
}

func (k kind) translator() otlptranslator.MetricType {
	switch k {
	case kindCounter:
		return otlptranslator.MetricTypeMonotonicCounter
	case kindUpDown:
		return otlptranslator.MetricTypeNonMonotonicCounter
	case kindClassic, kindNative:
		return otlptranslator.MetricTypeHistogram
	}
	return otlptranslator.MetricTypeGauge
}
