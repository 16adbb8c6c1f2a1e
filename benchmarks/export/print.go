package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
	"github.com/genmeter/genmeter/export"
)

// row is a format: from a file, from memory, and DuckDB's of the same name, "" for none.
type row struct {
	format, rival string
	figures       map[string][]measurement // by contestant
}

var rivals = map[export.Format]string{export.NDJSON: "json", export.WideCSV: "csv", export.WideParquet: "parquet"}

func newRows(excel bool) (rows []*row) {
	for _, f := range export.Formats() {
		if !excel && (f == export.Excel || f == export.WideExcel) {
			continue
		}
		rows = append(rows, &row{format: f.String(), rival: rivals[f], figures: make(map[string][]measurement)})
	}
	return rows
}

// contestants are those to measure for the row.
func (r *row) contestants() []string {
	list := []string{"genmeter:" + r.format + ":file"}
	if r.rival != "" {
		list = append(list, "duckdb:"+r.rival+":file", "genmeter:"+r.format+":memory", "duckdb:"+r.rival+":memory")
	}
	return list
}

func median(list []measurement, of func(measurement) float64) float64 {
	values := make([]float64, len(list))
	for i, m := range list {
		values[i] = of(m)
	}
	return bench.Median(values)
}

// ratio is how many times as long as genmeter DuckDB took, the median over the rounds.
func (r *row) ratio(road string) float64 {
	mine, theirs := r.figures["genmeter:"+r.format+":"+road], r.figures["duckdb:"+r.rival+":"+road]
	list := make([]measurement, len(mine))
	for i := range mine {
		list[i].Seconds = theirs[i].Seconds / mine[i].Seconds
	}
	return median(list, func(m measurement) float64 { return m.Seconds })
}

// printTable writes a table: events a second, peak MB, bytes an event of each contestant, and genmeter's speed as a multiple of
// DuckDB's.
func printTable(w io.Writer, rows []*row, n int, markdown bool) {
	line := func(cells ...string) {
		if markdown {
			fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
			return
		}
		fmt.Fprintf(w, "%-32s%12s%10s%14s%22s\n", cells[0], cells[1], cells[2], cells[3], cells[4])
	}
	line("", "events/s", "peak MB", "bytes/event", "times DuckDB's speed")
	if markdown {
		line("---", "--:", "--:", "--:", "--:")
	}
	for _, r := range rows {
		for _, c := range r.contestants() {
			part := strings.Split(c, ":")
			times := ""
			if part[0] == "genmeter" && r.rival != "" {
				times = fmt.Sprintf("%.2f", r.ratio(part[2]))
			}
			figures := r.figures[c]
			line(part[0]+" "+part[1]+road(part[2]),
				fmt.Sprintf("%.0f", float64(n)/median(figures, func(m measurement) float64 { return m.Seconds })),
				fmt.Sprintf("%.0f", median(figures, func(m measurement) float64 { return m.Peak })),
				fmt.Sprintf("%.1f", median(figures, func(m measurement) float64 { return float64(m.Bytes) })/float64(n)), times)
		}
	}
}

func road(name string) string {
	if name == "memory" {
		return " (memory)"
	}
	return ""
}
