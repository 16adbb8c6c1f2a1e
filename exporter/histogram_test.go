package exporter

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// TestNativeParity: exponential histograms of all shapes, as the official
// exporter makes them.
func TestNativeParity(t *testing.T) {
	for name, values := range map[string][]float64{
		"zero only":     {0, 0},
		"one value":     {1.5},
		"fine scale":    {1, 1.0001, 1.0002},
		"wide":          {1e-9, 1e9, 3},
		"both signs":    {-5, -0.1, 0, 0.1, 5},
		"negative only": {-1, -2, -4},
		"gaps":          {1, 1, 1, 64, 65},
		"small":         {0.001, 0.002, 0.0021},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDuo(t, pairOfOptions{}, sdkmetric.WithView(sdkmetric.NewView(
				sdkmetric.Instrument{Name: "*"},
				sdkmetric.Stream{Aggregation: sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 40, MaxScale: 20}})))
			h := must(d.provider.Meter("m").Float64Histogram("h"))(t)
			for _, v := range values {
				h.Record(background, v)
				want := must(d.theirs.Gather())(t)
				got, done, err := d.reader.Gather()
				if err != nil {
					t.Fatal(err)
				}
				wantSame(t, name, timeless(got), timeless(want))
				wantText(t, toText(t, got), toText(t, want))
				wantSame(t, "registry", must(d.ours.Gather())(t), got)
				done()
			}
		})
	}
}

func TestNativeScaleTooCoarse(t *testing.T) {
	handled(t)
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo(), WithAggregationSelector(
		func(sdkmetric.InstrumentKind) sdkmetric.Aggregation {
			return sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 2, MaxScale: 20}
		}))
	h := must(m.Float64Histogram("h"))(t)
	h.Record(background, 1, attrs("k", "good"))
	h.Record(background, 1, attrs("k", "bad"))
	wantNames := func(want ...string) {
		t.Helper()
		families, done, _ := r.Gather()
		defer done()
		var got []string
		for _, f := range families {
			for _, m := range f.Metric {
				got = append(got, m.Label[0].GetValue())
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	wantNames("bad", "good")
	h.Record(background, math.MaxFloat64, attrs("k", "bad"))
	wantNames("good")
	_, err := gather(t, r)
	wantError(t, err, "1 series left out: scale", "coarser than Prometheus allows (-4)")
}

// TestClassicAndNative: two views of one instrument give one histogram with
// both kinds of buckets. The official exporter fails the gather. The SDK takes
// two views that differ in the aggregation alone for one, hence the description.
func TestClassicAndNative(t *testing.T) {
	logged := handled(t)
	inst := sdkmetric.Instrument{Name: "h"}
	p := must(New(WithoutRuntimeCollectors(), WithoutTargetInfo(), WithViews(
		sdkmetric.NewView(inst, sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: []float64{1, 10}}}),
		sdkmetric.NewView(inst, sdkmetric.Stream{
			Description: "native",
			Aggregation: sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20},
		}),
	)))(t)
	defer p.Shutdown(background)
	h := must(p.MeterProvider().Meter("m").Float64Histogram("h"))(t)
	for i := range 3 {
		h.Record(background, 4)
		m := decode(t, scrape(t, p.Handler(), protobufAccept))["h"].Metric[0].Histogram
		n := uint64(i + 1)
		if m.GetSampleCount() != n || len(m.Bucket) != 3 || m.Bucket[1].GetCumulativeCount() != n {
			t.Errorf("classic: %v", m)
		}
		if m.GetSchema() != maxSchema || len(m.PositiveSpan) != 1 || m.PositiveSpan[0].GetOffset() != 512 || m.PositiveDelta[0] != int64(n) {
			t.Errorf("native: %v", m)
		}
	}
	if got := without(scrape(t, p.Handler(), textType), "promhttp_"); got !=
		"# HELP h \n# TYPE h histogram\nh_bucket{le=\"1\"} 0\nh_bucket{le=\"10\"} 3\nh_bucket{le=\"+Inf\"} 3\nh_sum 12\nh_count 3\n" {
		t.Error(got)
	}
	if got := logged(); len(got) != 0 {
		t.Errorf("this is meant, there is nothing to log: %q", got)
	}
}

