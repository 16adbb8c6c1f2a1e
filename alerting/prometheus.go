package alerting

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const (
	// by keeps apart what is scraped apart. run is there where a run has a name (on every series, then); where it has none, a
	// missing label is an empty one, and the sum is by job and instance. Runs that share a Pushgateway have only run to tell them
	// apart: without it, one that fails would hide behind one that does not.
	by = "by (job, instance, run)"

	runbooks = "https://github.com/genmeter/genmeter/blob/main/deploy/runbooks/"
)

// WriteRules writes a rule file for Prometheus that has an alert for each rule, firing on what the metrics say when the rule
// fires on the events, and recording rules for dashboards. The same rules give the same bytes.
//
// The alerts count what the rules count, in the same window: samples between two scrapes, series that appear with their first
// sample, counters that a restart set back. They lag by a scrape and an evaluation at most. Quantiles are estimates from
// histogram buckets, and the file says so.
//
// Rules over a minimum or a maximum, and what the metrics have no labels or no numbers for, cannot be written. The error names
// every such rule; nothing is written then.
func WriteRules(w io.Writer, rules []Rule) error {
	p := &printer{recorded: make(map[string]bool), names: make(map[string]bool)}
	var errs []error
	for i, r := range rules {
		if err := p.add(r.withDefaults()); err != nil {
			errs = append(errs, fmt.Errorf("alerting: rule %d (%s): %w", i+1, r.Name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var file bytes.Buffer
	file.WriteString(rulesHead)
	writeDashboardRules(&file)
	if len(rules) > 0 {
		file.WriteString(alertsHead)
		file.Write(p.increases.Bytes())
		file.Write(p.alerts.Bytes())
	}
	_, err := w.Write(file.Bytes())
	return err
}

const rulesHead = `# Prometheus rules of genmeter, printed by "genmeter rules". Change the thresholds and print it again, not this file.
groups:
`

const alertsHead = `
  - name: genmeter.alerts
    rules:
      # What came to each counter in the window, as the alerts below count it. increase() alone loses what a series has at its
      # first scrape (a first burst of failures, say) and extrapolates. So, in this order: increase() where the counter was
      # reset in the window; else the difference from a window ago, unless the reset was just before; else, for a series that is
      # new while its target is not, or its run is, all that it has; and increase() for a target that is new to Prometheus only.
`

// printer prints rules one by one.
type printer struct {
	recorded          map[string]bool
	names             map[string]bool // of alerts
	increases, alerts bytes.Buffer
}

// add prints one alert, and the increases that it looks at.
func (p *printer) add(r Rule) error {
	if err := r.validate(); err != nil {
		return err
	}
	if p.names[r.AlertName()] {
		return fmt.Errorf("there is another one named %s", r.AlertName())
	}
	p.names[r.AlertName()] = true
	c, err := r.condition()
	if err != nil {
		return err
	}
	for _, i := range c.increases {
		p.record(knownRun(i.window), knownRunExpr(i.window))
		p.record(i.name(), i.expr())
	}
	b := &p.alerts
	b.WriteByte('\n')
	for _, note := range c.notes {
		fmt.Fprintf(b, "      # Approximate: %s.\n", note)
	}
	fmt.Fprintf(b, "      - alert: %s\n        expr: |-\n%s", r.AlertName(), indented(c.expr))
	if r.For > 0 {
		fmt.Fprintf(b, "        for: %s\n", promDuration(r.For))
	}
	b.WriteString("        labels:\n")
	for _, l := range r.alertLabels() {
		fmt.Fprintf(b, "          %s: %s\n", l[0], l[1])
	}
	b.WriteString("        annotations:\n")
	for _, a := range r.annotations(c) {
		fmt.Fprintf(b, "          %s: %s\n", a[0], strconv.Quote(a[1])) // what Go escapes, YAML unescapes
	}
	return nil
}

// record prints a recording rule for the alerts, once.
func (p *printer) record(name, expr string) {
	if !p.recorded[name] {
		p.recorded[name] = true
		writeRecord(&p.increases, name, expr)
	}
}

// alertLabels returns what identifies the alert besides its name and the labels of what it looks at.
func (r *Rule) alertLabels() [][2]string {
	labels := [][2]string{{"severity", r.Level.Severity()}}
	if r.Model != "" {
		labels = append(labels, [2]string{"model", strconv.Quote(untemplated(r.Model))})
	}
	if r.Step != "" {
		labels = append(labels, [2]string{"step", strconv.Quote(untemplated(r.Step))})
	}
	return labels
}

func writeRecord(b *bytes.Buffer, name, expr string) {
	fmt.Fprintf(b, "      - record: %s\n        expr: |-\n%s", name, indented(expr))
}

func indented(expr string) string {
	const margin = "          "
	return margin + strings.ReplaceAll(strings.TrimSpace(expr), "\n", "\n"+margin) + "\n"
}

// promDuration writes a duration as Prometheus does, to the millisecond.
func promDuration(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", max(1, d.Milliseconds()))
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
