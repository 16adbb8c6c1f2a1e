package web

import (
	"slices"
	"strings"
	"time"

	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
)

// failureRow is a class of failures with the latest of them.
type failureRow struct {
	Class, Calls, Share string
	Bar                 float64 // of the share, 0 to 100
	Error, Model        string
	At                  stamp
}

func newFailureRow(f monitor.FailureClass, failures uint64, now time.Time) failureRow {
	share := float64(f.Calls) / float64(max(failures, f.Calls))
	return failureRow{
		Class: string(f.Type), Calls: quantity.Grouped(f.Calls), Share: quantity.Share(share), Bar: 100 * share,
		Error: text(f.Error), Model: text(f.Model), At: stampOf(f.Time, now),
	}
}

// finishRow is a reason for which answers ended.
type finishRow struct {
	Reason, Calls, Share string
	Bar                  float64
	count                uint64
}

const finishPrefix, scorePrefix = "finish_reason:", "evaluation_score_"

// askNamed fills in what stands under names that the run brought: finish reasons and scores.
func (v *pageView) askNamed(q *questions, names []string, p monitor.Progress) {
	for _, name := range names {
		if reason, ok := strings.CutPrefix(name, finishPrefix); ok {
			q.ask(monitor.Query{Metric: name}, func(s monitor.Stat) { v.addFinish(reason, s.Count, p.Calls) })
		}
		if score, ok := strings.CutPrefix(name, scorePrefix); ok {
			v.askScore(q, name, score)
		}
	}
}

func (v *pageView) addFinish(reason string, n, calls uint64) {
	share := float64(n) / float64(max(calls, n))
	v.Finish = append(v.Finish, finishRow{reason, quantity.Grouped(n), quantity.Share(share), 100 * share, n})
	slices.SortStableFunc(v.Finish, func(a, b finishRow) int { return int(b.count) - int(a.count) })
}
