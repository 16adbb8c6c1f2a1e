package main

// timeToGo is that of the slowest run that is at work. While one does not move there is none.
func timeToGo() string {
	const by = "job, run"
	done, target := sumBy(by, "genmeter_run_records{"+ofRun+"}"), sumBy(by, "genmeter_records_target{"+ofRun+"}")
	pace := sumBy(by, "deriv(genmeter_run_records{"+ofRun+"}[5m])") + " > 0"
	left := "((" + target + " - " + done + ") > 0)"
	return "max(" + left + " / (" + pace + ") or 0 * (" + done + " >= " + target + ")) unless on () (" + left + " unless (" + pace + "))"
}

// overview answers whether it goes well, how long still, and what it will cost.
func overview() board {
	return board{
		name: "overview", title: "genmeter: overview",
		about: "Is the run going well, how long will it take still, what will it cost?",
		rows: []row{
			{"Now", nowPanels()},
			{"The run so far", sofarPanels()},
			{"Calls", callPanels()},
			{"Output", outputPanels()},
			{"Latency", latencyPanels()},
			{"Runs", []panel{runTable()}},
		},
	}
}

func nowPanels() []panel {
	done, target, cost := sum(last("genmeter_run_records", ofRun)), sum(last("genmeter_records_target", ofRun)), sum(last("genmeter_run_cost_usd", ofRun))
	return []panel{
		one(spec{title: "Alerts", unit: "none", none: "not judged", width: 3,
			about: "How many of genmeter's own alert rules fire now. A timeline below says which."},
			sum(`max by (job, instance, run, alertname) (genmeter_alert_firing{`+ofRun+`})`),
			steps("green", threshold{1, "red"}), asText("0", "none")),
		lately(spec{title: "Calls that succeed", unit: "percentunit", none: "no traffic", width: 4,
			about: "Share of the calls of the last 5 minutes that succeeded. Neither failures nor answers that a judge rejected count as success."},
			"("+sum(rate("genmeter_generations_total", ofStep+`,outcome="success"`))+" or vector(0)) / ("+
				sum(rate("genmeter_generations_total", ofStep))+" > 0)",
			steps("red", threshold{0.8, "orange"}, threshold{0.95, "green"})),
		dial(spec{title: "Done", unit: "percentunit", none: "no target set", width: 4,
			about: "Accepted records as a share of the records wanted, over the whole run, a resumed one's earlier part included."},
			sum(last("genmeter_run_records", ofRun))+" / ("+target+" > 0)", steps("blue", threshold{1, "green"})),
		one(spec{title: "Time to go", unit: "s", none: "not moving, or no target", width: 4,
			about: "Until the slowest run at work has the records that are wanted, at the pace of its last 5 minutes."},
			timeToGo(), nil),
		one(spec{title: "Cost so far", unit: "currencyUSD", none: "no prices", width: 3,
			about: "Of the whole run, a resumed one's earlier part included. Tokens whose price nobody knows are not in it: see the next row."},
			cost, nil),
		one(spec{title: "Cost at the end", unit: "currencyUSD", none: "no prices, or no target", width: 3,
			about: "When all records that are wanted are there, at the cost per accepted record so far."},
			cost+" / ("+done+" > 0) * (("+target+" >= "+done+") or ("+done+" > "+target+"))", nil),
		lately(spec{title: "Cost an hour", unit: "currencyUSD", none: "no prices", width: 3,
			about: "At the pace of the last 5 minutes."},
			"3600 * "+sum(rate("genmeter_cost_usd_total", ofStep)), nil),
	}
}

func sofarPanels() []panel {
	return []panel{
		one(spec{title: "Calls", unit: "short", none: "none", width: 3,
			about: "Calls to models, whatever became of them, of the processes that run or ended in the time range."},
			sum(last("genmeter_generations_total", ofStep)), nil),
		one(spec{title: "Failed", unit: "short", none: "none", width: 3,
			about: "Calls that failed with an error. Answers that a judge rejected are not among them."},
			sum(last("genmeter_generations_total", ofStep+`,outcome="error"`)), nil),
		one(spec{title: "Tokens", unit: "short", none: "none", width: 3,
			about: "Input and output tokens of calls and evaluations, and those that were not split."},
			sum(last("genmeter_tokens_total", ofStep)), nil),
		one(spec{title: "Tokens without a price", unit: "short", none: "none", width: 3,
			about: "Tokens of models that are not in the price file: their cost is missing above."},
			sum(last("genmeter_unpriced_tokens_total", ofStep)), steps("green", threshold{1, "orange"})),
		one(spec{title: "Records accepted", unit: "short", none: "none", width: 3,
			about: "Finished rows of the whole run, a resumed one's earlier part included."},
			sum(last("genmeter_run_records", ofRun)), nil),
		one(spec{title: "Evaluations", unit: "short", none: "none", width: 3, about: "Evaluations of answers, good and bad."},
			sum(last("genmeter_evaluations_total", ofRun)), nil),
		one(spec{title: "Calls in progress", unit: "short", none: "not told", width: 3,
			about: "Calls that have begun and not ended, where the generator tells when they begin."},
			sum("genmeter_generations_in_progress{"+ofModel+"}"), nil),
		one(spec{title: "Since the last success", unit: "s", none: "none yet", width: 3,
			about: "How long ago a call succeeded last. In a replay that is a time of the recording."},
			"clamp_min(time() - max("+last("genmeter_last_success_timestamp_seconds", ofModel)+"), 0)",
			steps("green", threshold{300, "orange"}, threshold{600, "red"})),
	}
}

