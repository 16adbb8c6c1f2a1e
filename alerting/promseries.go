package alerting

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// promSeries are series of one metric.
type promSeries struct {
	metric string
	match  string // their labels
	labels labelSet
}

// labelSet says which labels a metric has of those that a rule can select.
type labelSet uint8

const (
	hasModel labelSet = 1 << iota
	hasStep
)

// measure is where Prometheus has the samples of a metric of the in-process API.
type measure struct {
	sum, count promSeries
	histogram  string     // with buckets; "" when there is none
	total      promSeries // the sum again, with more labels
	share      bool       // sum is of a part of the series of count, and may be absent
}

// calls are counted whatever they report.
var calls = promSeries{"genmeter_generations_total", "", hasModel | hasStep}

// measureOf returns the measure of a metric. Names that are not built in are those given to RecordMetric.
func measureOf(metric string) (measure, error) {
	m, ok := measures[metric]
	if ok {
		return m, nil
	}
	if name, ok := strings.CutPrefix(metric, "model_usage:"); ok {
		of := promSeries{calls.metric, label("gen_ai_request_model", name), 0}
		return measure{sum: of, count: of}, nil
	}
	if name, ok := strings.CutPrefix(metric, "finish_reason:"); ok {
		reason := monitor.ClassifyFinishReason(name)
		if reason == "" {
			return measure{}, fmt.Errorf("metric %s: calls without a finish reason are no samples of it", metric)
		}
		of := promSeries{calls.metric, label("finish_reason", reason), 0}
		return measure{sum: of, count: of}, nil
	}
	if name, ok := strings.CutPrefix(metric, "evaluation_score_"); ok {
		return histogram("genmeter_evaluation_score", label("score", name), 0), nil
	}
	match := label("metric", metric)
	return measure{
		sum:   promSeries{"genmeter_metric_value_accumulated", match, 0},
		count: promSeries{"genmeter_metric_observations_total", match, 0},
	}, nil
}

var measures = map[string]measure{
	"success_rate": share(calls, `outcome="success"`),
	"error_rate":   share(calls, `outcome="error"`),
	// Evaluations have the label evaluator, not that of the model that evaluates.
	"evaluation_error_rate": share(promSeries{"genmeter_evaluations_total", "", 0}, `outcome!="success"`),
	"acceptance_rate":       share(promSeries{"genmeter_records_total", "", 0}, `outcome="accepted"`),

	"generation_time":     histogram("gen_ai_client_operation_duration_seconds", "", hasModel),
	"time_to_first_token": histogram("gen_ai_client_operation_time_to_first_chunk_seconds", "", hasModel),
	"conversation_length": histogram("genmeter_conversation_turns", "", hasModel),
	"evaluation_time":     histogram("genmeter_evaluation_duration_seconds", "", 0),

	"prompt_token_count":     tokens("input"),
	"completion_token_count": tokens("output"),
	"total_token_count": {
		sum:   promSeries{"genmeter_tokens_total", "", hasModel | hasStep},
		count: promSeries{"genmeter_usage_reports_total", "", hasModel},
	},
	"cost_usd": {sum: promSeries{"genmeter_cost_usd_total", "", hasModel | hasStep}},
}

func share(of promSeries, match string) measure {
	return measure{sum: promSeries{of.metric, match, of.labels}, count: of, share: true}
}

func histogram(name, match string, labels labelSet) measure {
	return measure{
		sum: promSeries{name + "_sum", match, labels}, count: promSeries{name + "_count", match, labels}, histogram: name,
	}
}

func tokens(kind string) measure {
	m := histogram("gen_ai_client_token_usage", label("gen_ai_token_type", kind), hasModel)
	m.total = promSeries{"genmeter_tokens_total", label("type", kind), hasModel | hasStep}
	return m
}

func label(name, value string) string { return name + "=" + strconv.Quote(value) }

// fits reports whether the series can be selected as the rule wants it.
func (s promSeries) fits(r *Rule) bool {
	return s.metric != "" && (r.Model == "" || s.labels&hasModel != 0) && (r.Step == "" || s.labels&hasStep != 0)
}

// selector returns the labels that the rule looks at, in braces.
func (s promSeries) selector(r *Rule) string {
	var all []string
	if s.match != "" {
		all = append(all, s.match)
	}
	if r.Model != "" {
		all = append(all, label("gen_ai_request_model", r.Model))
	}
	if r.Step != "" {
		all = append(all, label("step", r.Step))
	}
	if len(all) == 0 {
		return ""
	}
	return "{" + strings.Join(all, ",") + "}"
}
