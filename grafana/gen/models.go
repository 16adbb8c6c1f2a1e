package main

// models answers the overview's questions for each model and provider.
func models() board {
	return board{
		name: "models", title: "genmeter: models",
		about: "Which model is better, faster, cheaper? Calls whose model nobody reported are in no ratio.",
		rows: []row{
			{"Side by side", []panel{modelTable(), finishTable()}},
			{"Success", modelSuccess()},
			{"Speed", modelSpeed()},
			{"Tokens", modelTokens()},
			{"Cost", modelCost()},
		},
	}
}

var modelLabels = []label{{"gen_ai_request_model", "Model"}, {"gen_ai_provider_name", "Provider"}}

func modelTable() panel {
	return sideBySide(spec{title: "Models side by side", none: "no traffic", width: 24, height: 9,
		about: "Totals of the processes that run or ended in the time range. The row unknown are calls whose model nobody reported, " +
			"many of which have failed before there was one: it has no success rate. A model that only evaluates has tokens and cost, and no calls. " +
			"Cost per accepted record: what this model cost, by the accepted records of the runs that it worked in; the models of a run add up."},
		modelLabels,
		column{"Calls", "short", sumBy(byModel, last("genmeter_generations_total", ofStep))},
		column{"Succeeded", "percentunit", share(byModel, last("genmeter_generations_total", named+`,outcome="success"`), last("genmeter_generations_total", named))},
		column{"p50", "s", quantile("0.5", byModel, last("gen_ai_client_operation_duration_seconds_bucket", ofModel))},
		column{"p95", "s", quantile("0.95", byModel, last("gen_ai_client_operation_duration_seconds_bucket", ofModel))},
		column{"First token p95", "s", quantile("0.95", byModel, last("gen_ai_client_operation_time_to_first_chunk_seconds_bucket", ofModel))},
		column{"Per output token p50", "s", quantile("0.5", byModel, last("genmeter_time_per_output_token_seconds_bucket", ofModel))},
		column{"Tokens", "short", sumBy(byModel, last("genmeter_tokens_total", ofStep))},
		column{"Input a call", "short", tokensACall(last, "input")},
		column{"Output a call", "short", tokensACall(last, "output")},
		column{"Cost", "currencyUSD", sumBy(byModel, last("genmeter_cost_usd_total", ofStep))},
		column{"Cost per accepted record", "currencyUSD", costPerRecord()},
	)
}

// tokensACall is the mean of the calls and evaluations that reported tokens of the type.
func tokensACall(value func(metric, selector string) string, kind string) string {
	of := ofModel + `,gen_ai_token_type="` + kind + `"`
	return mean(byModel, value("gen_ai_client_token_usage_sum", of), value("gen_ai_client_token_usage_count", of))
}

// costPerRecord divides the cost of a model by the accepted records of the runs that it worked in: one in which it did not
// must not make it cheaper.
func costPerRecord() string {
	const by = "job, instance, run"
	cost := last("genmeter_cost_usd_total", ofStep)
	records := sumBy(by, last("genmeter_records_total", ofRun+`,outcome="accepted"`))
	return sumBy(byModel, cost) + " / (" +
		sumBy(byModel, "0 * "+sumBy(by+", "+byModel, cost)+" + on ("+by+") group_left () "+records) + " > 0)"
}

func finishTable() panel {
	reason := func(selector string) string {
		return share(byModel, last("genmeter_generations_total", named+`,outcome="success"`+selector), last("genmeter_generations_total", named+`,outcome="success"`))
	}
	return sideBySide(spec{title: "Why answers ended", none: "no answers", width: 24, height: 7,
		about: "Share of the successful calls by finish reason. Length: cut off, the limit of output tokens is too low. Content filter: the model refused. " +
			"Not told: the generator reported no reason."},
		modelLabels,
		column{"Stop", "percentunit", reason(`,finish_reason="stop"`)},
		column{"Length", "percentunit", reason(`,finish_reason="length"`)},
		column{"Content filter", "percentunit", reason(`,finish_reason="content_filter"`)},
		column{"Tool calls", "percentunit", reason(`,finish_reason="tool_calls"`)},
		column{"Error or other", "percentunit", reason(`,finish_reason=~"error|other"`)},
		column{"Not told", "percentunit", reason(`,finish_reason=""`)},
	)
}

