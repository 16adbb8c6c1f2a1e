// Package web answers questions about a running [monitor.Monitor] over HTTP. [Handler] gives one [net/http.Handler] that
// the genmeter binary serves and that an embedder can mount beside its own pages:
//
//	http.Handle("/genmeter/", http.StripPrefix("/genmeter", web.Handler(mon)))
//
// # What it answers
//
// Answers are JSON objects; names of fields are stable, and a later version only adds to them. Durations are seconds,
// times RFC 3339, and a number that is not known is null: never a 0 that looks like data.
//
//	GET /api/v1/aggregate?metric=generation_time&window=5m[&model=M][&step=S]
//
// gives metric, window_seconds, model and step (when asked for), count, sum, mean, min, max, p50, p90, p95, p99,
// coverage and quantile_coverage. Without samples count and sum are 0 and the rest is null; a metric that nobody has recorded is
// answered in the same way, because it may come yet. Coverage (0 to 1) is the part of the window that count, sum,
// mean, min and max rest on; quantile_coverage the part of the samples that the quantiles rest on.
//
//	GET /api/v1/tokens?window=1h
//
// gives window_seconds, by_model (a list sorted by model_name of model_name, calls, prompt_tokens, completion_tokens,
// total_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost_usd, unpriced_tokens) and the totals
// total_prompt_tokens, total_completion_tokens, total_tokens, total_cost_usd, total_unpriced_tokens. Unpriced tokens are
// those whose model has no known price: cost_usd leaves them out, and is null when it would leave out all.
//
//	GET /api/v1/progress
//
// gives done (accepted records), rejected, failed, target (null when none is set), rate (accepted records a second),
// eta_seconds (null when unknown, 0 when done), elapsed_seconds, start, last_success (null when none yet), calls,
// failures, in_progress, cost_usd, projected_cost_usd (both null when unknown) and unpriced_tokens.
//
//	GET /api/v1/alerts[?state=firing]
//
// gives evaluated_at (null before the first evaluation) and alerts, a list of name, alertname (in Prometheus), level, state
// (pending, firing or resolved), message, value, threshold, starts_at, ends_at (null unless resolved), labels and data, in the order
// of the rules. A state asks for the alerts in it; state=inactive and state=all have the rules that are at peace too, whose
// message and starts_at are null. 404 when there are no rules ([WithAlerts]).
//
// A window is a duration as [ParseWindow] reads it; without one, or with 0, the answer is about everything since the
// start. GET /-/healthy and /-/ready answer probes, and / is a page of links for people.
//
// # What it refuses
//
// A request that cannot be answered gets a JSON object {"error": "..."} that says what was wrong and what is allowed:
// 400 for a parameter, 403 for a foreign Host, 404 for a path, 405 for a method other than GET or HEAD.
//
// Event texts are nobody else's business, so that a web page which points its own name at 127.0.0.1 (DNS rebinding)
// must not read them: everything but /-/ and the metrics wants a Host header that is loopback or allowed by
// [WithAllowedHosts]. It is no authentication: for that put TLS and a password in front, as the binary does with
// --web.config.file.
package web
