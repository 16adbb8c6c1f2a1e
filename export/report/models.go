package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Model is what one model did. Calls without a model are "unknown"; past 200 models they are "other".
type Model struct {
	Name      string `json:"model"`
	Calls     uint64 `json:"calls"` // none for a model that only evaluated, or of which only usage is known
	Succeeded uint64 `json:"succeeded"`
	Failed    uint64 `json:"failed"`
	Rejected  uint64 `json:"rejected"`
	Usage
	FailureShare          *float64      `json:"failure_share"` // of its calls, those that failed with an error
	Duration              *Distribution `json:"call_duration_seconds"`
	OutputTokensPerSecond *float64      `json:"output_tokens_per_second"`
}

// model adds up what one model did.
type model struct {
	calls outcomes
	usage usage
	took  durations
	speed speed
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
	if ev.Kind != monitor.KindGeneration {
		return
	}
	row.calls.add(ev)
	row.speed.add(ev)
	if took, ok := latency(ev); ok {
		row.took.add(took)
		m.sum += took.Seconds()
	}
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
			Rejected: row.calls.rejected, Usage: row.usage.result(),
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
