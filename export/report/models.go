package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Model is what one model did. Calls without a model are "unknown"; past 200 models the smallest are "other".
type Model struct {
	Name        string `json:"model"`
	Calls       uint64 `json:"calls"` // none for a model that only evaluated, or of which only usage is known
	Succeeded   uint64 `json:"succeeded"`
	Failed      uint64 `json:"failed"` // those known to be its own
	Rejected    uint64 `json:"rejected"`
	Evaluations uint64 `json:"evaluations"` // by it
	Usage
	// FailureShare is of its calls those that failed with an error. It is null when there are none, and when all failed calls
	// of the run are without a model.
	FailureShare          *float64      `json:"failure_share"`
	Duration              *Distribution `json:"call_duration_seconds"`
	OutputTokensPerSecond *float64      `json:"output_tokens_per_second"`
}

// model adds up what one model did.
type model struct {
	calls       outcomes
	evaluations uint64
	usage       usage
	took        durations
	speed       speed
}

func (m *model) merge(o *model) {
	m.calls.merge(o.calls)
	m.evaluations += o.evaluations
	m.usage.merge(o.usage)
	m.took.list = append(m.took.list, o.took.list...)
	m.took.sum += o.took.sum
	m.speed.merge(o.speed)
}

// models adds up by model.
type models struct {
	*ledger[model]
	sum float64 // of latencies, in the order of arrival
}

// usesModel tells evaluations by a model from those without one.
func usesModel(ev *monitor.Event) bool {
	return ev.Model != "" || ev.TotalTokens > 0 || ev.CostUSD > 0
}

func (m *models) add(ev *monitor.Event, cost float64, unpriced int64) {
	if ev.Kind == monitor.KindEvaluation && !usesModel(ev) {
		return
	}
	row := m.of(ev.Model)
	row.usage.add(ev, cost, unpriced)
	if ev.Kind == monitor.KindEvaluation {
		row.evaluations++
	}
	if ev.Kind != monitor.KindGeneration {
		return
	}
	row.calls.add(ev)
	row.speed.add(ev)
	if took, ok := latency(ev); ok {
		row.took.add(took)
		m.sum += seconds(took)
	}
}

// fold adds the smallest models to "other" when there are more than a report tells apart, and returns how many those are. A
// model is as large as its share of all calls or of all tokens, whichever is greater.
func (m *models) fold() int {
	names := slices.DeleteFunc(m.names(), func(name string) bool { return name == m.empty || name == nameOther })
	more := len(names) - maxModels
	if more <= 0 {
		return 0
	}
	var all model
	for _, row := range m.rows {
		all.calls.merge(row.calls)
		all.usage.merge(row.usage)
	}
	size := func(name string) float64 {
		row := m.rows[name]
		return max(float64(row.calls.total())/float64(max(all.calls.total(), 1)), float64(row.usage.total)/float64(max(all.usage.total, 1)))
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(size(b), size(a)) })
	other := m.of(nameOther)
	for _, name := range names[maxModels:] {
		other.merge(m.rows[name])
		delete(m.rows, name)
	}
	return more
}

// list returns the models that did anything, the most expensive first, and then those with the most tokens.
func (m *models) list() []Model {
	list := make([]Model, 0, len(m.rows))
	for _, name := range m.names() {
		row := m.rows[name]
		if row.calls.total() == 0 && row.usage == (usage{}) {
			continue // evaluations and usage that report nothing
		}
		list = append(list, Model{
			Name: name, Calls: row.calls.total(), Succeeded: row.calls.succeeded, Failed: row.calls.failed,
			Rejected: row.calls.rejected, Evaluations: row.evaluations, Usage: row.usage.result(),
			FailureShare: ratio(float64(row.calls.failed), float64(row.calls.total())),
			Duration:     row.took.distribution(), OutputTokensPerSecond: row.speed.rate(),
		})
	}
	slices.SortStableFunc(list, func(a, b Model) int { return byCost(&a.Usage, &b.Usage) })
	return list
}

// byCost orders by cost and then tokens, the greatest first.
func byCost(a, b *Usage) int {
	return cmp.Or(cmp.Compare(known(b.CostUSD), known(a.CostUSD)), cmp.Compare(b.Total, a.Total))
}

func known(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// usage returns that of all models, added up by name as the monitor does.
func (m *models) usage() (total usage) {
	for _, name := range m.names() {
		total.merge(m.rows[name].usage)
	}
	return total
}

// duration describes the latencies of all models. Those of each must be sorted.
func (m *models) duration() *Distribution {
	var lists [][]time.Duration
	for _, row := range m.rows {
		lists = append(lists, row.took.list)
	}
	return union(m.sum, lists)
}
