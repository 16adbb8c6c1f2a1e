package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// checkedAlert is an alert as check writes it in JSON. A number that is not known is null.
type checkedAlert struct {
	Name      string     `json:"name"`
	Level     string     `json:"level"`
	StartsAt  time.Time  `json:"startsAt"`
	EndsAt    *time.Time `json:"endsAt"`
	Value     *float64   `json:"value"` // when it began to fire; at the end with --at=end
	Threshold *float64   `json:"threshold"`

	message string
}

func newCheckedAlert(a *alerting.Alert) checkedAlert {
	c := checkedAlert{
		Name: a.Name, Level: a.Level.String(), StartsAt: a.StartsAt.UTC(),
		Value: finite(a.Value), Threshold: finite(a.Threshold), message: a.Message,
	}
	if !a.EndsAt.IsZero() {
		c.EndsAt = new(a.EndsAt.UTC())
	}
	return c
}

// finite is null for what JSON cannot say.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}

func (v *verdict) writeJSON(w io.Writer) error {
	alerts := v.alerts
	if alerts == nil {
		alerts = []checkedAlert{} // [] and not null
	}
	var out any = alerts
	if v.compared != nil {
		type line struct {
			Metric   string   `json:"metric"`
			Baseline *float64 `json:"baseline"`
			Run      *float64 `json:"run"`
			Change   *float64 `json:"change"`  // of the baseline: 0.1 is 10 % more
			Allowed  *float64 `json:"allowed"` // null when the measure is off
			Verdict  string   `json:"verdict"`
		}
		both := struct {
			Alerts   []checkedAlert `json:"alerts"`
			Baseline []line         `json:"baseline"`
		}{Alerts: alerts}
		for i := range v.compared {
			c := &v.compared[i]
			both.Baseline = append(both.Baseline, line{
				c.metric, finite(c.baseline), finite(c.run), finite(c.change()), c.bound(), c.verdict(),
			})
		}
		out = both
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// bound is the greatest change that is allowed, or the least where more is better; null for none.
func (c *comparison) bound() *float64 {
	switch {
	case c.allowed.off:
		return nil
	case c.moreIsBetter:
		return new(-c.allowed.part)
	}
	return new(c.allowed.part)
}

func (v *verdict) writeText(w io.Writer) error {
	if err := v.writeAlerts(w); err != nil || v.compared == nil {
		return err
	}
	fmt.Fprintln(w)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "baseline\trun\tchange\tallowed\t  verdict\t  metric")
	for i := range v.compared {
		c := &v.compared[i]
		allowed := "-"
		if b := c.bound(); b != nil {
			allowed = percent(*b)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t  %s\t  %s\n", figure(c.baseline), figure(c.run), percent(c.change()), allowed, c.verdict(), c.metric)
	}
	return out.Flush()
}

func (v *verdict) writeAlerts(w io.Writer) error {
	if len(v.alerts) == 0 {
		_, err := fmt.Fprintln(w, v.summary)
		return err
	}
	rows := make([]alertRow, len(v.alerts))
	for i, a := range v.alerts {
		rows[i] = alertRow{a.Name, a.Level, a.message, a.StartsAt, time.Time{}}
		if a.EndsAt != nil {
			rows[i].ends = *a.EndsAt
		}
	}
	if err := writeAlerts(w, rows, v.zone); err != nil || v.more == 0 {
		return err
	}
	_, err := fmt.Fprintf(w, "%d more\n", v.more)
	return err
}

// worse names the measures that make the check fail.
func (v *verdict) worse() (names []string) {
	for i := range v.compared {
		if c := &v.compared[i]; c.fails() {
			name := c.metric
			if c.verdict() == verdictUnknown {
				name += " (unknown)"
			}
			names = append(names, name)
		}
	}
	return names
}

// figure writes a number with four significant digits, and whole ones in full; a question mark when it is not known.
func figure(v float64) string {
	switch {
	case v-v != 0:
		return "?"
	case math.Abs(v) >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func percent(v float64) string {
	if math.IsNaN(v) {
		return "?"
	}
	return fmt.Sprintf("%+.1f%%", 100*v)
}