func modelSuccess() []panel {
	return []panel{
		shares(spec{title: "Calls that succeed", none: "no calls of a known model", width: 9,
			about: "By model. Calls whose model nobody reported are the panel on the right."},
			query{share(byModel, rate("genmeter_generations_total", named+`,outcome="success"`), rate("genmeter_generations_total", named)), legendModel}),
		stack(spec{title: "Failures a minute", unit: "count:failures/min", none: "no failures", width: 9,
			about: "Calls that failed with an error, by model and class of error."},
			query{"60 * " + sumBy("gen_ai_request_model, error_type", rate("genmeter_generation_failures_total", named)) + " > 0", "{{gen_ai_request_model}}: {{error_type}}"}),
		stack(spec{title: "Calls without a model a minute", unit: "count:calls/min", none: "none", width: 6,
			about: "Calls whose model nobody reported, by outcome. Generators often report a call that failed early without one: these failures are no model's."},
			query{"60 * " + sumBy("outcome", rate("genmeter_generations_total", ofStep+`,gen_ai_request_model="unknown"`)) + " > 0", "{{outcome}}"}),
	}
}

func modelSpeed() []panel {
	duration := rate("gen_ai_client_operation_duration_seconds_bucket", ofModel)
	return []panel{
		lines(spec{title: "Duration of a call, p50", unit: "s", none: "no traffic", width: 8,
			about: "Half of the calls take less; within the width of a bucket. Failed calls included."},
			query{quantile("0.5", byModel, duration), legendModel}),
		lines(spec{title: "Duration of a call, p95", unit: "s", none: "no traffic", width: 8,
			about: "One call in twenty takes longer; within the width of a bucket. Failed calls included."},
			query{quantile("0.95", byModel, duration), legendModel}),
		stack(spec{title: "Calls a second", unit: "count:calls/s", none: "no traffic", width: 8, about: "Calls that ended, by model."},
			query{sumBy(byModel, rate("genmeter_generations_total", ofStep)), legendModel}),
		lines(spec{title: "Time to the first token, p95", unit: "s", none: "no streamed answers", width: 8,
			about: "Of streamed answers whose first token was timed."},
			query{quantile("0.95", byModel, rate("gen_ai_client_operation_time_to_first_chunk_seconds_bucket", ofModel)), legendModel}),
		lines(spec{title: "Time per output token, p50", unit: "s", none: "no streamed answers", width: 8,
			about: "After the first token, of streamed answers: 20 ms are 50 tokens a second."},
			query{quantile("0.5", byModel, rate("genmeter_time_per_output_token_seconds_bucket", ofModel)), legendModel}),
		lines(spec{title: "Calls in progress", unit: "short", none: "not told", width: 8,
			about: "Calls that have begun and not ended, where the generator tells when they begin."},
			query{sumBy(byModel, "genmeter_generations_in_progress{"+ofModel+"}"), legendModel}),
	}
}

func modelTokens() []panel {
	return []panel{
		lines(spec{title: "Input tokens a call", unit: "short", none: "no tokens", width: 8,
			about: "Mean of the calls and evaluations that reported them. Prompts that grow make calls slow and dear."},
			query{tokensACall(rate, "input"), legendModel}),
		lines(spec{title: "Output tokens a call", unit: "short", none: "no tokens", width: 8,
			about: "Mean of the calls and evaluations that reported them."},
			query{tokensACall(rate, "output"), legendModel}),
		stack(spec{title: "Tokens a second", unit: "count:tok/s", none: "no tokens", width: 8,
			about: "Of all types, by model; evaluations too."},
			query{sumBy(byModel, rate("genmeter_tokens_total", ofStep)), legendModel}),
	}
}

func modelCost() []panel {
	return []panel{
		stack(spec{title: "Cost an hour", unit: "currencyUSD", none: "no prices", width: 8,
			about: "By model, of calls and evaluations whose price is known."},
			query{"3600 * " + sumBy(byModel, rate("genmeter_cost_usd_total", ofStep)), legendModel}),
		shares(spec{title: "Input from the provider's cache", none: "no input", width: 8,
			about: "Share of the input tokens that the provider had cached; they are cheaper."},
			query{cachedInput(), legendModel}),
		stack(spec{title: "Tokens without a price a second", unit: "count:tok/s", none: "all have a price", width: 8,
			about: "Tokens of models that are not in the price file: their cost is in no panel."},
			query{sumBy(byModel, rate("genmeter_unpriced_tokens_total", ofStep)) + " > 0", legendModel}),
	}
}

// cachedInput waits until the input was there for a whole interval: its series begin with what the first call took, which rates
// do not see, and those of the cache with 0, so that more would have been cached than read.
func cachedInput() string {
	const metric, input = "gen_ai_client_token_usage_sum", ofModel + `,gen_ai_token_type="input"` // not known by step: it begins once
	return mean(byModel, rate("genmeter_token_details_total", ofModel+`,type="cache_read"`), rate(metric, input)) +
		" and " + sumBy(byModel, metric+"{"+input+"} offset $__rate_interval")
}
