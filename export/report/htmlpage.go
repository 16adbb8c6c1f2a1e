package report

import (
	"fmt"
	"html/template"
)

// The template sees these instead of unexported fields.
type (
	pageData struct {
		Title, Subtitle string
		Verdict, Notes  []string
		Sections        []pageSection
	}
	pageSection struct {
		ID, Title string
		Facts     []pageFact
		Bars      *bars
		Tables    []pageTable
		Notes     []string
		Figures   []pageFigure
	}
	pageFact   struct{ Label, Value, Note string }
	pageFigure struct {
		Alt     string
		Address template.URL
	}
	pageTable struct {
		Caption string
		Columns []pageColumn
		Rows    []pageRow
	}
	pageColumn struct {
		Title, Of string
		Class     string
	}
	pageRow struct {
		Class string
		Cells []pageCell
	}
	pageCell struct {
		Text, Sub, Class string
		FromRun, Head    bool
	}
)

func (d *document) page() *pageData {
	p := &pageData{Title: d.title, Subtitle: d.subtitle, Verdict: d.verdict}
	for _, note := range d.notes {
		p.Notes = append(p.Notes, harmless(note))
	}
	for i := range d.sections {
		s := &d.sections[i]
		ps := pageSection{ID: fmt.Sprintf("part-%d", i+1), Title: s.title, Notes: s.notes}
		for _, f := range s.facts {
			ps.Facts = append(ps.Facts, pageFact{f.label, f.value, f.note})
		}
		if s.chart != nil {
			ps.Bars = s.chart.shape()
		}
		for i := range s.tables {
			ps.Tables = append(ps.Tables, s.tables[i].page())
		}
		for _, f := range s.figures {
			ps.Figures = append(ps.Figures, pageFigure{f.alt(), picture(f)})
		}
		p.Sections = append(p.Sections, ps)
	}
	return p
}

// class is what the style sheet knows a cell by, beside its column.
func (c *cell) class() string {
	s := ""
	if c.fromRun {
		s = " run"
	}
	if c.mark != neutral {
		s += " " + c.mark.String()
	}
	return s
}

func (t *table) page() pageTable {
	p := pageTable{Caption: t.caption}
	class := func(i int) string {
		if t.columns[i].text {
			return "text"
		}
		return "number"
	}
	for i, c := range t.columns {
		p.Columns = append(p.Columns, pageColumn{c.title, harmless(c.of), class(i)})
	}
	for n, row := range t.rows {
		r := pageRow{}
		if t.total && n == len(t.rows)-1 {
			r.Class = "total"
		}
		for i := range row {
			c := &row[i]
			r.Cells = append(r.Cells, pageCell{harmless(c.text), c.sub, class(i) + c.class(), c.fromRun, i == 0})
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}
