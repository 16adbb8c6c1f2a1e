package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/genmeter/genmeter/monitor"
)

// readParquet returns a file's column names and rows, by column, as text; what is null is left out.
func readParquet(t *testing.T, data []byte) (*parquet.File, []string, []map[string]string) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, field := range f.Schema().Fields() {
		names = append(names, field.Name())
	}
	var rows []map[string]string
	for _, group := range f.RowGroups() {
		in := group.Rows()
		buf := make([]parquet.Row, 100)
		for {
			n, err := in.ReadRows(buf)
			for _, row := range buf[:n] {
				cells := make(map[string]string)
				for _, v := range row {
					if name := names[v.Column()]; !v.IsNull() {
						cells[name] = parquetText(f.Schema().Fields()[v.Column()], v)
					}
				}
				rows = append(rows, cells)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		_ = in.Close()
	}
	return f, names, rows
}

func parquetText(field parquet.Field, v parquet.Value) string {
	switch {
	case field.Type().LogicalType() != nil && strings.HasPrefix(field.Type().String(), "TIMESTAMP"):
		return time.UnixMicro(v.Int64()).UTC().Format(time.RFC3339Nano)
	case v.Kind() == parquet.Double:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64)
	case v.Kind() == parquet.Int64:
		return strconv.FormatInt(v.Int64(), 10)
	case v.Kind() == parquet.Boolean:
		return strconv.FormatBool(v.Boolean())
	}
	return string(v.ByteArray())
}

func encoded(t *testing.T, encode encoder, src monitor.Source, opts ...Option) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := encode(context.Background(), &out, src, newConfig(opts)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWideParquetHasEveryCell(t *testing.T) {
	for _, name := range runNames {
		src := recorded(t, name)
		f, names, rows := readParquet(t, encoded(t, encodeWideParquet, src, WithInfo("run", "night")))
		table, err := newWideTable(context.Background(), src)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range table.columns {
			if names[i] != c.name {
				t.Fatalf("column %d is %s, want %s", i, names[i], c.name)
			}
		}
		if int64(len(rows)) != table.rows {
			t.Fatalf("%d rows, want %d", len(rows), table.rows)
		}
		i := 0
		for _, ev := range events(t, src) {
			if !isRow(&ev) {
				continue
			}
			want := table.cells(&ev)
			for _, c := range table.columns {
				if rows[i][c.name] != want[c.name] {
					t.Fatalf("%s, row %d: %s is %q, want %q", name, i, c.name, rows[i][c.name], want[c.name])
				}
			}
			i++
		}
		for key, want := range map[string]string{"run": "night", "genmeter.layout": layoutWide} {
			if got, _ := f.Lookup(key); got != want {
				t.Errorf("metadata %s is %q, want %q", key, got, want)
			}
		}
		if version, ok := f.Lookup("genmeter.version"); !ok || version == "" {
			t.Error("no genmeter.version")
		}
	}
}

func TestParquetHasEverySample(t *testing.T) {
	for _, name := range runNames {
		src := recorded(t, name)
		_, names, rows := readParquet(t, encoded(t, encodeParquet, src))
		if got := strings.Join(names[:3], " "); got != "metric_name timestamp value" {
			t.Errorf("first columns %s", got)
		}
		i := 0
		for _, ev := range events(t, src) {
			ev.Metrics(func(m monitor.Metric) bool {
				row := rows[i]
				i++
				if row["metric_name"] != m.Name || row["value"] != strconv.FormatFloat(m.Value, 'g', -1, 64) ||
					row["timestamp"] != m.Time.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano) {
					t.Fatalf("%s, row %d: %v, want %v", name, i, row, m)
				}
				for _, a := range m.Attrs {
					if got := row[a.Key]; got != textOf(a.Value) {
						t.Fatalf("%s, row %d: %s is %q, want %v", name, i, a.Key, got, a.Value)
					}
				}
				return true
			})
		}
		if i != len(rows) {
			t.Errorf("%s: %d rows, want %d", name, len(rows), i)
		}
	}
}