// TestWithNativeHistograms: the option gives histograms with both kinds of
// buckets in protobuf and changes nothing in text. A view that chooses an
// aggregation has the last word, and other readers see what they always saw.
func TestWithNativeHistograms(t *testing.T) {
	logged := handled(t)
	other := sdkmetric.NewManualReader()
	exponential := sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 8, MaxScale: 3}
	opts := []Option{WithoutRuntimeCollectors(), WithoutTargetInfo(), WithViews(
		sdkmetric.NewView(sdkmetric.Instrument{Name: "explicit"},
			sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: []float64{2}}}),
		sdkmetric.NewView(sdkmetric.Instrument{Name: "exponential"}, sdkmetric.Stream{Aggregation: exponential}),
	)}
	plain := must(New(opts...))(t)
	both := must(New(append(opts, WithNativeHistograms(), WithReaders(other))...))(t)
	for _, p := range []*Provider{plain, both} {
		defer p.Shutdown(background)
		for _, scope := range []string{"one", "two"} {
			m := p.MeterProvider().Meter(scope)
			for _, name := range []string{"h_" + scope, "explicit", "exponential"} {
				if scope == "two" && name != "h_two" {
					continue
				}
				h := must(m.Float64Histogram(name, metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(1, 10)))(t)
				for _, v := range []float64{-4, 0, 4, 4, 40} {
					h.Record(background, v, attrs("k", "v"))
				}
			}
			must(m.Int64Counter("c_"+scope))(t).Add(background, 3)
		}
	}
	wantText(t, without(scrape(t, both.Handler(), textType), "promhttp_"), without(scrape(t, plain.Handler(), textType), "promhttp_"))

	got := decode(t, scrape(t, both.Handler(), protobufAccept))
	for name, want := range map[string]struct{ buckets, positive, negative int }{
		"h_one_seconds": {3, 2, 1}, "h_two_seconds": {3, 2, 1}, "explicit_seconds": {1, 0, 0}, "exponential_seconds": {0, 2, 1},
	} {
		h := got[name].Metric[0].Histogram
		filled := 0
		for i, count := 0, int64(0); i < len(h.PositiveDelta); i++ {
			if count += h.PositiveDelta[i]; count > 0 {
				filled++
			}
		}
		if len(h.Bucket) != want.buckets || filled != want.positive || len(h.NegativeDelta) != want.negative ||
			h.GetSampleCount() != 5 || h.GetSampleSum() != 44 {
			t.Errorf("%s: %v", name, h)
		}
	}
	var rm metricdata.ResourceMetrics
	if err := other.Collect(background, &rm); err != nil {
		t.Fatal(err)
	}
	streams := 0
	for _, sm := range rm.ScopeMetrics {
		streams += len(sm.Metrics)
	}
	if streams != 6 {
		t.Errorf("another reader has %d streams, want 6", streams)
	}
	if got := logged(); len(got) != 0 {
		t.Errorf("logged: %q", got)
	}
}

// TestNativeTakesLess: what an exponential histogram does not take, infinities
// and NaN, is in the classic buckets all the same.
func TestNativeTakesLess(t *testing.T) {
	p := must(New(WithoutRuntimeCollectors(), WithoutTargetInfo(), WithNativeHistograms()))(t)
	defer p.Shutdown(background)
	h := must(p.MeterProvider().Meter("m").Float64Histogram("h", metric.WithExplicitBucketBoundaries(0, 10)))(t)
	for _, v := range []float64{math.Inf(-1), math.Inf(-1), 3, math.Inf(1)} {
		h.Record(background, v)
	}
	wantText(t, without(scrape(t, p.Handler(), textType), "promhttp_"), "# HELP h \n# TYPE h histogram\n"+
		"h_bucket{le=\"0\"} 2\nh_bucket{le=\"10\"} 3\nh_bucket{le=\"+Inf\"} 4\nh_sum NaN\nh_count 4\n")
	got := decode(t, scrape(t, p.Handler(), protobufAccept))["h"].Metric[0].Histogram
	if len(got.Bucket) != 3 || got.Bucket[2].GetCumulativeCount() != 4 || got.GetSampleCount() != 1 || got.GetSampleSum() != 3 {
		t.Errorf("%v", got)
	}
}

// TestNativeOfTwoScopes: series of two scopes are added up, but for native
// buckets, and no data is called lost for it.
func TestNativeOfTwoScopes(t *testing.T) {
	logged := handled(t)
	p := must(New(WithoutRuntimeCollectors(), WithoutTargetInfo(), WithNativeHistograms()))(t)
	defer p.Shutdown(background)
	for _, scope := range []string{"one", "two"} {
		must(p.MeterProvider().Meter(scope).Float64Histogram("h"))(t).Record(background, 1)
	}
	for range 2 {
		families := must(p.Gatherer().Gather())(t)
		if got := families[0].Metric[0].Histogram; len(families[0].Metric) != 1 || got.GetSampleCount() != 2 || got.Schema != nil {
			t.Errorf("%v", got)
		}
	}
	if got := logged(); len(got) != 1 || !strings.Contains(got[0], "h: several instruments give the same series, which goes without native buckets") {
		t.Errorf("logged %q", got)
	}
}

