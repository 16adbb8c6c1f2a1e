package report

import (
	"fmt"
	"strings"
)

// view returns what a person is shown of one run.
func (r *Report) view() *document {
	d := &document{title: r.Name, subtitle: r.when(), verdict: r.verdict(), notes: r.Notes}
	d.add(r.callSection(), r.latencySection(), r.modelSection(), r.stepSection(), r.costSection(), r.recordSection(),
		r.evaluationSection(), r.metricSection(), r.throughputSection(), r.alertSection(), r.eventSection())
	if len(r.figures) > 0 {
		d.add(section{title: "Figures", figures: r.figures})
	}
	return d
}

// when tells the run's span.
func (r *Report) when() string {
	switch {
	case r.Events.Total == 0:
		return "no events"
	case r.Span.From == nil:
		return plural(r.Events.Total, "event") + ", none with a time"
	}
	from, to := *r.Span.From, *r.Span.To
	zone, first := to.Format(" MST"), from.Format(" MST")
	if first == zone {
		first = "" // but when the clocks were changed in between
	}
	return fmt.Sprintf("%s%s to %s%s (%s), %s", clock(from), first, clockAfter(to, from), zone, took(*r.Span.Length),
		plural(r.Events.Total, "event"))
}

// verdict is the run in a few sentences.
func (r *Report) verdict() []string {
	var said []string
	say := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	if n := r.Calls.Total; n > 0 {
		say("%s of %s succeeded%s.", share(r.Calls.SuccessRate), plural(n, "call"), r.slowness())
	}
	if r.Usage.Total > 0 {
		say("%s tokens, %s.", grouped(r.Usage.Total), r.price())
	}
	if r.Records.Total > 0 {
		say("%s of %s accepted.", share(r.Records.AcceptanceRate), plural(r.Records.Total, "record"))
	}
	if r.Alerts != nil {
		n := len(r.Alerts.Fired) + r.Alerts.More
		say("%s.", strings.Replace(plural(n, "alert"), "0 alerts", "No alert", 1)+" would have fired")
	}
	return said
}

func (r *Report) slowness() string {
	if r.Duration == nil {
		return ""
	}
	return fmt.Sprintf("; half took %s or less, 95 %% %s or less", took(r.Duration.P50), took(r.Duration.P95))
}

// price tells the cost in words.
func (r *Report) price() string {
	u := &r.Usage
	switch {
	case u.CostUSD == nil:
		return "whose cost is not known"
	case u.UnpricedTokens > 0:
		return fmt.Sprintf("%s and what %s tokens without a price cost", dollars(*u.CostUSD), grouped(u.UnpricedTokens))
	}
	return dollars(*u.CostUSD)
}