func TestParquetAttributesThatClash(t *testing.T) {
	ev := monitor.Event{Kind: monitor.KindMetric, Name: "q", Value: 1, Time: moment, Attrs: []monitor.Attr{
		monitor.String("Value", "a"), monitor.Bool("timestamp", true), monitor.Float64("metric_name", 0.5),
		monitor.String("value", "b"), monitor.String("value", "c"), slog.Time("at", moment), monitor.String("bad", "\xff"),
		monitor.String("", "none"), monitor.String("a.b", "dots"), monitor.String("a b", "blank"),
	}}
	_, _, rows := readParquet(t, encoded(t, encodeParquet, source(ev)))
	for name, want := range map[string]string{
		"metric_name": "q", "value": "1", "timestamp": "2026-11-24T19:00:00.123456Z", "Value~2": "a", "timestamp~2": "true",
		"metric_name~2": "0.5", "value~3": "b", "other_attributes": `{"value~2":"c"}`, "at": "2026-11-24T19:00:00.123456Z",
		"bad": "\uFFFD", "~1": "none", "a.b": "dots", "a b": "blank",
	} {
		if got := rows[0][name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestParquetOfChosenMetrics(t *testing.T) {
	src := recorded(t, "afterimage-run")
	_, names, rows := readParquet(t, encoded(t, encodeParquet, src, WithMetrics("evaluation_time", "success_rate")))
	counts := make(map[string]int)
	for _, row := range rows {
		counts[row["metric_name"]]++
	}
	if len(counts) != 2 || counts["evaluation_time"] != 362 || counts["success_rate"] != 1500 {
		t.Errorf("metrics %v with columns %v", counts, names)
	}
	err := encodeParquet(context.Background(), io.Discard, src, newConfig([]Option{WithMetrics("generation_tim")}))
	if err == nil || !strings.Contains(err.Error(), `"generation_tim"`) || !strings.Contains(err.Error(), "generation_time,") {
		t.Errorf("an unknown metric: %v", err)
	}
	err = encodeParquet(context.Background(), io.Discard, source(), newConfig([]Option{WithMetrics("x")}))
	if !errors.Is(err, ErrNoEvents) {
		t.Errorf("no metrics at all: %v", err)
	}
}

// Row groups bound what is in memory, and columns whose values are all different leave their dictionary.
func TestParquetRowGroups(t *testing.T) {
	const n = rowGroupRows*2 + 5
	src := func(yield func(monitor.Event, error) bool) {
		for i := range n {
			ev := monitor.Event{Kind: monitor.KindRecord, ID: "a-long-id-of-a-row-of-a-data-set-" + strconv.Itoa(i), Time: moment.Add(time.Duration(i))}
			if !yield(ev, nil) {
				return
			}
		}
	}
	data := encoded(t, encodeWideParquet, src)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(f.RowGroups()); got != 3 {
		t.Errorf("%d row groups, want 3", got)
	}
	id, _ := f.Schema().Lookup("id")
	i := 0
	for _, group := range f.RowGroups() {
		pages := group.ColumnChunks()[id.ColumnIndex].Pages()
		for {
			page, err := pages.ReadPage()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			values := make([]parquet.Value, page.NumValues())
			if n, err := page.Values().ReadValues(values); n != len(values) {
				t.Fatalf("%d of %d values: %v", n, len(values), err)
			}
			for _, v := range values {
				if want := "a-long-id-of-a-row-of-a-data-set-" + strconv.Itoa(i); string(v.ByteArray()) != want {
					t.Fatalf("row %d: %s", i, v.ByteArray())
				}
				i++
			}
		}
		_ = pages.Close()
	}
	if i != n {
		t.Errorf("%d ids, want %d", i, n)
	}
}
