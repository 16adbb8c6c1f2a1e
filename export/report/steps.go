package report

import (
	"cmp"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// Step is the calls of one step of the pipeline, and what they used. Tokens of calls that are not known one by one are in it too.
type Step struct {
	Name     string `json:"step"` // empty for calls that name none; past 50 steps they are "other"
	Calls    uint64 `json:"calls"`
	Failed   uint64 `json:"failed"`
	Rejected uint64 `json:"rejected"`
	Usage
}

type step struct {
	calls outcomes
	usage usage
}

type steps struct{ *ledger[step] }

func (s steps) add(ev *monitor.Event, cost float64, unpriced int64) {
	row := s.of(ev.Step)
	if ev.Kind == monitor.KindGeneration {
		row.calls.add(ev)
	}
	row.usage.add(ev, cost, unpriced)
}

// list returns the most expensive first; none when no call names a step.
func (s steps) list() []Step {
	list := make([]Step, 0, len(s.rows))
	if s.used == 0 {
		return list
	}
	for _, name := range s.names() {
		row := s.rows[name]
		list = append(list, Step{
			Name: name, Calls: row.calls.total(), Failed: row.calls.failed, Rejected: row.calls.rejected, Usage: row.usage.result(),
		})
	}
	slices.SortStableFunc(list, func(a, b Step) int {
		return cmp.Or(byCost(&a.Usage, &b.Usage), cmp.Compare(b.Calls, a.Calls))
	})
	return list
}
