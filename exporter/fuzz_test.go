package exporter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// FuzzParity: whatever the instruments, scopes, attributes, values, options and
// formats are, ours and the official exporter answer the same, byte for byte,
// and text can be read. Randomness that the package documentation lists as a
// difference is left out: no two instruments give one series or disagree about
// a name.
func FuzzParity(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(seed, uint8(seed), uint8(seed*37))
	}
	f.Fuzz(func(t *testing.T, seed uint64, strategy, options uint8) {
		handled(t)
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 2))}
		o := translation(pick(strategies, int(strategy)))
		for i, more := range optionPairs[1:7] {
			if options>>i&1 == 1 {
				o = o.and(more)
			}
		}
		g.scopeInfo = options&1 == 0
		if options&0x80 != 0 {
			o = o.and(optionPairs[len(optionPairs)-1])
		}
		g.instruments()
		var now []metricdata.ScopeMetrics
		d := produced(t, o, &now)
		rec := newRecorder(t, d.provider, seed)
		roads := d.roads()
		for range 4 {
			now = g.collect()
			rec.record(g.IntN(10))
			for range 3 {
				roads.compare(t, request{accept: pick(accepts, g.Int()) + pick(escapings, g.Int()), encoding: pick([]string{"", "gzip"}, g.Int())})
			}
			families := parse(t, scrape(t, d.reader.Handler(), textType+"; escaping=allow-utf-8"))
			for _, f := range must(d.their())(t) {
				if got := len(families[f.GetName()].GetMetric()); got != len(f.Metric) {
					t.Errorf("%s: %d series, want %d", f.GetName(), got, len(f.Metric))
				}
			}
		}
	})
}

var strategies = []otlptranslator.TranslationStrategyOption{
	otlptranslator.UnderscoreEscapingWithSuffixes, otlptranslator.NoTranslation,
	otlptranslator.NoUTF8EscapingWithSuffixes, otlptranslator.UnderscoreEscapingWithoutSuffixes,
}

func pick[T any](from []T, i int) T { return from[uint(i)%uint(len(from))] }

// generator produces what the SDK does, and what only a producer may.
type generator struct {
	*rand.Rand
	scopeInfo bool
	scopes    []instrumentation.Scope
	all       []generated
}

// generated is one instrument, in one scope or several.
type generated struct {
	metricdata.Metrics
	scopes []int
	kind   int
	bounds []float64
	sets   []attribute.Set
}

