package alerting

import (
	"strings"
	"time"
)

// increase is what came to a metric, a counter or a part of a histogram, in a window.
type increase struct {
	metric string
	window time.Duration
}

// name returns the one under which it is recorded: each series keeps its labels.
func (i increase) name() string {
	return "instance:" + strings.TrimSuffix(i.metric, "_total") + ":increase" + promDuration(i.window)
}

// fallible are sums that fall when a sample is negative, by the counter that goes with each: only that one shows whether the
// process began anew. What they are divided by has to be counted in the same way.
var fallible = map[string]string{
	"genmeter_evaluation_score_sum":      "genmeter_evaluation_score_count",
	"genmeter_evaluation_score_count":    "genmeter_evaluation_score_count",
	"genmeter_metric_value_accumulated":  "genmeter_metric_observations_total",
	"genmeter_metric_observations_total": "genmeter_metric_observations_total",
}

// known is the time past which a target counts as one that Prometheus sees for the first time: what its counters have by then may be
// of any age. It spans a restart of Prometheus, and scrapes that failed for a while.
const known = "1h"

// expr returns the increase of each series. See the comment in the file for what its four parts are. The minimum of a counter
// without a reset is its first sample in the window: when that is below what the counter had before, the process began anew
// between the two scrapes.
func (i increase) expr() string {
	form := `increase(X[W]) and resets(X[W]) > 0
or last_over_time(X[W]) - (last_over_time(X[K] offset W) <= min_over_time(X[W]))
or last_over_time(X[W]) and on (job, instance, run) RUN
or increase(X[W])`
	counter := fallible[i.metric]
	if counter != "" { // after a restart, what the new process has is all that can be told
		form = `last_over_time(X[W]) and resets(C[W]) > 0
or last_over_time(X[W]) - (
  last_over_time(X[K] offset W) and last_over_time(C[K] offset W) <= min_over_time(C[W])
)
or last_over_time(X[W]) and on (job, instance, run) RUN
or delta(X[W])`
	}
	window := promDuration(i.window)
	return strings.NewReplacer("X", i.metric, "C", counter, "K", known, "W", window, "RUN", knownRun(i.window)).Replace(form)
}

// knownRun is the name under which it is recorded which runs began in the window, or were seen before it: what is new of
// theirs came in the window.
func knownRun(window time.Duration) string {
	return "instance:genmeter_run:known" + promDuration(window)
}

// knownRunExpr allows for the time between a run's first event and its first scrape, a minute at most: else there would be one
// evaluation in which the run did not begin in the window any more and was not seen before it yet.
func knownRunExpr(window time.Duration) string {
	const start = "last_over_time(genmeter_run_start_timestamp_seconds"
	w, young := promDuration(window), window+min(window, time.Minute)
	return start + "[" + w + "]) > time() - " + decimal(young.Seconds()) + "\nor " + start + "[" + known + "] offset " + w + ")"
}
