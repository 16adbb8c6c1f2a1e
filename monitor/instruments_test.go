package monitor

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"go.opentelemetry.io/otel/attribute"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// testEpoch is where the tests' clocks start: the top of a minute, so that windows and cells of 10 s begin with it.
var testEpoch = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// testClock is a clock that only its test moves.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func newTestClock() *testClock { return &testClock{at: testEpoch} }

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// metered is a Monitor whose instruments the test reads.
type metered struct {
	*Monitor
	t      testing.TB
	reader *sdkmetric.ManualReader
}

func newMetered(t testing.TB, opts ...Option) *metered {
	t.Helper()
	reader := sdkmetric.NewManualReader()
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))
	m, err := New(mp, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown(context.Background()) })
	return &metered{m, t, reader}
}

// point is what a series holds: of a counter or gauge its value, of a histogram count and sum.
type point struct {
	count uint64
	value float64
}

// collect returns every series by the name of its instrument and its labels, as "key=value,key=value" in their order.
func (m *metered) collect() map[string]map[string]point {
	m.t.Helper()
	var rm metricdata.ResourceMetrics
	if err := m.reader.Collect(context.Background(), &rm); err != nil {
		m.t.Fatal(err)
	}
	all := make(map[string]map[string]point)
	for _, scope := range rm.ScopeMetrics {
		for _, metric := range scope.Metrics {
			all[metric.Name] = seriesOf(m.t, metric.Data)
		}
	}
	return all
}

func seriesOf(t testing.TB, data metricdata.Aggregation) map[string]point {
	t.Helper()
	series := make(map[string]point)
	put := func(set attribute.Set, p point) {
		key := set.Encoded(plainEncoder{})
		if _, twice := series[key]; twice {
			t.Errorf("series %s twice", key)
		}
		series[key] = p
	}
	switch d := data.(type) {
	case metricdata.Sum[int64]:
		for _, dp := range d.DataPoints {
			put(dp.Attributes, point{value: float64(dp.Value)})
		}
	case metricdata.Sum[float64]:
		for _, dp := range d.DataPoints {
			put(dp.Attributes, point{value: dp.Value})
		}
	case metricdata.Gauge[int64]:
		for _, dp := range d.DataPoints {
			put(dp.Attributes, point{value: float64(dp.Value)})
		}
	case metricdata.Gauge[float64]:
		for _, dp := range d.DataPoints {
			put(dp.Attributes, point{value: dp.Value})
		}
	case metricdata.Histogram[int64]:
		for _, dp := range d.DataPoints {
			put(dp.Attributes, point{dp.Count, float64(dp.Sum)})
		}
	case metricdata.Histogram[float64]:
		for _, dp := range d.DataPoints {
			put(dp.Attributes, point{dp.Count, dp.Sum})
		}
	default:
		t.Fatalf("unknown data %T", data)
	}
	return series
}

// plainEncoder writes labels without escapes. "gen_ai." and "genmeter" prefixes are left out for short tests.
type plainEncoder struct{}

func (plainEncoder) ID() attribute.EncoderID { return attribute.EncoderID{} }

