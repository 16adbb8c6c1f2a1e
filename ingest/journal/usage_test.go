package journal

import (
	"bytes"
	"testing"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

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
