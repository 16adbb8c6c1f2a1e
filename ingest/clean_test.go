package ingest

import (
	"errors"
	"math"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// TestClean: what is given is what a monitor records, in the same order.
func TestClean(t *testing.T) {
	unreadable := errors.New("line 3")
	src := func(yield func(monitor.Event, error) bool) {
		_ = yield(monitor.Event{Kind: monitor.KindGeneration, ID: "a", PromptTokens: 5, CompletionTokens: 2, Duration: -1}, nil) &&
			yield(monitor.Event{Kind: monitor.KindGeneration, ID: "a", PromptTokens: 5}, nil) &&
			yield(monitor.Event{}, unreadable) &&
			yield(monitor.Event{Kind: monitor.KindMetric, ID: "a", Value: math.NaN()}, nil) &&
			yield(monitor.Event{Kind: monitor.KindRecord, ID: "a"}, nil)
	}
	var got []monitor.Event
	var errs []error
	for ev, err := range Clean(src) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		got = append(got, ev)
	}
	if len(got) != 2 || got[0].TotalTokens != 7 || got[0].Duration != 0 || got[1].Kind != monitor.KindRecord {
		t.Errorf("got %+v", got)
	}
	if len(errs) != 2 || errs[0] != unreadable || errs[1].Error() != "a metric event is refused: not_finite" {
		t.Errorf("errors %v", errs)
	}
}