func (plainEncoder) Encode(it attribute.Iterator) string {
	var parts []string
	for it.Next() {
		kv := it.Attribute()
		key := map[attribute.Key]string{
			attrProvider: "P", attrModel: "M", attrOperation: "O", attrTokenType: "token_type",
		}[kv.Key]
		if key == "" {
			key = string(kv.Key)
		}
		parts = append(parts, key+"="+kv.Value.AsString())
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// want compares the series of one instrument with what they must be, and tells of the difference. Series that stand at 0
// because they start there may be there.
func (m *metered) want(name string, want map[string]point) {
	m.t.Helper()
	got := m.collect()[name]
	for key, w := range want {
		if g, ok := got[key]; !ok {
			m.t.Errorf("%s{%s} is missing, want %v", name, key, w)
		} else if g.count != w.count || !near(g.value, w.value) {
			m.t.Errorf("%s{%s} is %v, want %v", name, key, g, w)
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok && g != (point{}) {
			m.t.Errorf("%s{%s} is %v, want no such series", name, key, g)
		}
	}
}

func near(a, b float64) bool {
	diff := a - b
	return diff == 0 || max(diff, -diff) <= 1e-9*max(a, -a, b, -b)
}

// total sums the values of an instrument over its series.
func total(series map[string]point) (sum float64) {
	for _, p := range series {
		sum += p.value
	}
	return sum
}

// recordFixed records a small set of events that touches every instrument and every label.
func recordFixed(t testing.TB, m *Monitor) {
	ctx := t.Context()
	m.SetTarget(100)
	m.TrackGeneration(ctx, Generation{
		Duration: 1500 * time.Millisecond, TimeToFirstToken: 500 * time.Millisecond, Success: true, Provider: "openai",
		Model: "gpt-4o-mini", Step: "draft", PromptTokens: 1000, CompletionTokens: 101, TotalTokens: 1150,
		CachedTokens: 400, CacheWriteTokens: 100, ReasoningTokens: 50, CostUSD: 0.25, FinishReason: "stop", Turns: 3,
	})
	m.TrackGeneration(ctx, Generation{
		Duration: 40 * time.Second, Provider: "openai", Model: "gpt-4o-mini", Operation: "text_completion",
		Error: "Error code: 429 - quota exceeded",
	})
	m.TrackGeneration(ctx, Generation{Provider: "google", Model: "gemini-2.5-flash", PromptTokens: 10, CompletionTokens: 5,
		FinishReason: "FinishReason.MAX_TOKENS"})
	m.TrackGeneration(ctx, Generation{Provider: "google", Model: "gemini-2.5-flash", Step: "judge", TotalTokens: 7,
		Error: "503 UNAVAILABLE"})
	m.TrackGeneration(ctx, Generation{Success: true, Provider: "google", Model: "gemini-2.5-flash", CostUSD: 0.5})
	m.TrackGeneration(ctx, Generation{Success: true, Model: "gpt-4o-mini", Provider: "openai", CacheHit: true})
	m.TrackEvaluation(ctx, Evaluation{
		Duration: 2 * time.Second, Success: true, Evaluator: "coherence", Provider: "openai", Model: "gpt-4o",
		PromptTokens: 300, CompletionTokens: 20, Scores: []Score{{Name: "coherence", Value: 0.91}},
	})
	m.TrackRecord(ctx, Record{ID: "row-1"})
	m.TrackRecord(ctx, Record{ID: "row-2", Outcome: Rejected, Reason: "too short"})
	m.RecordMetric(ctx, "queue_depth", 7, String("worker", "a"))
	m.RecordMetric(ctx, "queue_depth", 5, String("worker", "a"))
	m.Begin(Generation{Provider: "openai", Model: "gpt-4o-mini"})
	m.Track(ctx, Event{Kind: KindRecord, Source: "otlp"})
	for i := range maxProviders + 1 { // one past the bound
		m.Track(ctx, Event{Kind: KindTarget, Value: 100, Source: fmt.Sprint("road-", i)})
	}
}

// gatherFixed returns the fixed set of events as Prometheus sees it through the official exporter.
func gatherFixed(t *testing.T) *prometheus.Registry {
	t.Helper()
	reg := prometheus.NewRegistry()
	exporter, err := otelprom.New(otelprom.WithRegisterer(reg), otelprom.WithoutScopeInfo(), otelprom.WithoutTargetInfo())
	if err != nil {
		t.Fatal(err)
	}
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter), sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))
	clock := newTestClock()
	m, err := New(mp, WithClock(clock.now), WithRingSize(256), WithMetricLabels("worker"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown(context.Background()) })
	m.Follow("journal").Close()
	recordFixed(t, m)
	if err := m.Flush(t.Context()); err != nil { // so that no event waits for the pump in the scrape
		t.Fatal(err)
	}
	return reg
}

// TestExposition holds the names, labels, buckets and values that Prometheus gets to testdata/exposition.txt. Write it
// anew with GENMETER_UPDATE=1.
func TestExposition(t *testing.T) {
	families, err := gatherFixed(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&got, f); err != nil {
			t.Fatal(err)
		}
	}
	const golden = "testdata/exposition.txt"
	if os.Getenv("GENMETER_UPDATE") != "" {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := "(end)", "(end)"
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("line %d is\n%s\nwant\n%s", i+1, g, w)
		}
	}
}

// designTable is the table "What Prometheus sees" of the design: every metric that this package feeds, its type, and
// the labels that its series have; a label in brackets is on some of them.
var designTable = map[string]string{
	"gen_ai_client_operation_duration_seconds":            "histogram P M O [error_type]",
	"gen_ai_client_operation_time_to_first_chunk_seconds": "histogram P M O",
	"genmeter_time_per_output_token_seconds":              "histogram P M",
	"gen_ai_client_token_usage":                           "histogram P M O gen_ai_token_type",
	"genmeter_usage_reports_total":                        "counter P M",
	"genmeter_generations_total":                          "counter P M [step] outcome [finish_reason]",
	"genmeter_generation_failures_total":                  "counter P M [step] error_type",
	"genmeter_tokens_total":                               "counter P M [step] type",
	"genmeter_token_details_total":                        "counter P M type",
	"genmeter_cost_usd_total":                             "counter P M [step]",
	"genmeter_unpriced_tokens_total":                      "counter P M [step]",
	"genmeter_conversation_turns":                         "histogram P M",
	"genmeter_evaluations_total":                          "counter evaluator outcome",
	"genmeter_evaluation_duration_seconds":                "histogram evaluator outcome",
	"genmeter_evaluation_score":                           "histogram evaluator score",
	"genmeter_records_total":                              "counter outcome [reason]",
	"genmeter_records_target":                             "gauge",
	"genmeter_metric_value":                               "gauge metric worker",
	"genmeter_metric_observations_total":                  "counter metric worker",
	"genmeter_metric_value_accumulated":                   "gauge metric worker",
	"genmeter_generations_in_progress":                    "gauge P M",
	"genmeter_last_success_timestamp_seconds":             "gauge P M",
	"genmeter_run_records":                                "gauge",
	"genmeter_run_tokens":                                 "gauge",
	"genmeter_run_cost_usd":                               "gauge",
	"genmeter_run_start_timestamp_seconds":                "gauge",
	"genmeter_events_total":                               "counter kind source",
	"genmeter_events_rejected_total":                      "counter source reason",
	"genmeter_events_dropped_total":                       "counter handler reason",
	"genmeter_handler_errors_total":                       "counter handler",
	"genmeter_ring_events":                                "gauge",
	"genmeter_ring_capacity_events":                       "gauge",
	"genmeter_ring_evicted_total":                         "counter",
	"genmeter_pump_lag_events":                            "gauge",
	"genmeter_pump_assists_total":                         "counter",
	"genmeter_series_overflow_total":                      "counter metric",
	"genmeter_cache_hits_total":                           "counter P M",
	"genmeter_begins_expired_total":                       "counter",
}