// TestExemplarParity compares exemplars of all kinds with the official ones.
func TestExemplarParity(t *testing.T) {
	d := newDuo(t, pairOfOptions{},
		sdkmetric.WithExemplarFilter(exemplar.AlwaysOnFilter),
		sdkmetric.WithView(sdkmetric.NewView(sdkmetric.Instrument{Name: "*"},
			sdkmetric.Stream{AttributeFilter: func(kv attribute.KeyValue) bool { return kv.Key == "keep" }})))
	m := d.provider.Meter("m")
	c := must(m.Int64Counter("c"))(t)
	h := must(m.Float64Histogram("h", metric.WithExplicitBucketBoundaries(1, 2)))(t)
	u := must(m.Int64UpDownCounter("u"))(t)
	for i := range 6 {
		o := attrs("keep", "k", "drop.1", fmt.Sprint(i))
		c.Add(background, 1, o)
		u.Add(background, 1, o)
		h.Record(background, float64(i)/2, o)
		// The SDK's reservoirs of the two pipelines draw at random, so what is
		// compared is made of one pipeline's data.
		got, done, err := d.reader.Gather()
		if err != nil {
			t.Fatal(err)
		}
		want := must(d.theirs.Gather())(t)
		if a, b := exemplarShape(got), exemplarShape(want); a != b {
			t.Errorf("got %s, want %s", a, b)
		}
		wantText(t, toText(t, got), toText(t, want))
		done()
	}
}

// exemplarShape tells which series and buckets have exemplars, and their label
// names.
func exemplarShape(families []*dto.MetricFamily) string {
	out := ""
	note := func(at string, e *dto.Exemplar) {
		if e != nil {
			labels := map[string]int{}
			for _, l := range e.Label {
				labels[l.GetName()] = len(l.GetValue())
			}
			out += fmt.Sprintln(at, labels)
		}
	}
	for _, f := range families {
		for _, m := range f.Metric {
			note(f.GetName(), m.GetCounter().GetExemplar())
			for _, b := range m.GetHistogram().GetBucket() {
				note(fmt.Sprint(f.GetName(), b.GetUpperBound()), b.Exemplar)
			}
		}
	}
	return out
}

// TestExemplarTooLong: the series goes without it, and nothing fails.
func TestExemplarTooLong(t *testing.T) {
	handled(t)
	long := string(make([]byte, 200))
	_, err := exemplarLabels(labeler{}, &metricdata.Exemplar[int64]{TraceID: []byte(long)})
	wantError(t, err, "runes, more than the 128 that OpenMetrics allows")
	s := must(newBridge(must(newConfig(inNew, nil))(t)))(t).newSet()
	if got := toExemplars(s, &point{}, []metricdata.Exemplar[int64]{{SpanID: []byte(long)}}); got != nil {
		t.Error(got)
	}
	if len(s.problems) != 1 || s.problems[0].lost {
		t.Error(s.problems)
	}
}

// TestCreated: counters and histograms carry their start in protobuf; nothing
// else changes.
func TestCreated(t *testing.T) {
	start := time.Unix(1_700_000_000, 5)
	r, _ := newTestReader(t, WithProducer(producer(func() []metricdata.ScopeMetrics {
		return []metricdata.ScopeMetrics{{Metrics: []metricdata.Metrics{
			{Name: "c", Data: metricdata.Sum[int64]{IsMonotonic: true, DataPoints: []metricdata.DataPoint[int64]{{Value: 1, StartTime: start}}}},
			{Name: "none", Data: metricdata.Sum[int64]{IsMonotonic: true, DataPoints: []metricdata.DataPoint[int64]{{Value: 1}}}},
			{Name: "h", Data: metricdata.Histogram[int64]{DataPoints: []metricdata.HistogramDataPoint[int64]{{StartTime: start, BucketCounts: []uint64{0}}}}},
		}}}
	})))
	got := decode(t, scrape(t, r.Handler(), protobufAccept))
	want := timestamppb.New(start)
	if ct := got["c_total"].Metric[0].Counter.CreatedTimestamp; !proto.Equal(ct, want) {
		t.Errorf("counter: %v", ct)
	}
	if ct := got["h"].Metric[0].Histogram.CreatedTimestamp; !proto.Equal(ct, want) {
		t.Errorf("histogram: %v", ct)
	}
	if ct := got["none_total"].Metric[0].Counter.CreatedTimestamp; ct != nil {
		t.Errorf("no start time, but created %v", ct)
	}
	start = start.Add(time.Hour) // a reset
	got = decode(t, scrape(t, r.Handler(), protobufAccept))
	if ct := got["c_total"].Metric[0].Counter.CreatedTimestamp; ct.AsTime().Unix() != start.Unix() {
		t.Errorf("after a reset: %v", ct)
	}
}
