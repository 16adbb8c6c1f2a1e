package ingest

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/genmeter/genmeter/monitor"
)

// measured is a monitor and what its instruments say.
type measured struct {
	*monitor.Monitor
	reader *sdkmetric.ManualReader
}

func newMeasured(t *testing.T) measured {
	t.Helper()
	reader := sdkmetric.NewManualReader()
	mon, err := monitor.New(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mon.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return measured{mon, reader}
}

// rejected returns genmeter_events_rejected_total of a source, by reason, without zeros.
func (m measured) rejected(t *testing.T, source string) map[string]int {
	t.Helper()
	var rm metricdata.ResourceMetrics
	if err := m.reader.Collect(context.Background(), &rm); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, scope := range rm.ScopeMetrics {
		for _, metric := range scope.Metrics {
			sum, ok := metric.Data.(metricdata.Sum[int64])
			if !ok || !strings.Contains(metric.Name, "events") || !strings.Contains(metric.Name, "rejected") {
				continue
			}
			for _, p := range sum.DataPoints {
				from, _ := p.Attributes.Value("source")
				reason, _ := p.Attributes.Value("reason")
				if from.AsString() == source && p.Value > 0 {
					counts[reason.AsString()] += int(p.Value)
				}
			}
		}
	}
	return counts
}

var quiet = slog.New(slog.DiscardHandler)

// TestFeedQuirks: what truth.json calls rejected_values ends up in genmeter_events_rejected_total, once, and tokens in
// the monitor's own sums.
func TestFeedQuirks(t *testing.T) {
	var want quirksTruth
	truth(t, "afterimage-quirks", &want)
	for file, problems := range map[string]map[string]int{
		"":               {"malformed": want.TruncatedLines, "not_finite": want.RejectedValues},
		"afterimage.log": {"malformed": want.TruncatedLines},
		"metrics.jsonl":  {"malformed": want.TruncatedLines, "not_finite": want.RejectedValues},
	} {
		mon := newMeasured(t)
		report, err := Feed(context.Background(), mon.Monitor, open(t, "testdata/afterimage-quirks/"+file), FeedOptions{Source: "replay", Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		equalMaps(t, file+": problems", report.Problems, problems)
		equalMaps(t, file+": rejected", mon.rejected(t, "replay"), problems)
		equal(t, "truncated", report.Truncated, want.TruncatedLines)
		equal(t, "refused", report.Refused, 0)
		usage := mon.TokenUsage(0)
		equal(t, "models", len(usage.ByModel), len(want.Tokens))
		for _, u := range usage.ByModel {
			equalMaps(t, "tokens of "+u.ModelName, map[string]int64{"input": u.PromptTokens, "output": u.CompletionTokens, "total": u.TotalTokens}, want.Tokens[u.ModelName])
		}
		if file != "metrics.jsonl" {
			equal(t, "records", mon.Progress().Done, uint64(want.Records))
			equal(t, "calls", mon.Progress().Calls, uint64(want.Calls))
		}
	}
}

// TestFeedDuplicates: what has an id and comes twice counts once; a hook sees each event once, before it counts.
func TestFeedDuplicates(t *testing.T) {
	mon := newMeasured(t)
	line := `{"event":"generation","id":"a","success":true,"prompt_token_count":5}` + "\n"
	text := line + `{"event":"begin","id":"a"}` + "\n" + line + good + "\n" + good + "\n"
	var seen []string
	opts := FeedOptions{IDs: NewIDWindow(10), Logger: quiet, OnEvent: func(ev *monitor.Event) {
		seen = append(seen, ev.Kind.String()+" "+ev.Source)
		ev.Model = "hooked"
	}}
	report, err := Feed(context.Background(), mon.Monitor, Read(strings.NewReader(text), "f"), opts)
	if err != nil {
		t.Fatal(err)
	}
	if report.Events != 4 || report.Duplicates != 1 || report.Refused != 0 {
		t.Errorf("%+v", report)
	}
	equal(t, "seen", strings.Join(seen, ", "), "generation ingest, begin ingest, generation ingest, generation ingest")
	if u := mon.TokenUsage(0); u.TotalTokens != 11 || len(u.ByModel) != 1 || u.ByModel[0].ModelName != "hooked" {
		t.Errorf("%+v", u)
	}
	again, err := Feed(context.Background(), mon.Monitor, Read(strings.NewReader(line), "f"), opts)
	if err != nil || again.Duplicates != 1 || again.Events != 0 {
		t.Errorf("%+v %v", again, err)
	}
}

// TestFeedRefused: the monitor refuses events of the future, and counts them itself; their id may come again.
func TestFeedRefused(t *testing.T) {
	mon := newMeasured(t)
	text := `{"event":"record","id":"x","timestamp":"2150-01-01T00:00:00Z"}` + "\n" + `{"event":"record","id":"x"}` + "\n"
	report, err := Feed(context.Background(), mon.Monitor, Read(strings.NewReader(text), "f"), FeedOptions{Source: "stdin", Logger: quiet})
	if err != nil || report.Events != 1 || report.Refused != 1 || report.Duplicates != 0 {
		t.Errorf("%+v %v", report, err)
	}
	equalMaps(t, "rejected", mon.rejected(t, "stdin"), map[string]int{"future": 1})
}

func TestFeedNothing(t *testing.T) {
	mon := newMeasured(t)
	path := write(t, t.TempDir(), "x.csv", "a,b\n1,2\n")
	report, err := Feed(context.Background(), mon.Monitor, open(t, path), FeedOptions{Logger: quiet})
	if err != nil || report.Events != 0 || len(report.Files) != 1 || report.Problem() != 2 {
		t.Errorf("%+v %v", report, err)
	}
	equalMaps(t, "rejected", mon.rejected(t, "ingest"), map[string]int{"malformed": 2})
}

func TestFeedCancelled(t *testing.T) {
	mon := newMeasured(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	n := 0
	report, err := Feed(ctx, mon.Monitor, open(t, "testdata/afterimage-run"), FeedOptions{Logger: quiet, OnEvent: func(*monitor.Event) {
		if n++; n == 10 {
			cancel(stop)
		}
	}})
	if !errors.Is(err, stop) || report.Events != 10 {
		t.Errorf("%+v %v", report, err)
	}
}

// TestFeedLogsBounded: ten problems of a kind are logged, and then how many more there are.
func TestFeedLogsBounded(t *testing.T) {
	mon := newMeasured(t)
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	text := good + "\n" + strings.Repeat("x\n", 1234) + `{"event":"generation","duration":-1}`
	report, err := Feed(context.Background(), mon.Monitor, Read(strings.NewReader(text), "f"), FeedOptions{Logger: logger})
	if err != nil || report.Problem() != 1235 {
		t.Errorf("%+v %v", report, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	equal(t, "lines", len(lines), 14)
	for i, want := range map[int]string{
		0:  `level=WARN msg="f:2:1: found \"x\", expected a JSON object; the line is skipped" reason=malformed`,
		10: `level=WARN msg="more problems of this kind" reason=malformed more=90 in_all=100`,
		11: `level=WARN msg="more problems of this kind" reason=malformed more=900 in_all=1000`,
		12: `level=WARN msg="f:1236:34: duration: found -1, expected a number of seconds; the value is left out" reason=negative`,
		13: `level=WARN msg="more problems of this kind" reason=malformed more=234 in_all=1234`,
	} {
		if i < len(lines) {
			equal(t, "line", lines[i], want)
		}
	}
}

// TestFilesOfTheMonitor: what the monitor's own file handlers write is read back as what was recorded. From metrics.jsonl
// alone, all but a few fields come back.
func TestFilesOfTheMonitor(t *testing.T) {
	dir := t.TempDir()
	mon, err := monitor.New(noop.NewMeterProvider(), monitor.WithLogDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	start := time.Now().UTC().Add(-time.Hour)
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second) }
	mon.TrackGeneration(ctx, monitor.Generation{Time: at(0), Duration: 1234567891, Success: true, Provider: "openai", Model: "m", Step: "qa",
		PromptTokens: 5, CompletionTokens: 7, FinishReason: "FinishReason.STOP", Turns: 2, TimeToFirstToken: time.Second, RecordID: "r1",
		CostUSD: 0.25, Attrs: []monitor.Attr{monitor.String("lang", "tr"), monitor.Int("n", 3)}})
	mon.TrackGeneration(ctx, monitor.Generation{Time: at(1), Duration: time.Second, Model: "m", Error: "Request timed out."})
	mon.TrackGeneration(ctx, monitor.Generation{Time: at(2), Duration: time.Second, Model: "m"})
	mon.TrackGeneration(ctx, monitor.Generation{Time: at(3), Duration: time.Second, Model: "m", Success: true, Batch: true})
	mon.TrackEvaluation(ctx, monitor.Evaluation{Time: at(4), Duration: time.Second, Success: true, Evaluator: "e", Model: "j", PromptTokens: 9,
		Scores: []monitor.Score{{Name: "a", Value: 0.5, Feedback: "çok iyi\n"}, {Name: "b", Value: -3}}})
	mon.TrackRecord(ctx, monitor.Record{Time: at(5), ID: "r1", Outcome: monitor.Rejected, Reason: "short"})
	mon.Track(ctx, monitor.Event{Kind: monitor.KindMetric, Name: "queue_depth", Value: 7, Time: at(6), Attrs: []monitor.Attr{monitor.String("worker", "a")}})
	// An attribute with the name of a field is one all the same.
	mon.TrackRecord(ctx, monitor.Record{Time: at(7), ID: "r2", Attrs: []monitor.Attr{monitor.String("turns", "x"), monitor.Int("duration", 3)}})
	var want []monitor.Event
	for ev, err := range mon.Snapshot(0) {
		if err != nil {
			t.Fatal(err)
		}
		ev.Source = ""
		want = append(want, ev)
	}
	if err := mon.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}

	got, errs := collect(open(t, dir))
	if len(errs) != 0 || len(got) != len(want) {
		t.Fatalf("genmeter.log: %d events of %d, %v", len(got), len(want), errs)
	}
	for i := range want {
		sameEvent(t, "genmeter.log", got[i], want[i])
	}

	got, errs = collect(open(t, filepath.Join(dir, "metrics.jsonl")))
	if len(errs) != 0 || len(got) != len(want) {
		t.Fatalf("metrics.jsonl: %d events of %d, %v", len(got), len(want), errs)
	}
	for i := range want {
		w := &want[i]
		switch i {
		case 1:
			w.ErrorType = "timeout" // derived when it was written
		case 3:
			w.Batch, w.Duration = false, 0 // not in the samples
		}
		sameEvent(t, "metrics.jsonl", got[i], *w)
	}
}

func sameEvent(t *testing.T, file string, got, want monitor.Event) {
	t.Helper()
	if !got.Time.Equal(want.Time) {
		t.Errorf("%s: time %v, want %v", file, got.Time, want.Time)
	}
	got.Time, want.Time = time.Time{}, time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", file, got, want)
	}
}

// BenchmarkFeed is the whole road of an event, all in but the pump.
func BenchmarkFeed(b *testing.B) {
	mon, err := monitor.New(noop.NewMeterProvider())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = mon.Shutdown(context.Background()) }()
	line := `{"event":"generation","duration":1.857,"success":true,"model_name":"gpt-4o-mini","provider":"openai","prompt_token_count":4808,"completion_token_count":10,"finish_reason":"stop"}` + "\n"
	text := strings.Repeat(line, 10_000)
	n := 0
	for b.Loop() {
		report, err := Feed(context.Background(), mon, Read(strings.NewReader(text), "f"), FeedOptions{Logger: quiet})
		if err != nil {
			b.Fatal(err)
		}
		n += report.Events
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
}
