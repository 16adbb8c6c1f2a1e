package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/genmeter/genmeter/internal/backtest"
	"github.com/genmeter/genmeter/monitor"
)

// tally counts what monitor answers only as metrics: the events of a run by kind and outcome.
type tally struct {
	span                          interval
	events, calls, evaluations    int
	usages                        int               // sums of calls that are not known one by one
	succeeded, failed, rejected   int               // calls, by outcome
	accepted, refused, unfinished int               // records, by outcome
	classes                       map[string]int    // failed calls, by class
	scores                        map[string]*score // by name
}

// score is what the evaluations gave under one name.
type score struct {
	count int
	sum   float64
}

func (t *tally) add(ev *monitor.Event) {
	t.events++
	if !ev.Time.IsZero() {
		t.span.add(ev.Time)
	}
	switch ev.Kind {
	case monitor.KindGeneration:
		t.calls++
		switch ev.CallOutcome() {
		case monitor.OutcomeSuccess:
			t.succeeded++
		case monitor.OutcomeError:
			t.failed++
			t.fail(string(ev.ErrorClass()))
		default:
			t.rejected++
		}
	case monitor.KindEvaluation:
		t.evaluations++
		t.addScores(ev.Scores)
	case monitor.KindRecord:
		t.addRecord(ev.Outcome)
	case monitor.KindUsage:
		t.usages++
	}
}

func (t *tally) fail(class string) {
	if t.classes == nil {
		t.classes = make(map[string]int)
	}
	t.classes[class]++
}

func (t *tally) addScores(scores []monitor.Score) {
	if t.scores == nil {
		t.scores = make(map[string]*score)
	}
	for _, s := range scores {
		if s.Value-s.Value != 0 {
			continue // NaN and infinities count as rejected values
		}
		if t.scores[s.Name] == nil {
			t.scores[s.Name] = &score{}
		}
		t.scores[s.Name].count++
		t.scores[s.Name].sum += s.Value
	}
}

func (t *tally) addRecord(o monitor.RecordOutcome) {
	switch o {
	case monitor.Accepted:
		t.accepted++
	case monitor.Rejected:
		t.refused++
	default:
		t.unfinished++
	}
}

// summary is what a replay prints at its end. Its form is for people; programs ask for a report.
type summary struct {
	tally
	rejectedValues, badLines int
	latency                  monitor.Stat
	usage                    monitor.TokenUsageReport
	judged                   bool // whether there were alert rules
	alerts                   backtest.History
}

// print writes the summary of what was played.
func (p *player) print(w io.Writer) error {
	counts, err := p.rejections()
	if err != nil {
		return err
	}
	s := summary{
		tally: p.tally, usage: p.TokenUsage(0), latency: p.Aggregate("generation_time", 0),
		rejectedValues: sumOver(counts, valueReasons), badLines: sumOver(counts, lineReasons),
	}
	if p.judge != nil {
		s.judged, s.alerts = true, p.judge.History
	}
	return s.write(w)
}

func (s *summary) write(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "run\t%s\n", &s.span)
	fmt.Fprintf(out, "calls\t%d: %d succeeded, %d failed, %d rejected\n", s.calls, s.succeeded, s.failed, s.rejected)
	if s.failed > 0 {
		fmt.Fprintf(out, "failures\t%s\n", s.failures())
	}
	if s.latency.Count > 0 {
		fmt.Fprintf(out, "call duration\t%s\n", s.durations())
	}
	if s.usages > 0 {
		fmt.Fprintf(out, "usage reports\t%d: tokens of calls that are not known one by one\n", s.usages)
	}
	fmt.Fprintf(out, "records\t%d: %d accepted, %d rejected, %d failed\n",
		s.accepted+s.refused+s.unfinished, s.accepted, s.refused, s.unfinished)
	fmt.Fprintf(out, "evaluations\t%d\n", s.evaluations)
	for _, name := range slices.Sorted(maps.Keys(s.scores)) {
		sc := s.scores[name]
		fmt.Fprintf(out, "  %s\t%.3f on average of %d\n", name, sc.sum/float64(sc.count), sc.count)
	}
	fmt.Fprintf(out, "rejected values\t%d\n", s.rejectedValues)
	fmt.Fprintf(out, "unreadable lines\t%d\n", s.badLines)
	if s.judged {
		fmt.Fprintf(out, "alerts\t%s\n", s.wouldHaveFired())
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := s.writeTokens(w); err != nil || len(s.alerts.Fired) == 0 {
		return err
	}
	fmt.Fprintln(w)
	return writeAlerts(w, alertRows(&s.alerts), s.span.first.Location())
}

// wouldHaveFired says how many alerts there would have been, had somebody watched the run.
func (s *summary) wouldHaveFired() string {
	n := len(s.alerts.Fired) + s.alerts.More
	if n == 0 {
		return "none would have fired"
	}
	text := fmt.Sprintf("%d would have fired", n)
	if s.alerts.More > 0 {
		text += fmt.Sprintf(", the first %d", len(s.alerts.Fired))
	}
	return text + ": see below"
}

// failures is the failed calls by class, the most frequent first.
func (s *summary) failures() string {
	classes := slices.SortedFunc(maps.Keys(s.classes), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.classes[b], s.classes[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(classes))
	for i, class := range classes {
		parts[i] = fmt.Sprintf("%d %s", s.classes[class], class)
	}
	return strings.Join(parts, ", ")
}

// durations is how long calls took. Of a run longer than the ring the quantiles are those of its end.
func (s *summary) durations() string {
	l := &s.latency
	quantiles := fmt.Sprintf("p50 %.2f s, p95 %.2f s", l.P50, l.P95)
	if l.QuantileCoverage < 1 {
		quantiles += fmt.Sprintf(" (of the last %.0f %%)", 100*l.QuantileCoverage)
	}
	return fmt.Sprintf("mean %.2f s, %s, max %.2f s", l.Mean, quantiles, l.Max)
}

func (s *summary) writeTokens(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\ninput\toutput\tunsplit\ttotal\tcost USD\t  model")
	row := func(input, output, total int64, cost, model string) {
		fmt.Fprintf(out, "%d\t%d\t%d\t%d\t%s\t  %s\n", input, output, total-input-output, total, cost, model)
	}
	for _, m := range s.usage.ByModel {
		row(m.PromptTokens, m.CompletionTokens, m.TotalTokens, cost(m.CostUSD, m.TotalTokens, m.UnpricedTokens), m.ModelName)
	}
	row(s.usage.TotalPromptTokens, s.usage.TotalCompletionTokens, s.usage.TotalTokens,
		cost(s.usage.TotalCostUSD, s.usage.TotalTokens, s.usage.TotalUnpricedTokens), "all")
	return out.Flush()
}

// cost is the known cost; a plus says that tokens without a price come on top, a question mark that nothing is known, and
// a dash that there is nothing to know.
func cost(usd float64, tokens, unpriced int64) string {
	switch {
	case usd == 0 && tokens == 0:
		return "-"
	case unpriced > 0 && usd == 0:
		return "?"
	case unpriced > 0:
		return fmt.Sprintf("%.4f+", usd)
	}
	return fmt.Sprintf("%.4f", usd)
}