func (g *generator) instruments() {
	for i := range 1 + g.IntN(4) {
		g.scopes = append(g.scopes, instrumentation.Scope{
			Name: pick([]string{"", "s", "scope ü", `q"\`}, i), Version: pick([]string{"", "v1"}, g.Int()), SchemaURL: fmt.Sprint("u", i),
			Attributes: g.set(),
		})
	}
	names := []string{"", "x", "a.b-c", "мой.метрик", "a b", "x:y", "q\"uote", "_total", ".total", "seconds", "by_bytes", "n\nl", "{}", "ratio", "_bucket", "_created", "_info"}
	units := []string{"", "s", "ms", "By", "1", "{call}", "USD", "m/s", "By/s", "%", "é", "KiBy/m"}
	helps := []string{"", "help", "two\nlines", `back\slash`, `"quoted"`, "ünï", " spaces ", "\\n\\\\"}
	for i := range 1 + g.IntN(10) {
		in := generated{kind: g.IntN(8), scopes: []int{g.IntN(len(g.scopes))}}
		in.Name = fmt.Sprintf("i%02d_%s", i, pick(names, g.Int()))
		in.Unit, in.Description = pick(units, g.Int()), pick(helps, g.Int())
		if g.scopeInfo && g.IntN(3) == 0 {
			in.scopes = g.Perm(len(g.scopes))
		}
		in.bounds = pick([][]float64{nil, {0}, {0.1, 1, 1e6, 1e21}, {-0.5, 0, 0.5}, {1, 2, 4, 8, 16}, {-1e300, 1e-7, 123456.789}}, g.Int())
		for range 1 + g.IntN(5) {
			if s := g.set(); !slices.ContainsFunc(in.sets, func(o attribute.Set) bool { return o.Equals(&s) }) {
				in.sets = append(in.sets, s)
			}
		}
		g.all = append(g.all, in)
	}
}

// set has names that become one label when they are translated. No value
// stands under two names, so that the sets stay different and sorted.
func (g *generator) set() attribute.Set {
	keys := []string{"k.one", "k_one", "k one", "x", "3rd", "kлюч", "kслов", "q\"", "b\\s", "n\nl", "name", "Z", "z.z"}
	values := []string{"", "a", "b b", `q"\`, "new\nline", "ü", strings.Repeat("long", 20), "<>&", "{}", "\x00"}
	var out []attribute.KeyValue
	for range g.IntN(len(keys)) {
		key := pick(keys, g.Int())
		out = append(out, attribute.String(key, pick(values, g.Int())+"/"+key))
	}
	return attribute.NewSet(out...)
}

// collect is what one scrape gets: not all instruments, nor all their series,
// and in no order.
func (g *generator) collect() []metricdata.ScopeMetrics {
	out := make([]metricdata.ScopeMetrics, len(g.scopes))
	for i, at := range g.Perm(len(g.scopes)) {
		out[i].Scope = g.scopes[at]
		for _, j := range g.Perm(len(g.all)) {
			if in := &g.all[j]; slices.Contains(in.scopes, at) && g.IntN(5) > 0 {
				out[i].Metrics = append(out[i].Metrics, g.metrics(in))
			}
		}
	}
	return out
}

func (g *generator) metrics(in *generated) metricdata.Metrics {
	m := in.Metrics
	var sets []attribute.Set
	for _, i := range g.Perm(len(in.sets)) {
		if g.IntN(4) > 0 {
			sets = append(sets, in.sets[i])
		}
	}
	const cumulative = metricdata.CumulativeTemporality
	switch in.kind {
	case 0, 1:
		m.Data = metricdata.Sum[int64]{IsMonotonic: in.kind == 0, Temporality: cumulative, DataPoints: numbers(g, sets, g.int)}
	case 2, 3:
		m.Data = metricdata.Sum[float64]{IsMonotonic: in.kind == 2, Temporality: cumulative, DataPoints: numbers(g, sets, g.float)}
	case 4:
		m.Data = metricdata.Gauge[float64]{DataPoints: numbers(g, sets, g.float)}
	case 5:
		m.Data = metricdata.Histogram[int64]{Temporality: cumulative, DataPoints: histograms(g, sets, in.bounds, g.int)}
	case 6:
		m.Data = metricdata.Histogram[float64]{Temporality: cumulative, DataPoints: histograms(g, sets, in.bounds, g.float)}
	case 7:
		m.Data = metricdata.ExponentialHistogram[float64]{Temporality: cumulative, DataPoints: natives(g, sets, g.float)}
	}
	return m
}

func numbers[N int64 | float64](g *generator, sets []attribute.Set, value func() N) []metricdata.DataPoint[N] {
	var out []metricdata.DataPoint[N]
	for _, s := range sets {
		out = append(out, metricdata.DataPoint[N]{Attributes: s, Value: value(), StartTime: g.time(), Exemplars: exemplars(g, value)})
	}
	return out
}

func histograms[N int64 | float64](g *generator, sets []attribute.Set, bounds []float64, value func() N) []metricdata.HistogramDataPoint[N] {
	var out []metricdata.HistogramDataPoint[N]
	for _, s := range sets {
		dp := metricdata.HistogramDataPoint[N]{Attributes: s, Sum: value(), StartTime: g.time(), Bounds: bounds, Exemplars: exemplars(g, value)}
		for range len(bounds) + 1 {
			n := g.count()
			dp.BucketCounts, dp.Count = append(dp.BucketCounts, n), dp.Count+n
		}
		out = append(out, dp)
	}
	return out
}

func natives[N int64 | float64](g *generator, sets []attribute.Set, value func() N) []metricdata.ExponentialHistogramDataPoint[N] {
	var out []metricdata.ExponentialHistogramDataPoint[N]
	for _, s := range sets {
		dp := metricdata.ExponentialHistogramDataPoint[N]{
			Attributes: s, Sum: value(), StartTime: g.time(), Scale: int32(g.IntN(25) - 4), ZeroCount: 1 + g.count(), Exemplars: exemplars(g, value),
			ZeroThreshold:  pick([]float64{0, 1e-9, 0.5}, g.Int()),
			PositiveBucket: g.buckets(), NegativeBucket: g.buckets(),
		}
		dp.Count = dp.ZeroCount
		for _, n := range slices.Concat(dp.PositiveBucket.Counts, dp.NegativeBucket.Counts) {
			dp.Count += n
		}
		out = append(out, dp)
	}
	return out
}

func (g *generator) buckets() metricdata.ExponentialBucket {
	b := metricdata.ExponentialBucket{Offset: int32(g.IntN(4000) - 2000)}
	for range g.IntN(12) {
		b.Counts = append(b.Counts, g.count())
	}
	return b
}

func exemplars[N int64 | float64](g *generator, value func() N) []metricdata.Exemplar[N] {
	var out []metricdata.Exemplar[N]
	for g.IntN(3) == 0 {
		set := g.set()
		e := metricdata.Exemplar[N]{Value: value(), Time: g.time()}
		if math.IsNaN(float64(e.Value)) {
			e.Value = 1 // see TestDifferenceExemplarNaN
		}
		if e.FilteredAttributes = set.ToSlice(); len(e.FilteredAttributes) > 2 && g.IntN(4) > 0 {
			e.FilteredAttributes = e.FilteredAttributes[:1] // more is too long, and costs the series its exemplars
		}
		if g.IntN(2) == 0 {
			e.TraceID, e.SpanID = []byte{15: byte(g.Int())}, []byte{7: byte(g.Int())}
		}
		out = append(out, e)
	}
	return out
}

func (g *generator) int() int64 { return pick(append(hardInts, g.Int64N(1000), g.Int64()), g.Int()) }

func (g *generator) float() float64 {
	return pick(append(hardFloats, g.NormFloat64(), math.Float64frombits(g.Uint64())), g.Int())
}

// count stays far from where a sum of counts would overflow.
func (g *generator) count() uint64 {
	return pick([]uint64{0, 1, 9, 999_999, 1_000_000, 1_000_001, 1<<53 + 1, g.Uint64N(100)}, g.Int())
}

func (g *generator) time() time.Time { return time.Unix(g.Int64N(2e9), g.Int64N(1e9)) }
