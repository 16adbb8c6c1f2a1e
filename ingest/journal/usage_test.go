package journal

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// TestLargestCountsAreReadBack: what a monitor makes of the largest counts is read back as it is, without a remark.
func TestLargestCountsAreReadBack(t *testing.T) {
	const most = 1 << 40
	ev := monitor.Event{
		Kind: monitor.KindGeneration, Success: true, PromptTokens: most, CompletionTokens: most, CachedTokens: most, CacheWriteTokens: most,
		ReasoningTokens: most, CostUSD: most, Time: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if reason := ev.Mend(func(reason string) { t.Errorf("a value is taken out: %s", reason) }); reason != "" || ev.TotalTokens != 2*most {
		t.Fatalf("%s, %+v", reason, ev)
	}
	j, err := Open(t.TempDir(), WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Append(t.Context(), []monitor.Event{ev}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for got, err := range j.Events() {
		if n++; err != nil || !reflect.DeepEqual(got, ev) {
			t.Errorf("got %+v, %v, want %+v", got, err, ev)
		}
	}
	if n != 1 {
		t.Errorf("%d events", n)
	}
}

// TestEveryKindIsKept: an event of any kind that a monitor takes can be written down, and is read back as the same kind.
func TestEveryKindIsKept(t *testing.T) {
	for kind := monitor.KindGeneration; kind <= monitor.KindUsage; kind++ {
		ev := monitor.Event{Kind: kind, ID: "a", Name: "n", Value: 1}
		if found, expected := unreadable(&ev); found != "" {
			t.Errorf("%s: found %s, expected %s", kind, found, expected)
		}
		var got monitor.Event
		line := bytes.TrimSpace(eventline.Append(nil, &ev))
		if err := eventline.NewDecoder(nil).Decode(line, &got); err != nil || got.Kind != kind {
			t.Errorf("%s: %v, %s", line, err, got.Kind)
		}
	}
}
