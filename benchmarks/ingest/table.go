package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// table prints results, a row as it comes unless they are for Markdown.
type table struct {
	out      *tabwriter.Writer
	row      string
	markdown bool
}

// newTable prints the names of the columns; numbers stand on the right in all but the first of them.
func newTable(markdown bool, columns ...any) *table {
	t := &table{tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0), strings.Repeat("%v\t", len(columns)-1) + "%v\n", markdown}
	if markdown {
		t.row = strings.Repeat("| %v ", len(columns)) + "|\n"
	}
	t.print(columns...)
	if markdown {
		rule := slices.Repeat([]any{"---:"}, len(columns))
		rule[0] = "---"
		t.print(rule...)
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
