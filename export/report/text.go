package report

import (
	"bufio"
	"io"
	"strings"
)

const (
	textColumns = 80
	textRuns    = 3 // side by side
	indent      = "  "
	gap         = 2
)

// writeText writes what fits a terminal of 80 columns, without colours.
func writeText(w io.Writer, d *document) error {
	out := &textWriter{bufio.NewWriter(w)}
	title := shorten(harmless(d.title), textColumns)
	out.line(title)
	out.line(strings.Repeat("=", width(title)))
	out.paragraph("", d.subtitle)
	if len(d.verdict) > 0 {
		out.line("")
		out.paragraph("", strings.Join(d.verdict, " "))
	}
	for _, note := range d.notes {
		out.line("")
		out.paragraph("", note)
	}
	for i := range d.sections {
		out.section(&d.sections[i])
	}
	return out.Flush()
}

type textWriter struct{ *bufio.Writer }

// line writes a line; the writer keeps the error.
func (w *textWriter) line(parts ...string) {
	_, _ = w.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	_ = w.WriteByte('\n')
}

func (w *textWriter) paragraph(before, text string) {
	for _, line := range wrap(harmless(text), textColumns-len(before)) {
		w.line(before, line)
	}
}

func (w *textWriter) section(s *section) {
	if len(s.facts)+len(s.tables)+len(s.notes) == 0 && s.chart == nil {
		return // pictures alone
	}
	w.line("")
	w.line(strings.ToUpper(s.title))
	w.facts(s.facts)
	if c := s.chart; c != nil {
		if len(s.facts) > 0 {
			w.line("")
		}
		line := c.sparkline()
		w.line(indent, c.title)
		w.line(indent, line)
		space := max(1, width(line)-width(c.labels[0])-width(c.labels[1]))
		w.line(indent, c.labels[0], strings.Repeat(" ", space), c.labels[1])
	}
	for i := range s.tables {
		if i > 0 || len(s.facts) > 0 || s.chart != nil {
			w.line("")
		}
		w.table(&s.tables[i])
	}
	for i, note := range s.notes {
		if i == 0 && (len(s.tables) > 0 || len(s.facts) > 0) {
			w.line("")
		}
		w.paragraph(indent, note)
	}
}

func (w *textWriter) facts(facts []fact) {
	labels, values := 0, 0
	for _, f := range facts {
		labels, values = max(labels, width(f.label)), max(values, width(f.value))
	}
	for _, f := range facts {
		note := f.note
		if strings.HasSuffix(note, "%") {
			note = right(note, len("100.0 %"))
		}
		w.line(indent, left(f.label, labels+gap), right(f.value, values), indent, note)
	}
}

func left(s string, columns int) string { return s + strings.Repeat(" ", max(0, columns-width(s))) }

func right(s string, columns int) string { return strings.Repeat(" ", max(0, columns-width(s))) + s }
