package report

import (
	"fmt"
	"strconv"
)

// compareView returns what a person is shown of several runs; one table has so many of them at most, the first among them,
// and 0 is any number.
func compareView(reports []*Report, runs int) *document {
	d := &document{title: fmt.Sprintf("%d runs side by side", len(reports)), subtitle: "Each is compared with run A, the first."}
	d.add(runSection(reports))
	measures := Compare(reports...)
	s := section{title: "Comparison"}
	for from := 0; from < len(measures); {
		to := from
		for to < len(measures) && measures[to].group == measures[from].group {
			to++
		}
		s.addGroup(measures[from:to], reports, runs)
		from = to
	}
	d.add(s)
	for i, r := range reports {
		if len(r.figures) > 0 {
			d.add(section{title: "Figures of run " + letter(i), figures: r.figures})
		}
	}
	return d
}

// letter names a run in few columns.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return strconv.Itoa(i + 1)
}

func runSection(reports []*Report) section {
	t := table{columns: []column{{title: "", text: true}, {title: "run", text: true}, {title: "from", text: true}, {title: "length"}, {title: "events"}}}
	t.caption = "The runs"
	for i, r := range reports {
		from, length := none, none
		if r.Span.From != nil {
			from, length = clock(*r.Span.From)+r.Span.From.Format(" MST"), took(*r.Span.Length)
		}
		t.rows = append(t.rows, []cell{plain(letter(i)), named(r.Name), plain(from), plain(length), counted(r.Events.Total)})
	}
	return section{title: "Runs", tables: []table{t}}
}

// addGroup adds the tables of one group of measures.
func (s *section) addGroup(measures []Measure, reports []*Report, runs int) {
	for i, shown := range blocksOf(len(reports), runs) {
		t := comparisonTable(measures, reports, shown)
		if t.caption = measures[0].group; i > 0 {
			t.caption += ", continued"
		}
		s.add(t)
	}
}

// blocksOf divides runs among tables. Each begins with the first.
func blocksOf(n, limit int) [][]int {
	if limit == 0 {
		limit = n
	}
	var all [][]int
	for next := 1; next < n; {
		block := []int{0}
		for ; next < n && len(block) < limit; next++ {
			block = append(block, next)
		}
		all = append(all, block)
	}
	return all
}

func comparisonTable(measures []Measure, reports []*Report, shown []int) table {
	t := table{columns: []column{{text: true}}}
	for _, i := range shown {
		t.columns = append(t.columns, column{title: letter(i), of: reports[i].Name})
	}
	apart := len(shown) == 2 // then differences have a column
	if apart {
		t.columns = append(t.columns, column{title: "difference"})
	}
	for i := range measures {
		m := &measures[i]
		row := []cell{{text: m.title, fromRun: m.Of != ""}}
		for _, run := range shown {
			c := cell{text: m.texts[run]}
			if text := m.text(m.Differences[run]); !apart && text != equal {
				c.sub, c.mark = text, m.mark(run)
			}
			row = append(row, c)
		}
		if apart {
			row = append(row, cell{text: m.text(m.Differences[shown[1]]), mark: m.mark(shown[1])})
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// mark says whether a run's difference is good.
func (m *Measure) mark(run int) mark {
	d := m.Differences[run]
	switch {
	case d == nil:
		return neutral
	case d.Verdict == verdictBetter:
		return better
	case d.Verdict == verdictWorse:
		return worse
	}
	return neutral
}