func TestExpositionIsTheDesignsTable(t *testing.T) {
	families, err := gatherFixed(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, f := range families {
		seen[f.GetName()] = true
		want, ok := designTable[f.GetName()]
		if !ok {
			t.Errorf("%s is not in the design's table", f.GetName())
			continue
		}
		if got := describeFamily(f); got != want {
			t.Errorf("%s is %q, want %q", f.GetName(), got, want)
		}
		if f.GetHelp() == "" {
			t.Errorf("%s has no help", f.GetName())
		}
	}
	for name := range designTable {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

// describeFamily writes a family as designTable has it.
func describeFamily(f *dto.MetricFamily) string {
	short := map[string]string{
		"gen_ai_provider_name": "P", "gen_ai_request_model": "M", "gen_ai_operation_name": "O",
	}
	count := make(map[string]int)
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			name := l.GetName()
			if s := short[name]; s != "" {
				name = s
			}
			count[name]++
		}
	}
	words := []string{strings.ToLower(f.GetType().String())}
	for _, name := range []string{
		"P", "M", "O", "evaluator", "handler", "kind", "source", "metric", "worker", "step", "outcome", "score",
		"finish_reason", "reason", "error_type", "gen_ai_token_type", "type",
	} {
		switch n := count[name]; {
		case n == len(f.GetMetric()):
			words = append(words, name)
		case n > 0:
			words = append(words, "["+name+"]")
		}
		delete(count, name)
	}
	for name := range count {
		words = append(words, "unexpected:"+name)
	}
	return strings.Join(words, " ")
}

func TestPromlint(t *testing.T) {
	families, err := gatherFixed(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestMonitorWithoutProvider: a nil provider measures nothing, and answers questions all the same.
func TestMonitorWithoutProvider(t *testing.T) {
	m := newTestMonitor(t)
	recordFixed(t, m)
	if got := m.Aggregate("generation_time", 0).Count; got != 2 {
		t.Errorf("generation_time has count %d, want 2", got)
	}
}

// TestManyRecordersAndReaders is the concurrent twin of the tests above: what is counted in the end does not depend on
// who scraped and asked meanwhile.
func TestManyRecordersAndReaders(t *testing.T) {
	m := newMetered(t, WithRingSize(256), WithPrices(loadTestPrices(t)))
	var recorders, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			last := 0.0
			for {
				select {
				case <-done:
					return
				default:
				}
				if sum := total(m.collect()["genmeter.tokens"]); sum < last {
					t.Errorf("the counter went back from %v to %v", last, sum)
				} else {
					last = sum
				}
				// So small a ring may be overwritten as a whole while it is looked at: then there are no quantiles.
				if s := m.Aggregate("generation_time", time.Minute); s.QuantileCoverage > 0 && s.P50 != 1.857 ||
					s.QuantileCoverage == 0 && s.P50 != 0 {
					t.Errorf("the median of %v of the samples is %v, want 1.857", s.QuantileCoverage, s.P50)
				}
				m.Progress()
				for range m.Snapshot(time.Minute) {
				}
			}
		})
	}
	const goroutines, each = 8, 2000
	for range goroutines {
		recorders.Go(func() {
			for range each {
				m.TrackGeneration(context.Background(), benchGen)
				m.TrackRecord(context.Background(), Record{})
			}
		})
	}
	recorders.Wait()
	want := float64(goroutines * each)
	if got := m.collect(); total(got["genmeter.generations"]) != want || total(got["genmeter.tokens"]) != 4818*want ||
		total(got["genmeter.records"]) != want {
		t.Errorf("a collect has %v calls, %v tokens and %v records of %v", total(got["genmeter.generations"]),
			total(got["genmeter.tokens"]), total(got["genmeter.records"]), want)
	}
	close(done)
	readers.Wait()
	if u := m.TokenUsage(0); float64(u.TotalTokens) != 4818*want || u.TotalUnpricedTokens != 0 {
		t.Errorf("token usage is %+v", u)
	}
	if s := m.Aggregate("total_token_count", 0); float64(s.Count) != want {
		t.Errorf("total_token_count is %+v", s)
	}
}
