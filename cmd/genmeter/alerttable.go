package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/genmeter/genmeter/internal/backtest"
)

// alertRow is an alert in a table.
type alertRow struct {
	name, level, message string
	starts, ends         time.Time // ends is zero while it fires
}

func alertRows(h *backtest.History) []alertRow {
	rows := make([]alertRow, len(h.Fired))
	for i, a := range h.Fired {
		rows[i] = alertRow{a.Name, a.Level.String(), a.Message, a.StartsAt, a.EndsAt}
	}
	return rows
}

// writeAlerts writes a table of alerts for people.
func writeAlerts(w io.Writer, alerts []alertRow, zone *time.Location) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "fired at\tfor\tlevel\talert")
	for _, a := range alerts {
		lasted := "still firing"
		if !a.ends.IsZero() {
			lasted = a.ends.Sub(a.starts).Round(time.Second).String()
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s: %s\n", a.starts.In(zone).Format(time.RFC3339), lasted, a.level,
			printable(a.name), printable(a.message))
	}
	return out.Flush()
}

// printable keeps a table whole: a message may hold the name of a model, which may hold anything.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, s)
}
