package web

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// questions are put to the monitor together: it looks at the ring once for all.
type questions struct {
	queries []monitor.Query
	then    []func(monitor.Stat)
}

// ask calls then with the answer, at the time of answer.
func (q *questions) ask(query monitor.Query, then func(monitor.Stat)) {
	q.queries = append(q.queries, query)
	q.then = append(q.then, then)
}

func (q *questions) answer(mon *monitor.Monitor, at time.Time) {
	for i, stat := range mon.Aggregates(at, q.queries) {
		q.then[i](stat)
	}
}
