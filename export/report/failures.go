package report

import (
	"cmp"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// Failure is the calls or evaluations that failed with an error of one class.
type Failure struct {
	Class   string  `json:"class"` // of the closed set of [monitor.ErrorType]
	Count   uint64  `json:"count"`
	Share   float64 `json:"share"`   // of the failures with an error
	Example string  `json:"example"` // the text of the latest, on one line and cut; empty when none had a text
}

// maxExampleText bounds texts from the run, in characters.
const maxExampleText = 200

// failures counts them by class.
type failures struct {
	classes map[monitor.ErrorType]*failure

	// The latest: failures come in runs of one text, and to classify one takes longer than all else.
	lastType, lastText string
	last               *failure
}

type failure struct {
	count   uint64
	example string
}

func (f *failures) add(ev *monitor.Event) {
	if ev.Success || ev.Error == "" && ev.ErrorType == "" {
		return
	}
	if f.last == nil || f.lastType != ev.ErrorType || f.lastText != ev.Error {
		f.last = f.of(ev.ErrorClass())
		f.lastType, f.lastText = ev.ErrorType, ev.Error
	}
	f.last.count++
	f.last.example = cmp.Or(ev.Error, f.last.example)
}

func (f *failures) of(class monitor.ErrorType) *failure {
	if f.classes == nil {
		f.classes = make(map[monitor.ErrorType]*failure)
	}
	if f.classes[class] == nil {
		f.classes[class] = new(failure)
	}
	return f.classes[class]
}

// list returns the most frequent first.
func (f *failures) list() []Failure {
	total := uint64(0)
	list := make([]Failure, 0, len(f.classes))
	for class, c := range f.classes {
		total += c.count
		list = append(list, Failure{Class: string(class), Count: c.count, Example: oneLine(c.example, maxExampleText)})
	}
	for i := range list {
		list[i].Share = float64(list[i].Count) / float64(total)
	}
	slices.SortFunc(list, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class))
	})
	return list
}

// FinishReason is the calls that ended for one reason.
type FinishReason struct {
	Reason string `json:"reason"` // stop, length, content_filter, tool_calls, error, other; empty for not reported
	Calls  uint64 `json:"calls"`
}

// finishReasons counts successful calls by reason: a call that failed has none worth telling.
type finishReasons map[string]uint64

func (f finishReasons) add(ev *monitor.Event) {
	if ev.Success {
		f[monitor.ClassifyFinishReason(ev.FinishReason)]++
	}
}

func (f finishReasons) list() []FinishReason {
	list := make([]FinishReason, 0, len(f))
	for reason, n := range f {
		list = append(list, FinishReason{reason, n})
	}
	slices.SortFunc(list, func(a, b FinishReason) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}