func callPanels() []panel {
	return []panel{
		shares(spec{title: "Success and failure", none: "no traffic", width: 8,
			about: "Share of calls that succeeded, and that failed with an error. What is missing to 100 % was rejected."},
			query{share("", rate("genmeter_generations_total", ofStep+`,outcome="success"`), rate("genmeter_generations_total", ofStep)), "succeeded"},
			query{share("", rate("genmeter_generations_total", ofStep+`,outcome="error"`), rate("genmeter_generations_total", ofStep)), "failed"}),
		stack(spec{title: "Calls a second", unit: "count:calls/s", none: "no traffic", width: 8,
			about: "Calls that ended, by outcome. Rejected: without an error, but not good enough."},
			query{sumBy("outcome", rate("genmeter_generations_total", ofStep)), "{{outcome}}"}),
		stack(spec{title: "Failures a minute", unit: "count:failures/min", none: "no failures", width: 8,
			about: "Calls that failed with an error, by class of error."},
			query{"60 * " + sumBy("error_type", rate("genmeter_generation_failures_total", ofStep)) + " > 0", "{{error_type}}"}),
		bars(spec{title: "Failures so far", unit: "short", none: "no failures", width: 8,
			about: "Calls that failed with an error, by class of error."},
			query{sumBy("error_type", last("genmeter_generation_failures_total", ofStep)) + " > 0", "{{error_type}}"}),
		states(spec{title: "Alerts over time", unit: "none", none: "not judged", width: 16,
			about: "When each of genmeter's own alert rules fired. The runbooks are in deploy/runbooks."},
			query{"max by (alertname) (genmeter_alert_firing{" + ofRun + "})", "{{alertname}}"}),
	}
}

func outputPanels() []panel {
	return []panel{
		stack(spec{title: "Records a minute", unit: "count:records/min", none: "no records", width: 8,
			about: "Finished rows by outcome, however many calls each took."},
			query{"60 * " + sumBy("outcome", rate("genmeter_records_total", ofRun)), "{{outcome}}"}),
		stack(spec{title: "Tokens a second", unit: "count:tok/s", none: "no tokens", width: 8,
			about: "By type. Unsplit: only a total was reported."},
			query{sumBy("type", rate("genmeter_tokens_total", ofStep)), "{{type}}"}),
		stack(spec{title: "Cost an hour, by model", unit: "currencyUSD", none: "no prices", width: 8,
			about: "Of calls and evaluations whose price is known."},
			query{"3600 * " + sumBy(byModel, rate("genmeter_cost_usd_total", ofStep)), legendModel}),
		lines(spec{title: "Progress", unit: "short", none: "no records", width: 12,
			about: "Accepted records, and how many are wanted."},
			query{sum("genmeter_run_records{" + ofRun + "}"), "accepted"},
			query{sum("genmeter_records_target{" + ofRun + "}"), "wanted"}),
		lines(spec{title: "Calls in progress, by model", unit: "short", none: "not told", width: 12,
			about: "Calls that have begun and not ended, where the generator tells when they begin. A flat line while nothing succeeds is a stall."},
			query{sumBy(byModel, "genmeter_generations_in_progress{"+ofModel+"}"), legendModel}),
	}
}

func latencyPanels() []panel {
	buckets := rate("gen_ai_client_operation_duration_seconds_bucket", ofModel)
	return []panel{
		lines(spec{title: "Duration of a call", unit: "s", none: "no traffic", width: 12,
			about: "Failed calls included. Half of the calls take less than p50, one in a hundred more than p99; within the width of a bucket."},
			query{quantile("0.5", "", buckets), "p50"}, query{quantile("0.95", "", buckets), "p95"}, query{quantile("0.99", "", buckets), "p99"}),
		heat(spec{title: "Duration of calls", unit: "s", none: "no traffic", width: 12,
			about: "How many calls took how long. Two bands are two kinds of calls, which no average shows."},
			"increase(gen_ai_client_operation_duration_seconds_bucket{"+ofModel+"}[$__rate_interval])"),
	}
}

func runTable() panel {
	const by = "job, instance, run"
	return sideBySide(spec{title: "Runs side by side", none: "no runs", width: 24,
		about: "Totals of the runs and processes in the time range. Records, tokens and cost are of the whole run, a resumed one's earlier part included."},
		[]label{{"job", "Job"}, {"instance", "Instance"}, {"run", "Run"}},
		column{"Calls", "short", sumBy(by, last("genmeter_generations_total", ofStep))},
		column{"Succeeded", "percentunit", share(by, last("genmeter_generations_total", ofStep+`,outcome="success"`), last("genmeter_generations_total", ofStep))},
		column{"p95", "s", quantile("0.95", by, last("gen_ai_client_operation_duration_seconds_bucket", ofModel))},
		column{"Accepted", "short", sumBy(by, last("genmeter_run_records", ofRun))},
		column{"Tokens", "short", sumBy(by, last("genmeter_run_tokens", ofRun))},
		column{"Cost", "currencyUSD", sumBy(by, last("genmeter_run_cost_usd", ofRun))},
		column{"Cost per accepted record", "currencyUSD", mean(by, last("genmeter_run_cost_usd", ofRun), last("genmeter_run_records", ofRun))})
}
