package alerting

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// resolvedWord begins the message of an alert that is over.
const resolvedWord = "resolved: "

// describe says in words and figures how a rule that is not inactive stands.
func (r *Rule) describe(s *status, in *reading) (string, map[string]any) {
	text := r.found(s, in) + ", threshold " + r.amount(r.Threshold)
	if s.state == Resolved {
		text = resolvedWord + text
	}
	return text, r.data(s, in)
}

// found says what was measured.
func (r *Rule) found(s *status, in *reading) string {
	switch r.source {
	case fromStall:
		if !s.known {
			return "no calls in progress"
		}
		return fmt.Sprintf("no success for %s with %s in progress", duration(s.value), count(uint64(in.run.InProgress), "call"))
	case fromCost:
		text := "cost " + r.amount(s.value) + " so far"
		if n := in.run.UnpricedTokens; n > 0 {
			text += fmt.Sprintf(" (and %s without a price)", count(uint64(n), "token"))
		}
		return text
	case fromLosses:
		return fmt.Sprintf("%s rejected and %s dropped over %s", count(in.lost.Rejected, "event or value", "events or values"),
			count(in.lost.Dropped, "event"), window(r.Window))
	}
	over := window(r.Window)
	if who := r.selected(); who != "" {
		over += " " + who
	}
	if in.stat.Count == 0 {
		return fmt.Sprintf("no %s over %s", r.subject(), over)
	}
	if !s.known {
		return fmt.Sprintf("only %s for %s over %s, %s are needed", count(in.stat.Count, r.noun()), r.subject(), over, number(float64(r.MinSamples)))
	}
	return fmt.Sprintf("%s %s%s over %s (%s)", r.subject(), r.amount(s.value), r.how(), over, r.basis(s, &in.stat))
}

// selected names the model or step that a rule looks at.
func (r *Rule) selected() string {
	switch {
	case r.Model != "":
		return "of model " + r.Model
	case r.Step != "":
		return "of step " + r.Step
	}
	return ""
}

// subjects are the metrics in words.
var subjects = map[string]string{
	"success_rate": "success rate", "error_rate": "error rate", "generation_time": "generation time",
	"prompt_token_count": "prompt tokens", "completion_token_count": "completion tokens", "total_token_count": "total tokens",
	"conversation_length": "conversation length", "time_to_first_token": "time to first token", "cost_usd": "cost",
	"evaluation_time": "evaluation time", "evaluation_error_rate": "evaluation error rate", "acceptance_rate": "acceptance rate",
}

func (r *Rule) subject() string {
	if s, ok := subjects[r.Metric]; ok {
		return s
	}
	return r.Metric
}

// how says which statistic a value is, where it does not go without saying.
func (r *Rule) how() string {
	switch r.Statistic {
	case Mean:
		if isShare(r.Metric) {
			return "" // the mean of yes and no is the rate
		}
		return " on average"
	case Rate:
		return " a second"
	case Sum:
		return " in all"
	case Count:
		return " samples"
	}
	return " at " + r.Statistic.String()
}

// basis says what a value rests on.
func (r *Rule) basis(s *status, stat *monitor.Stat) string {
	n, missing := stat.Count, uint64(math.Round(float64(stat.Count)-stat.Sum))
	switch r.Metric {
	case "success_rate":
		return fmt.Sprintf("%s of %s failed%s", number(float64(missing)), number(float64(n)), s.cause)
	case "error_rate", "evaluation_error_rate":
		return fmt.Sprintf("%s of %s failed%s", number(stat.Sum), number(float64(n)), s.cause)
	case "acceptance_rate":
		return fmt.Sprintf("%s of %s accepted", number(stat.Sum), count(n, "record"))
	}
	if r.Statistic == Max || r.Statistic == Count {
		return count(n, r.noun())
	}
	return fmt.Sprintf("%s, %s at most", count(n, r.noun()), r.unit(stat.Max))
}

// noun says what has the samples.
func (r *Rule) noun() string {
	switch _, known := subjects[r.Metric]; {
	case strings.HasPrefix(r.Metric, "evaluation_"):
		return "evaluation"
	case known:
		return "call"
	}
	return "sample"
}

// amount writes a value of the rule's statistic.
func (r *Rule) amount(v float64) string {
	switch {
	case r.source == fromStall:
		return duration(v)
	case r.source == fromCost:
		return dollars(v)
	case r.source == fromLosses, r.Statistic == Count:
		return number(v)
	case isShare(r.Metric) && (r.Statistic == Rate || r.Statistic == Sum):
		return number(v)
	}
	return r.unit(v)
}

