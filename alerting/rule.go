package alerting

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/genmeter/genmeter/monitor"
)

const (
	defaultWindow     = 5 * time.Minute // as in the seed
	defaultMinSamples = 5
	maxWindow         = time.Hour // for which the monitor keeps what rules look at
	maxRules          = 1900      // the series an instrument may have
)

// Statistic is what a rule compares of the samples in its window.
type Statistic uint8

// The statistics. Rate is the sum a second, over the whole window: tokens a second of a token count. Count is the number
// of samples.
const (
	Mean Statistic = iota
	Min
	Max
	Sum
	Rate
	Count
	P50
	P90
	P95
	P99
)

var statisticNames = [...]string{"mean", "min", "max", "sum", "rate", "count", "p50", "p90", "p95", "p99"}

func (s Statistic) String() string { return nameOf(statisticNames[:], int(s)) }

// quantile returns 0 for a statistic that is none.
func (s Statistic) quantile() float64 {
	switch s {
	case P50:
		return 0.5
	case P90:
		return 0.9
	case P95:
		return 0.95
	case P99:
		return 0.99
	}
	return 0
}

// of returns the statistic of the samples in a window.
func (s Statistic) of(stat *monitor.Stat, window time.Duration) float64 {
	switch s {
	case Min:
		return stat.Min
	case Max:
		return stat.Max
	case Sum:
		return stat.Sum
	case Rate:
		return stat.Sum / window.Seconds()
	case Count:
		return float64(stat.Count)
	case P50:
		return stat.P50
	case P90:
		return stat.P90
	case P95:
		return stat.P95
	case P99:
		return stat.P99
	}
	return stat.Mean
}

// Comparison is the side of its threshold on which a rule fires. At the threshold itself none does.
type Comparison uint8

// The comparisons.
const (
	Above Comparison = iota
	Below
)

var comparisonNames = [...]string{"above", "below"}

func (c Comparison) String() string { return nameOf(comparisonNames[:], int(c)) }

func (c Comparison) holds(value, threshold float64) bool {
	if c == Below {
		return value < threshold
	}
	return value > threshold
}

// Rule is one condition over the recent past.
type Rule struct {
	// Name identifies the rule: lower-case letters, digits, "_" and ":", unique. Prometheus knows it in camel case with
	// Genmeter before it: slow_first_token is GenmeterSlowFirstToken there.
	Name string

	Metric     string // a name that [monitor.Monitor.Aggregate] knows, or one given to RecordMetric
	Statistic  Statistic
	Comparison Comparison
	Threshold  float64 // in the metric's unit: seconds, tokens, US dollars, 0 to 1 for rates

	Window     time.Duration // that ends now; 0 is 5 min, an hour at most
	For        time.Duration // how long the condition must hold before it fires; 0 is at once
	Level      Level
	MinSamples int // fewer samples in the window say nothing; 0 is 5

	Model, Step string // look at one model or one pipeline step; "" is all, and not both can be given

	source source
}

// source is where a rule's value comes from.
type source uint8

const (
	fromSamples source = iota // of Metric
	fromStall                 // seconds without a success
	fromCost                  // US dollars since the start
	fromLosses                // events and values lost in the window
)

// withDefaults fills in what is zero.
func (r Rule) withDefaults() Rule {
	r.Window = cmp.Or(r.Window, defaultWindow)
	r.MinSamples = cmp.Or(r.MinSamples, defaultMinSamples)
	return r
}

// validate returns what is wrong with a rule, nil when it is good.
func (r *Rule) validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case r.Name == "":
		wrong("no name")
	case strings.ContainsFunc(r.Name, func(c rune) bool { return !strings.ContainsRune("_:0123456789", c) && (c < 'a' || c > 'z') }),
		r.Name[0] < 'a' || r.Name[0] > 'z':
		wrong("name %q: want lower-case letters, digits, _ and :, a letter first", r.Name)
	}
	if r.Metric == "" && r.source == fromSamples {
		wrong("no metric")
	}
	if int(r.Statistic) >= len(statisticNames) {
		wrong("statistic %v: want one of %s", r.Statistic, strings.Join(statisticNames[:], ", "))
	}
	if int(r.Comparison) >= len(comparisonNames) {
		wrong("comparison %v: want above or below", r.Comparison)
	}
	if int(r.Level) >= len(levelNames) {
		wrong("level %v: want one of %s", r.Level, strings.Join(levelNames[:], ", "))
	}
	if math.IsNaN(r.Threshold) || math.IsInf(r.Threshold, 0) {
		wrong("threshold %v: want a finite number", r.Threshold)
	}
	if r.Window < time.Second || r.Window > maxWindow {
		wrong("window %v: want 1s to 1h", r.Window)
	}
	if r.For < 0 {
		wrong("for %v: want 0 or more", r.For)
	}
	if r.MinSamples < 1 {
		wrong("min_samples %d: want 1 or more", r.MinSamples)
	}
	switch {
	case r.source != fromSamples:
	case r.Statistic == Count && r.Comparison == Below && r.Threshold <= float64(r.MinSamples):
		wrong("count below %v never fires: with fewer than %d samples (min_samples) nothing is judged", r.Threshold, r.MinSamples)
	case isShare(r.Metric) && r.Statistic != Sum && r.Statistic != Rate && r.Statistic != Count &&
		(r.Threshold < 0 || r.Threshold > 1 || r.Threshold == 1 && r.Comparison == Above || r.Threshold == 0 && r.Comparison == Below):
		wrong("%s %v %v: its values are from 0 to 1", r.Metric, r.Comparison, r.Threshold)
	}
	if r.Model != "" && r.Step != "" {
		wrong("model %q and step %q: a rule looks at one of them", r.Model, r.Step)
	}
	return errors.Join(errs...)
}

// AlertName returns the rule's name as Prometheus and Alertmanager know it.
func (r *Rule) AlertName() string {
	if kind, ok := strings.CutPrefix(r.Name, highTokenUsage); ok {
		return "GenmeterHigh" + camel(kind) + "TokenUsage"
	}
	return "Genmeter" + camel(r.Name)
}

func camel(name string) string {
	var b strings.Builder
	up := true
	for _, c := range name {
		switch {
		case c == '_' || c == ':':
			up = true
		case up:
			b.WriteRune(unicode.ToUpper(c))
			up = false
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// labels returns what identifies the rule's alerts.
func (r *Rule) labels(more map[string]string) map[string]string {
	labels := make(map[string]string, len(more)+4)
	for name, value := range more {
		labels[name] = value
	}
	if r.Model != "" {
		labels["model"] = r.Model
	}
	if r.Step != "" {
		labels["step"] = r.Step
	}
	labels["alertname"], labels["severity"] = r.AlertName(), r.Level.Severity()
	return labels
}
