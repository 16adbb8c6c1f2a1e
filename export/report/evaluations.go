package report

import (
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// Evaluations counts judgements of answers.
type Evaluations struct {
	Total      uint64        `json:"total"`
	Succeeded  uint64        `json:"succeeded"` // the evaluation itself worked, whatever the scores say
	Failed     uint64        `json:"failed"`
	Rejected   uint64        `json:"rejected"` // neither
	Duration   *Distribution `json:"evaluation_duration_seconds"`
	Failures   []Failure     `json:"failures"`
	Evaluators []Evaluator   `json:"evaluators"` // by name
	Scores     []Score       `json:"scores"`     // by name
}

// Evaluator is what one evaluator did. Past 50 evaluators they are "other".
type Evaluator struct {
	Name        string `json:"evaluator"`
	Evaluations uint64 `json:"evaluations"`
	Failed      uint64 `json:"failed"`
	Rejected    uint64 `json:"rejected"`
}

// Score describes the scores of one name. Past 50 names they are "other".
type Score struct {
	Name      string `json:"score"`
	Evaluator string `json:"evaluator"` // who gave them; "several" when not one alone
	Distribution
}

const severalEvaluators = "several"

type score struct {
	values
	evaluator string
}

type evaluations struct {
	outcomes
	durations
	failures
	evaluators *ledger[outcomes]
	scores     *ledger[score]
}

func (e *evaluations) add(ev *monitor.Event) {
	e.outcomes.add(ev)
	e.failures.add(ev)
	if ev.Duration > 0 {
		e.durations.add(ev.Duration)
	}
	e.evaluators.of(ev.Name).add(ev)
	for i := range ev.Scores {
		e.addScore(&ev.Scores[i], ev.Name)
	}
}

func (e *evaluations) addScore(s *monitor.Score, evaluator string) {
	row := e.scores.of(s.Name)
	if evaluator == "" {
		evaluator = nameUnknown
	}
	switch row.evaluator {
	case evaluator:
	case "":
		row.evaluator = strings.Clone(evaluator)
	default:
		row.evaluator = severalEvaluators
	}
	row.add(s.Value)
}

func (e *evaluations) result() Evaluations {
	r := Evaluations{
		Total: e.total(), Succeeded: e.succeeded, Failed: e.failed, Rejected: e.rejected,
		Duration: e.distribution(), Failures: e.failures.list(), Evaluators: []Evaluator{}, Scores: []Score{},
	}
	for _, name := range e.evaluators.names() {
		row := e.evaluators.rows[name]
		r.Evaluators = append(r.Evaluators, Evaluator{name, row.total(), row.failed, row.rejected})
	}
	for _, name := range e.scores.names() {
		row := e.scores.rows[name]
		r.Scores = append(r.Scores, Score{name, strings.ToValidUTF8(row.evaluator, "\uFFFD"), *row.distribution()})
	}
	return r
}
