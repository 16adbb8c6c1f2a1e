package main

import "strings"

// rate is the rate of a counter. Grafana chooses the interval: at least four scrapes, and at least a panel's interval.
func rate(metric, selector string) string {
	return "rate(" + metric + "{" + selector + "}[$__rate_interval])"
}

// last is the value at the end of the time range, of runs that ended within it too. A counter's is what its process counted.
func last(metric, selector string) string {
	return "last_over_time(" + metric + "{" + selector + "}[$__range])"
}

func sum(of string) string { return "sum(" + of + ")" }

func sumBy(labels, of string) string { return "sum by (" + labels + ") (" + of + ")" }

// share is part ÷ whole by labels: 0 while the part has no series yet, nothing while the whole is 0.
func share(labels, part, whole string) string {
	return "(" + sumBy(labels, part) + " or 0 * " + sumBy(labels, whole) + ") / (" + sumBy(labels, whole) + " > 0)"
}

// mean is total ÷ count by labels, nothing while the count is 0.
func mean(labels, total, count string) string {
	return sumBy(labels, total) + " / (" + sumBy(labels, count) + " > 0)"
}

// quantile is one of a histogram's buckets, by labels. Without observations it is NaN, which is no value.
func quantile(q, labels, buckets string) string {
	return "histogram_quantile(" + q + ", " + sumBy(strings.TrimPrefix(labels+", le", ", "), buckets) + ") > -Inf"
}

const byModel = "gen_ai_provider_name, gen_ai_request_model"

// legendModel names a model and its provider.
const legendModel = "{{gen_ai_request_model}} ({{gen_ai_provider_name}})"

// named leaves the calls out whose model nobody reported: many have failed before there was one, and "unknown" would look
// like a model that always fails.
const named = ofStep + `,gen_ai_request_model!="unknown"`
