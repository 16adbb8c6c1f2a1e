package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/table"
)

// column is a value in each row of a table.
type column struct{ title, unit, expr string }

// label is a label that names the rows of a table.
type label struct{ name, title string }

// sideBySide shows a row for each combination of labels, and sorts by the first column, the most first.
func sideBySide(s spec, labels []label, columns ...column) panel {
	titles, order, hidden := map[string]string{}, map[string]int{}, map[string]bool{"Time": true}
	for i, l := range labels {
		titles[l.name], order[l.name] = l.title, i
	}
	b := table.NewPanelBuilder().Footer(common.NewTableFooterOptionsBuilder().Show(false).Reducer([]string{})).SortBy([]cog.Builder[common.TableSortByFieldState]{
		common.NewTableSortByFieldStateBuilder().DisplayName(columns[0].title).Desc(true),
	})
	var queries []*prometheus.DataqueryBuilder
	for i, c := range columns {
		field := "Value #" + string(rune('A'+i)) // as Grafana calls it
		if len(columns) == 1 {
			field = "Value"
		}
		titles[field], order[field] = c.title, len(labels)+i
		b.OverrideByName(c.title, []dashboard.DynamicConfigValue{{Id: "unit", Value: c.unit}})
		queries = append(queries, query{expr: c.expr}.atEnd().Format(prometheus.PromQueryFormatTable))
	}
	b.Transformations([]dashboard.DataTransformerConfig{
		{Id: "merge", Options: map[string]any{}},
		{Id: "organize", Options: map[string]any{"renameByName": titles, "indexByName": order, "excludeByName": hidden}},
	})
	s.unit = "short" // of columns that have none
	return s.finish(b, queries...)
}
