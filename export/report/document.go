package report

import "fmt"

// document is what a person reads, whatever the format.
type document struct {
	title    string // from the run
	subtitle string
	verdict  []string // the whole in a few sentences
	notes    []string // a sentence each; from the run
	sections []section
}

// section is one part of it.
type section struct {
	title   string
	facts   []fact
	tables  []table
	chart   *chart
	notes   []string
	figures []figure
}

// fact is one thing to know, with what is to be said of it.
type fact struct{ label, value, note string }

// table has a row a thing. Its first column names it; the others are numbers, but where a column says that it is text.
type table struct {
	caption string
	columns []column
	rows    [][]cell
	total   bool // the last row is the sum of the others
}

type column struct {
	title string
	of    string // the run that it is about; from the run
	text  bool   // flush left
}

// cell is one entry. Text from the run is marked: each format makes it harmless in its own way.
type cell struct {
	text    string
	short   string // for where there is little room; "" when text is short
	sub     string // a second line, smaller
	fromRun bool
	mark    mark
}

// mark says whether a difference is good.
type mark uint8

const (
	neutral mark = iota
	better
	worse
)

// String returns the class of an element with the mark.
func (m mark) String() string { return [...]string{"", "better", "worse"}[m] }

// chart is counts over time.
type chart struct {
	title  string
	bars   []bar
	labels [2]string // of the first and last bar
}

type bar struct {
	height float64 // 0 to 1
	part   float64 // of the height: what failed
	text   string  // what it stands for
}

func plain(text string) cell { return cell{text: text} }

func named(text string) cell { return cell{text: text, fromRun: true} }

func numbers(titles ...string) []column {
	columns := make([]column, len(titles))
	for i, title := range titles {
		columns[i] = column{title: title, text: i == 0}
	}
	return columns
}

func (s *section) fact(label, value, note string) {
	s.facts = append(s.facts, fact{label, value, note})
}

// piece is some of a whole.
type piece struct {
	label string
	n     uint64
}

// pieces tells a total, and what its pieces are of it.
func (s *section) pieces(total uint64, pieces ...piece) {
	s.fact("total", grouped(total), "")
	for _, p := range pieces {
		s.fact(p.label, grouped(p.n), shareOf(p.n, total))
	}
}

// maxRows bounds what a person is shown of one table.
const maxRows = 40

// add adds a table. Of a long one it leaves out the end, but for the total, and says so.
func (s *section) add(t table) {
	end := len(t.rows)
	if t.total {
		end--
	}
	if more := end - maxRows; more > 0 {
		t.rows = append(t.rows[:maxRows:maxRows], t.rows[end:]...)
		s.notes = append(s.notes, fmt.Sprintf("%s: %s more, which the JSON format has.", t.caption, grouped(more)))
	}
	s.tables = append(s.tables, t)
}

func (s *section) empty() bool {
	return len(s.facts)+len(s.tables)+len(s.notes)+len(s.figures) == 0 && s.chart == nil
}

// add adds a section that has something to say.
func (d *document) add(sections ...section) {
	for _, s := range sections {
		if !s.empty() {
			d.sections = append(d.sections, s)
		}
	}
}
