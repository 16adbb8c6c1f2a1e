package report

import "strings"

// minProse is how many columns sentences want; with less they get lines of their own.
const minProse = 40

// table writes a table of 80 columns at most: numbers become short, then names lose their middle. Sentences of the run, which
// stand in a last column, are broken.
func (w *textWriter) table(t *table) {
	if t.caption != "" {
		w.line(indent, t.caption)
	}
	l := newLayout(t)
	if len(t.columns) > 1 {
		w.line(indent, l.header(t))
	}
	for i, row := range t.rows {
		if t.total && i == len(t.rows)-1 {
			w.line(indent, strings.Repeat("-", l.total()))
		}
		w.row(l, row)
	}
}

// layout says how wide the columns of a table are.
type layout struct {
	columns []column
	widths  []int
	short   bool // numbers are
	prose   int  // columns for the last column, which is prose; 0 when it is none
	below   bool // prose has lines of its own
}

func newLayout(t *table) *layout {
	l := &layout{columns: t.columns}
	n := len(t.columns)
	last := t.columns[n-1]
	isProse := last.text && (n > 1 || len(t.rows) > 0 && t.rows[0][0].fromRun)
	if isProse {
		l.columns = t.columns[:n-1]
	}
	room := textColumns - len(indent)
	l.measure(t)
	if l.short = l.total() > room; l.short {
		l.measure(t)
	}
	l.shrink(room)
	if isProse {
		l.prose = room - l.total() - gap
		if len(l.columns) == 0 {
			l.prose = room
		}
		if l.below = l.prose < minProse && !l.fits(t, n-1); l.below {
			l.prose = room - len(indent)
		}
	}
	return l
}

// fits tells whether a last column of text has room beside the others.
func (l *layout) fits(t *table, i int) bool {
	for _, row := range t.rows {
		if width(harmless(row[i].text)) > l.prose {
			return false
		}
	}
	return true
}

// measure sets each column as wide as its widest entry.
func (l *layout) measure(t *table) {
	l.widths = make([]int, len(l.columns))
	for i := range l.columns {
		l.widths[i] = width(l.columns[i].title)
		for _, row := range t.rows {
			l.widths[i] = max(l.widths[i], width(l.text(&row[i])), width(row[i].sub))
		}
	}
}

func (l *layout) text(c *cell) string {
	if l.short && c.short != "" {
		return c.short
	}
	return harmless(c.text)
}

func (l *layout) total() int { return l.fixed() + l.first() }

func (l *layout) first() int {
	if len(l.widths) == 0 {
		return 0
	}
	return l.widths[0]
}

// fixed returns what all columns but the first take.
func (l *layout) fixed() (sum int) {
	for i, n := range l.widths {
		if i > 0 {
			sum += n + gap
		}
	}
	return sum
}

// shrink takes from the columns of text what is too much, from the first one first.
func (l *layout) shrink(room int) {
	for i := range l.widths {
		if over := l.total() - room; over > 0 && l.columns[i].text {
			l.widths[i] = max(8, l.widths[i]-over)
		}
	}
}

func (l *layout) header(t *table) string {
	var b strings.Builder
	for i, c := range l.columns {
		l.put(&b, i, c.title)
	}
	if l.prose > 0 && !l.below {
		if len(l.columns) > 0 {
			b.WriteString(indent)
		}
		b.WriteString(t.columns[len(t.columns)-1].title)
	}
	return b.String()
}

// put writes an entry into its column.
func (l *layout) put(b *strings.Builder, i int, s string) {
	if i > 0 {
		b.WriteString(strings.Repeat(" ", gap))
	}
	if s = shorten(s, l.widths[i]); l.columns[i].text {
		b.WriteString(left(s, l.widths[i]))
	} else {
		b.WriteString(right(s, l.widths[i]))
	}
}

func (w *textWriter) row(l *layout, row []cell) {
	var b, sub strings.Builder
	hasSub := false
	for i := range l.columns {
		l.put(&b, i, l.text(&row[i]))
		l.put(&sub, i, row[i].sub)
		hasSub = hasSub || row[i].sub != ""
	}
	var prose []string
	if l.prose > 0 {
		prose = wrap(harmless(row[len(row)-1].text), l.prose)
	}
	switch {
	case l.below:
		w.line(indent, b.String())
		for _, line := range prose {
			w.line(indent, indent, line)
		}
	case len(prose) > 0:
		before, space := b.String(), strings.Repeat(" ", l.total())
		if len(l.columns) > 0 {
			before, space = before+indent, space+indent
		}
		w.line(indent, before, prose[0])
		for _, line := range prose[1:] {
			w.line(indent, space, line)
		}
	default:
		w.line(indent, b.String())
	}
	if hasSub {
		w.line(indent, sub.String())
	}
}
