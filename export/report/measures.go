package report

// What whole runs are compared by, group by group.

var callSpecs = []spec{
	{group: "Calls", name: "calls", title: "calls", unit: "calls",
		value: ofCalls(func(r *Report) *float64 { return total(r.Calls.Total) })},
	{group: "Calls", name: "success_rate", title: "success rate", unit: unitRatio, better: moreIsBetter,
		value: func(r *Report) *float64 { return r.Calls.SuccessRate }},
	{group: "Calls", name: "failed_share", title: "failed", unit: unitRatio, better: lessIsBetter,
		value: func(r *Report) *float64 { return ratio(float64(r.Calls.Failed), float64(r.Calls.Total)) }},
	{group: "Calls", name: "rejected_share", title: "rejected", unit: unitRatio, better: lessIsBetter,
		value: func(r *Report) *float64 { return ratio(float64(r.Calls.Rejected), float64(r.Calls.Total)) }},
}

func wholeCall(r *Report) *Distribution    { return r.Duration }
func toFirstToken(r *Report) *Distribution { return r.TimeToFirstToken }

func p50(d *Distribution) float64  { return d.P50 }
func p95(d *Distribution) float64  { return d.P95 }
func p99(d *Distribution) float64  { return d.P99 }
func mean(d *Distribution) float64 { return d.Mean }

var latencySpecs = []spec{
	{group: "Latency", name: "call_duration_mean", title: "call, mean", unit: unitSeconds, better: lessIsBetter, value: part(wholeCall, mean)},
	{group: "Latency", name: "call_duration_p50", title: "call, p50", unit: unitSeconds, better: lessIsBetter, value: part(wholeCall, p50)},
	{group: "Latency", name: "call_duration_p95", title: "call, p95", unit: unitSeconds, better: lessIsBetter, value: part(wholeCall, p95)},
	{group: "Latency", name: "call_duration_p99", title: "call, p99", unit: unitSeconds, better: lessIsBetter, value: part(wholeCall, p99)},
	{group: "Latency", name: "time_to_first_token_p50", title: "first token, p50", unit: unitSeconds, better: lessIsBetter,
		value: part(toFirstToken, p50)},
	{group: "Latency", name: "time_to_first_token_p95", title: "first token, p95", unit: unitSeconds, better: lessIsBetter,
		value: part(toFirstToken, p95)},
	{group: "Latency", name: "output_tokens_per_second", title: "output tokens/s", unit: "tokens_per_second", better: moreIsBetter,
		value: func(r *Report) *float64 { return r.Calls.OutputTokensPerSecond }},
}

// usageSpecs leave tokens without a direction, but for those of one record or call.
var usageSpecs = []spec{
	{group: "Tokens and cost", name: "input_tokens", title: "input tokens", unit: unitTokens,
		value: reported(func(r *Report) int64 { return r.Usage.Input })},
	{group: "Tokens and cost", name: "output_tokens", title: "output tokens", unit: unitTokens,
		value: reported(func(r *Report) int64 { return r.Usage.Output })},
	{group: "Tokens and cost", name: "total_tokens", title: "tokens", unit: unitTokens,
		value: reported(func(r *Report) int64 { return r.Usage.Total })},
	{group: "Tokens and cost", name: "tokens_per_accepted_record", title: "tokens/accepted", unit: unitTokens, better: lessIsBetter,
		value: func(r *Report) *float64 { return r.Cost.TokensPerAcceptedRecord }},
	{group: "Tokens and cost", name: "tokens_per_successful_call", title: "tokens/success", unit: unitTokens, better: lessIsBetter,
		value: func(r *Report) *float64 { return r.Cost.TokensPerSuccessfulCall }},
	{group: "Tokens and cost", name: "cost_usd", title: "cost", unit: unitDollars,
		value: complete(func(r *Report) *float64 { return r.Usage.CostUSD }),
		text:  func(r *Report) string { return r.Usage.cost() }},
	{group: "Tokens and cost", name: "cost_usd_per_accepted_record", title: "cost/accepted", unit: unitDollars, better: lessIsBetter,
		value: complete(func(r *Report) *float64 { return r.Cost.PerAcceptedRecordUSD }),
		text:  func(r *Report) string { return r.costEach(r.Cost.PerAcceptedRecordUSD, r.Records.Accepted) }},
	{group: "Tokens and cost", name: "cost_usd_per_successful_call", title: "cost/success", unit: unitDollars, better: lessIsBetter,
		value: complete(func(r *Report) *float64 { return r.Cost.PerSuccessfulCallUSD }),
		text:  func(r *Report) string { return r.costEach(r.Cost.PerSuccessfulCallUSD, r.Calls.Succeeded) }},
}

// reported is a number of tokens of a run that reports any.
func reported(f func(*Report) int64) func(*Report) *float64 {
	return func(r *Report) *float64 {
		if r.Usage.Total == 0 {
			return nil
		}
		return total(f(r))
	}
}

// costEach is the cost of one of n things.
func (r *Report) costEach(usd *float64, n uint64) string {
	if n == 0 {
		return none
	}
	return r.Usage.costOf(usd)
}

var recordSpecs = []spec{
	{group: "Records", name: "accepted_records", title: "accepted", unit: "records", better: moreIsBetter,
		value: ofRecords(func(r *Report) *float64 { return total(r.Records.Accepted) })},
	{group: "Records", name: "acceptance_rate", title: "acceptance rate", unit: unitRatio, better: moreIsBetter,
		value: func(r *Report) *float64 { return r.Records.AcceptanceRate }},
	{group: "Records", name: "rejected_records", title: "rejected", unit: "records",
		value: ofRecords(func(r *Report) *float64 { return total(r.Records.Rejected) })},
	{group: "Records", name: "failed_records", title: "failed", unit: "records",
		value: ofRecords(func(r *Report) *float64 { return total(r.Records.Failed) })},
}

var throughputSpecs = []spec{
	{group: "Time", name: "length_seconds", title: "length", unit: unitSeconds,
		value: func(r *Report) *float64 { return r.Span.Length }},
	{group: "Time", name: "calls_per_minute", title: "calls/minute", unit: "calls_per_minute", better: moreIsBetter,
		value: ofCalls(func(r *Report) *float64 { return r.Throughput.CallsPerMinute })},
	{group: "Time", name: "accepted_records_per_minute", title: "accepted/minute", unit: "records_per_minute", better: moreIsBetter,
		value: ofRecords(func(r *Report) *float64 { return r.Throughput.AcceptedPerMinute })},
}

var troubleSpecs = []spec{
	{group: "Trouble", name: "alerts", title: "alerts fired", unit: "alerts", better: lessIsBetter,
		value: func(r *Report) *float64 {
			if r.Alerts == nil {
				return nil
			}
			return total(len(r.Alerts.Fired) + r.Alerts.More)
		}},
	{group: "Trouble", name: "unreadable", title: "unreadable", unit: "lines", better: lessIsBetter,
		value: func(r *Report) *float64 { return total(r.Unreadable.Count) }},
}
