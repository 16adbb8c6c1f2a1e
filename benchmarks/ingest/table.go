package main

import (
	"fmt"
	"os"
	"text/tabwriter"
	"time"
)

// table prints results, a row as it comes unless they are for Markdown.
type table struct {
	out      *tabwriter.Writer
	row      string
	markdown bool
}

func newTable(markdown bool) *table {
	t := &table{tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0), "%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\n", markdown}
	if markdown {
		t.row = "| %v | %v | %v | %v | %v | %v | %v | %v | %v |\n"
	}
	t.print("road", "batch", "connections", "on the disk first", "events/s", "CPU µs/event", "p50", "p99", "peak MB")
	if markdown {
		t.print("---", "---:", "---:", "---", "---:", "---:", "---:", "---:", "---:")
	}
	return t
}

func (t *table) print(cells ...any) {
	_, _ = fmt.Fprintf(t.out, t.row, cells...) // Flush tells
	if !t.markdown {
		_ = t.out.Flush()
	}
}

// measure measures a trial and prints its row.
func (t *table) measure(trial *trial, kept string, duration time.Duration, start func() (*server, error)) error {
	r, err := trial.measure(start, duration)
	if err != nil {
		return fmt.Errorf("%s in batches of %d: %w", trial.road, trial.batch, err)
	}
	t.print(trial.road, trial.batch, trial.connections, kept, int(r.eventsPerSecond), fmt.Sprintf("%.2f", float64(r.cpu.Nanoseconds())/1000),
		r.p50.Round(time.Microsecond), r.p99.Round(time.Microsecond), r.peak>>20)
	return nil
}
