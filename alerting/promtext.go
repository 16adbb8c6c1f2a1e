package alerting

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// summaries say what the rules of the thresholds are about. These rules have runbooks.
var summaries = map[string]string{
	"low_success_rate":            "Too few calls to models succeed.",
	"high_generation_time":        "Calls to models take too long.",
	"high_error_rate":             "Too many calls to models fail.",
	highTokenUsage + "prompt":     "Calls use too many prompt tokens.",
	highTokenUsage + "completion": "Calls use too many completion tokens.",
	highTokenUsage + "total":      "Calls use too many tokens.",
	"long_conversations":          "Conversations have too many turns.",
	"stalled":                     "Calls to models are in progress, and none succeeds.",
	"over_budget":                 "The run has cost more than its budget.",
	"events_lost":                 "Events were rejected or dropped: figures and files are not complete.",
}

// annotations returns what the alert says to a person.
func (r *Rule) annotations(c *condition) [][2]string {
	summary, usual := summaries[r.Name]
	if !usual {
		summary = untemplated(upperFirst(r.subject()) + r.how() + " is " + r.Comparison.String() + " " + r.amount(r.Threshold) + ".")
	}
	all := [][2]string{{"summary", summary}, {"description", r.description(c)}}
	if usual { // one that somebody made up has nobody to write it
		all = append(all, [2]string{"runbook_url", runbooks + r.AlertName() + ".md"})
	}
	return all
}

func (r *Rule) description(c *condition) string {
	text := "{{ $labels.job }} {{ $labels.instance }}{{ with $labels.run }} (run {{ . }}){{ end }}: "
	switch r.source {
	case fromStall:
		text += "no success for {{ $value | humanizeDuration }} with calls in progress"
	case fromCost:
		text += `cost ${{ $value | printf "%.2f" }} so far`
	case fromLosses:
		text += `{{ $value | printf "%.0f" }} events or values rejected or dropped over ` + window(r.Window)
	default:
		text += untemplated(r.subject()) + " " + r.valueTemplate() + r.how() + " over " + window(r.Window)
		if who := r.selected(); who != "" {
			text += " " + untemplated(who)
		}
	}
	text += ", threshold " + r.amount(r.Threshold) + "."
	if r.Statistic.quantile() > 0 {
		text += " Estimated from histogram buckets."
	} else if len(c.notes) > 0 {
		text += " Approximate."
	}
	return text
}

// valueTemplate is to Prometheus what amount is here.
func (r *Rule) valueTemplate() string {
	switch {
	case r.Statistic == Count, strings.HasSuffix(r.Metric, "_token_count"):
		return `{{ $value | printf "%.0f" }}`
	case isShare(r.Metric):
		if r.Statistic == Rate || r.Statistic == Sum {
			return "{{ $value | humanize }}"
		}
		return "{{ $value | humanizePercentage }}"
	case r.Metric == "cost_usd":
		return `${{ $value | printf "%.4g" }}`
	case r.Metric == "generation_time", r.Metric == "time_to_first_token", r.Metric == "evaluation_time":
		return "{{ $value | humanizeDuration }}"
	case r.Metric == "conversation_length":
		return "{{ $value | humanize }} turns"
	}
	return "{{ $value | humanize }}"
}

// untemplated keeps braces in somebody's names from being read as a template.
func untemplated(s string) string { return strings.ReplaceAll(s, "{{", `{{"{{"}}`) }

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
