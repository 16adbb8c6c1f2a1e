package report

import (
	"cmp"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// Records counts finished rows of the data set.
type Records struct {
	Total          uint64   `json:"total"`
	Accepted       uint64   `json:"accepted"`
	Rejected       uint64   `json:"rejected"`
	Failed         uint64   `json:"failed"`
	AcceptanceRate *float64 `json:"acceptance_rate"`
	Target         *int64   `json:"target"` // the records wanted; null when the run does not say
	Reasons        []Reason `json:"reasons"`
}

// Reason is the records of one outcome that tell one reason. Past 50 reasons they are "other".
type Reason struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"` // empty when not reported
	Records uint64 `json:"records"`
}

const recordOutcomes = int(monitor.Failed) + 1

type records struct {
	outcomes [recordOutcomes]uint64
	reasons  *ledger[[recordOutcomes]uint64]
	target   *int64
}

func (r *records) add(ev *monitor.Event) {
	outcome := min(ev.Outcome, monitor.Failed)
	r.outcomes[outcome]++
	r.reasons.of(ev.Name)[outcome]++
}

// want takes a target; 0 is none.
func (r *records) want(ev *monitor.Event) {
	r.target = nil
	if n := int64(ev.Value); n > 0 {
		r.target = &n
	}
}

func (r *records) result() Records {
	c := r.outcomes
	total := c[monitor.Accepted] + c[monitor.Rejected] + c[monitor.Failed]
	return Records{
		Total: total, Accepted: c[monitor.Accepted], Rejected: c[monitor.Rejected], Failed: c[monitor.Failed],
		AcceptanceRate: ratio(float64(c[monitor.Accepted]), float64(total)), Target: r.target, Reasons: r.list(),
	}
}

// list returns the reasons by outcome, the most frequent first.
func (r *records) list() []Reason {
	list := []Reason{}
	for outcome := range recordOutcomes {
		from := len(list)
		for _, reason := range r.reasons.names() {
			if n := r.reasons.rows[reason][outcome]; n > 0 {
				list = append(list, Reason{monitor.RecordOutcome(outcome).String(), reason, n})
			}
		}
		slices.SortStableFunc(list[from:], func(a, b Reason) int { return cmp.Compare(b.Records, a.Records) })
	}
	return list
}
