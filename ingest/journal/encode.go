package journal

import (
	"fmt"
	"math"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// maxLine bounds a line, as all readers of event lines do. Events that a monitor has admitted stay far below.
const maxLine = 1 << 20

// batch is what one caller wants written.
type batch struct {
	buf    []byte
	events int
	done   chan error // has room for the one answer
}

// encode prints the events. A space before the newline says that the batch goes on behind it.
func (b *batch) encode(events []monitor.Event) error {
	b.buf, b.events = b.buf[:0], len(events)
	for i := range events {
		ev := &events[i]
		if found, expected := unreadable(ev); found != "" {
			return &RefusedError{Index: i, Found: found, Expected: expected}
		}
		if i > 0 {
			b.buf[len(b.buf)-1] = ' '
			b.buf = append(b.buf, '\n')
		}
		start := len(b.buf)
		b.buf = eventline.Append(b.buf, ev)
		if n := len(b.buf) - start; n > maxLine {
			return &RefusedError{
				Index: i, Found: fmt.Sprintf("a line of %d bytes", n),
				Expected: fmt.Sprintf("at most %d: shorten its error, scores or attributes", maxLine),
			}
		}
	}
	return nil
}

// unreadable says what an event's line lacks that its reader will not do without; found is empty when it lacks nothing.
func unreadable(ev *monitor.Event) (found, expected string) {
	const finite = "a finite number"
	switch ev.Kind {
	case monitor.KindGeneration, monitor.KindEvaluation, monitor.KindUsage:
	case monitor.KindRecord:
		if ev.Outcome > monitor.Failed {
			return fmt.Sprintf("outcome %d", ev.Outcome), "accepted, rejected or failed"
		}
	case monitor.KindMetric:
		if ev.Name == "" {
			return "a metric without name", "the name of the metric"
		}
		if math.IsNaN(ev.Value) || math.IsInf(ev.Value, 0) {
			return fmt.Sprintf("a metric's value of %v", ev.Value), finite
		}
	case monitor.KindBegin:
		if ev.ID == "" {
			return "a begin without id", "the id that ends it again"
		}
	case monitor.KindTarget:
		if !(ev.Value >= 0 && ev.Value <= 1<<40) || ev.Value != math.Trunc(ev.Value) {
			return fmt.Sprintf("a target of %v records", ev.Value), "a whole number from 0 to 1099511627776"
		}
	default:
		return fmt.Sprintf("an event of kind %d", ev.Kind), "generation, evaluation, record, metric, begin, target or usage"
	}
	return "", ""
}
