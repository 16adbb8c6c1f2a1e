package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// maxHistory bounds what is remembered of a run that goes on for ever.
const maxHistory = 10_000

// alertHistory is the alerts of a run that fired, one for each time that a rule began to, in that order.
type alertHistory struct {
	fired []alerting.Alert // as they began; EndsAt is zero while they fire
	more  int              // that it had no room for
}

// add takes what handlers are told.
func (h *alertHistory) add(a alerting.Alert) {
	switch {
	case a.Reminder:
	case a.State == alerting.Firing && len(h.fired) == maxHistory:
		h.more++
	case a.State == alerting.Firing:
		h.fired = append(h.fired, a)
	case a.State == alerting.Resolved:
		for i := len(h.fired) - 1; i >= 0; i-- {
			if f := &h.fired[i]; f.Name == a.Name {
				if f.EndsAt.IsZero() {
					f.EndsAt = a.EndsAt
				}
				return
			}
		}
	}
}

// alertRow is an alert in a table.
type alertRow struct {
	name, level, message string
	starts, ends         time.Time // ends is zero while it fires
}

func (h *alertHistory) rows() []alertRow {
	rows := make([]alertRow, len(h.fired))
	for i, a := range h.fired {
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