// unit writes a sample of the rule's metric.
func (r *Rule) unit(v float64) string {
	switch {
	case isShare(r.Metric):
		return number(100*v) + " %"
	case r.Metric == "cost_usd":
		return dollars(v)
	case strings.HasSuffix(r.Metric, "_time") || r.Metric == "time_to_first_token":
		return duration(v)
	case r.Metric == "conversation_length":
		return number(v) + " turns"
	}
	return number(v)
}

// isShare reports whether the samples of a metric are 0 and 1.
func isShare(metric string) bool {
	switch metric {
	case "success_rate", "error_rate", "evaluation_error_rate", "acceptance_rate":
		return true
	}
	return false
}

// data is what a message was made of, for programs.
func (r *Rule) data(s *status, in *reading) map[string]any {
	d := map[string]any{"window_seconds": r.Window.Seconds()}
	switch r.source {
	case fromStall:
		d = map[string]any{"in_progress": in.run.InProgress, "last_success": nil}
		if !in.run.LastSuccess.IsZero() {
			d["last_success"] = in.run.LastSuccess
		}
	case fromCost:
		d = map[string]any{"cost_usd": in.run.CostUSD, "unpriced_tokens": in.run.UnpricedTokens, "calls": in.run.Calls}
	case fromLosses:
		d["rejected"], d["dropped"] = in.lost.Rejected, in.lost.Dropped
	default:
		d["metric"], d["statistic"] = r.Metric, r.Statistic.String()
		d["count"], d["sum"], d["mean"] = in.stat.Count, in.stat.Sum, in.stat.Mean
		d["min"], d["max"], d["coverage"] = in.stat.Min, in.stat.Max, in.stat.Coverage
		if s.cause != "" {
			d["mostly"] = strings.TrimPrefix(s.cause, causeWords)
		}
	}
	return d
}

const causeWords = ", mostly "

// findCause remembers which class of failures is the most frequent in the window, for rules about failures.
func (a *Alerter) findCause(r *Rule, s *status, now time.Time) {
	s.cause = ""
	if r.source != fromSamples || r.Metric != "success_rate" && r.Metric != "error_rate" {
		return
	}
	classes := make(map[monitor.ErrorType]int)
	from := now.Add(-r.Window)
	for e, err := range a.monitor.Snapshot(0) {
		if err != nil || e.Kind != monitor.KindGeneration || e.Time.Before(from) || e.Time.After(now) ||
			r.Model != "" && e.Model != r.Model || r.Step != "" && e.Step != r.Step {
			continue
		}
		if class := e.ErrorClass(); class != "" {
			classes[class]++
		}
	}
	most := 0
	for class, n := range classes {
		if n > most || n == most && string(class) < strings.TrimPrefix(s.cause, causeWords) {
			most, s.cause = n, causeWords+string(class)
		}
	}
}

func count(n uint64, one string, many ...string) string {
	word := one + "s"
	if len(many) > 0 {
		word = many[0]
	}
	if n == 1 {
		word = one
	}
	return number(float64(n)) + " " + word
}

// number writes a value with thousands separators, and fractions as far as they say something.
func number(v float64) string {
	if v < 0 {
		return "-" + number(-v)
	}
	digits := 0
	switch {
	case v == math.Trunc(v), v >= 1000:
	case v >= 100:
		digits = 1
	case v >= 10:
		digits = 2
	default:
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

func dollars(v float64) string {
	if v != 0 && math.Abs(v) < 0.01 {
		return fmt.Sprintf("$%.2g", v)
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
	whole, cents, _ := strings.Cut(text, ".")
	n, _ := strconv.ParseFloat(whole, 64)
	sign := ""
	if v < 0 {
		sign = "-"
	}
	return sign + "$" + number(n) + "." + cents
}

// duration writes seconds in the unit that people would.
func duration(seconds float64) string {
	switch {
	case seconds >= 7200:
		return number(math.Round(seconds/360)/10) + " h"
	case seconds >= 120, seconds >= 60 && math.Mod(seconds, 60) == 0:
		return number(math.Round(seconds/6)/10) + " min"
	case seconds != 0 && seconds < 1:
		return number(math.Round(seconds*10000)/10) + " ms"
	}
	return number(seconds) + " s"
}

func window(d time.Duration) string { return duration(d.Seconds()) }
