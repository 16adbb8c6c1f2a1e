package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// fullRing returns a monitor whose ring is full, of two hundred models.
func fullRing(b *testing.B) *monitor.Monitor {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	mon, err := monitor.New(nil, monitor.WithClock(func() time.Time { return now }))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = mon.Shutdown(b.Context()) })
	const events = 1 << 16
	for i := range events {
		g := monitor.Generation{
			Time: now.Add(-50 * time.Millisecond * time.Duration(events-i)), Duration: time.Duration(i%977) * 7 * time.Millisecond,
			TimeToFirstToken: time.Duration(i%977) * time.Millisecond, Success: i%13 > 0, Model: fmt.Sprint("model-", i%200),
			PromptTokens: int64(i), CompletionTokens: int64(i % 77), CostUSD: 0.01, FinishReason: "stop",
		}
		if !g.Success {
			g.Error = "503 Service Unavailable"
		}
		mon.TrackGeneration(b.Context(), g)
	}
	mon.Progress()
	return mon
}

// BenchmarkPage makes the page of a full ring, which happens once a second at most, without its pictures.
func BenchmarkPage(b *testing.B) {
	h := &handler{mon: fullRing(b)}
	h.figures.list(h.mon)
	h.figures.due = time.Now().Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.view(h.mon.Progress()).write(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPictures draws the pictures of a full ring.
func BenchmarkPictures(b *testing.B) {
	h := &handler{mon: fullRing(b)}
	b.ReportAllocs()
	for b.Loop() {
		h.figures.due = time.Time{}
		h.figures.redraw(h.mon)
	}
}
