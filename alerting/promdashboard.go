package alerting

import "bytes"

// dashboardRule is a rate, a ratio or a quantile of the last five minutes that dashboards draw, one series a target and run.
type dashboardRule struct{ name, expr string }

func rateOf(series string) string { return "sum " + by + " (rate(" + series + "[5m]))" }

// ratio is 0, not absent, while nothing of the part has happened, and absent while nothing at all has.
func ratio(part, whole string) string {
	return "(\n  " + rateOf(part) + "\n  or 0 * " + rateOf(whole) + "\n)\n/ (" + rateOf(whole) + " > 0)"
}

func meanOf(sum, count string) string { return rateOf(sum) + "\n/ (" + rateOf(count) + " > 0)" }

func quantileOf(q, histogram string) string {
	return "histogram_quantile(" + q + ", sum by (job, instance, run, le) (rate(" + histogram + "_bucket[5m])))"
}

var dashboardRules = func() []dashboardRule {
	const (
		calls       = "genmeter_generations_total"
		records     = "genmeter_records_total"
		evaluations = "genmeter_evaluations_total"
		latency     = "gen_ai_client_operation_duration_seconds"
		firstChunk  = "gen_ai_client_operation_time_to_first_chunk_seconds"
	)
	return []dashboardRule{
		{"genmeter_generations:rate5m", rateOf(calls)},
		{"genmeter_success:ratio_rate5m", ratio(calls+`{outcome="success"}`, calls)},
		{"genmeter_error:ratio_rate5m", ratio(calls+`{outcome="error"}`, calls)},
		{"genmeter_evaluation_error:ratio_rate5m", ratio(evaluations+`{outcome!="success"}`, evaluations)},
		{latency + ":mean_rate5m", meanOf(latency+"_sum", latency+"_count")},
		{latency + ":p50_rate5m", quantileOf("0.5", latency)},
		{latency + ":p95_rate5m", quantileOf("0.95", latency)},
		{latency + ":p99_rate5m", quantileOf("0.99", latency)},
		{firstChunk + ":p50_rate5m", quantileOf("0.5", firstChunk)},
		{firstChunk + ":p95_rate5m", quantileOf("0.95", firstChunk)},
		{"genmeter_tokens:rate5m", rateOf("genmeter_tokens_total")},
		{"genmeter_tokens_per_report:mean_rate5m", meanOf("genmeter_tokens_total", "genmeter_usage_reports_total")},
		{"genmeter_conversation_turns:mean_rate5m", meanOf("genmeter_conversation_turns_sum", "genmeter_conversation_turns_count")},
		{"genmeter_cost_usd:rate5m", rateOf("genmeter_cost_usd_total")},
		{"genmeter_records_accepted:rate5m", rateOf(records + `{outcome="accepted"}`)},
		{"genmeter_records_accepted:ratio_rate5m", ratio(records+`{outcome="accepted"}`, records)},
		{"genmeter_run_cost_usd_per_accepted_record:ratio",
			"max " + by + " (genmeter_run_cost_usd)\n/ (max " + by + " (genmeter_run_records) > 0)"},
	}
}()

func writeDashboardRules(b *bytes.Buffer) {
	b.WriteString(`  - name: genmeter.rules
    rules:
      # For dashboards: over 5 minutes, by job and instance, and by run where it has a name.
`)
	for _, r := range dashboardRules {
		writeRecord(b, "job_instance:"+r.name, r.expr)
	}
}
