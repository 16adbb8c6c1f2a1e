package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/genmeter/genmeter/monitor"
)

// tally counts what monitor answers only as metrics: the events of a run by kind and outcome.
type tally struct {
	span                          interval
	events, calls, evaluations    int
	succeeded, failed, rejected   int // calls, by outcome
	accepted, refused, unfinished int // records, by outcome
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
		default:
			t.rejected++
		}
	case monitor.KindEvaluation:
		t.evaluations++
	case monitor.KindRecord:
		t.addRecord(ev.Outcome)
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
	usage                    monitor.TokenUsageReport
}

// print writes the summary of what was played.
func (p *player) print(w io.Writer) error {
	counts, err := p.rejections()
	if err != nil {
		return err
	}
	s := summary{
		tally: p.tally, usage: p.TokenUsage(0),
		rejectedValues: sumOver(counts, valueReasons), badLines: sumOver(counts, lineReasons),
	}
	return s.write(w)
}

func (s *summary) write(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "run\t%s\n", &s.span)
	fmt.Fprintf(out, "calls\t%d: %d succeeded, %d failed, %d rejected\n", s.calls, s.succeeded, s.failed, s.rejected)
	fmt.Fprintf(out, "records\t%d: %d accepted, %d rejected, %d failed\n",
		s.accepted+s.refused+s.unfinished, s.accepted, s.refused, s.unfinished)
	fmt.Fprintf(out, "evaluations\t%d\n", s.evaluations)
	fmt.Fprintf(out, "rejected values\t%d\n", s.rejectedValues)
	fmt.Fprintf(out, "unreadable lines\t%d\n", s.badLines)
	if err := out.Flush(); err != nil {
		return err
	}
	return s.writeTokens(w)
}

func (s *summary) writeTokens(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\ninput\toutput\ttotal\tcost USD\t  model")
	for _, m := range s.usage.ByModel {
		fmt.Fprintf(out, "%d\t%d\t%d\t%s\t  %s\n", m.PromptTokens, m.CompletionTokens, m.TotalTokens,
			cost(m.CostUSD, m.UnpricedTokens), m.ModelName)
	}
	fmt.Fprintf(out, "%d\t%d\t%d\t%s\t  all\n", s.usage.TotalPromptTokens, s.usage.TotalCompletionTokens,
		s.usage.TotalTokens, cost(s.usage.TotalCostUSD, s.usage.TotalUnpricedTokens))
	return out.Flush()
}

// cost is the known cost; a plus says that tokens without a price come on top, a question mark that nothing is known.
func cost(usd float64, unpriced int64) string {
	switch {
	case unpriced > 0 && usd == 0:
		return "?"
	case unpriced > 0:
		return fmt.Sprintf("%.4f+", usd)
	}
	return fmt.Sprintf("%.4f", usd)
}
