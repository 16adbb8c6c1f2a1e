package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes what GitHub shows as tables. All text from the run stands in code spans, in which nothing is a tag, a
// link, a mention or emphasis.
func writeMarkdown(w io.Writer, d *document) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n%s\n", code(d.title), d.subtitle)
	if len(d.verdict) > 0 {
		fmt.Fprintf(out, "\n**%s**\n", strings.Join(d.verdict, " "))
	}
	for _, note := range d.notes {
		fmt.Fprintf(out, "\n%s\n", code(note))
	}
	for i := range d.sections {
		markdownSection(out, &d.sections[i])
	}
	return out.Flush()
}

func markdownSection(out *bufio.Writer, s *section) {
	if len(s.facts)+len(s.tables)+len(s.notes) == 0 && s.chart == nil {
		return // pictures alone
	}
	fmt.Fprintf(out, "\n## %s\n", s.title)
	for i, f := range s.facts {
		if i == 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "- %s: **%s**", f.label, f.value)
		if f.note != "" {
			fmt.Fprintf(out, " (%s)", f.note)
		}
		fmt.Fprintln(out)
	}
	if c := s.chart; c != nil {
		fmt.Fprintf(out, "\n%s:\n\n```text\n%s\n%s … %s\n```\n", c.title, c.sparkline(), c.labels[0], c.labels[1])
	}
	for i := range s.tables {
		markdownTable(out, &s.tables[i])
	}
	for _, note := range s.notes {
		fmt.Fprintf(out, "\n%s\n", note)
	}
}

func markdownTable(out *bufio.Writer, t *table) {
	if t.caption != "" {
		fmt.Fprintf(out, "\n%s:\n", t.caption)
	}
	fmt.Fprint(out, "\n|")
	for _, c := range t.columns {
		title := c.title
		if c.of != "" {
			title += " " + code(c.of)
		}
		fmt.Fprintf(out, " %s |", title)
	}
	fmt.Fprint(out, "\n|")
	for _, c := range t.columns {
		if c.text {
			fmt.Fprint(out, " --- |")
		} else {
			fmt.Fprint(out, " ---: |")
		}
	}
	fmt.Fprintln(out)
	for i, row := range t.rows {
		total := t.total && i == len(t.rows)-1
		fmt.Fprint(out, "|")
		for i := range row {
			fmt.Fprintf(out, " %s |", markdownCell(&row[i], total))
		}
		fmt.Fprintln(out)
	}
}

func markdownCell(c *cell, total bool) string {
	text := c.text
	switch {
	case c.fromRun:
		text = code(text)
	case strings.HasPrefix(text, "<"): // less than a tenth of a percent
		text = `\` + text
	}
	if c.sub != "" {
		text += " (" + c.sub + ")"
	}
	if total && text != "" {
		text = "**" + text + "**"
	}
	return text
}

// code returns a text from the run as a code span, for use in a table too.
func code(s string) string {
	s = strings.TrimSpace(harmless(s))
	if s == "" {
		return ""
	}
	s = strings.ReplaceAll(s, `\|`, `\ |`) // the backslash would take the next one for its own
	s = strings.ReplaceAll(s, "|", `\|`)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
