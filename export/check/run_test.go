package check

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

const testdata = "../../ingest/testdata"

var runNames = []string{"afterimage-run", "afterimage-quirks"}

// run gives the events of a recorded run; what cannot be read in it is left out.
func run(t testing.TB, name string) monitor.Source {
	t.Helper()
	src, err := ingest.Open(filepath.Join(testdata, name), ingest.WithLocation(time.UTC))
	must(t, err)
	return ingest.Readable(src)
}

// write writes src in a new directory and returns the file.
func write(t testing.TB, format export.Format, src monitor.Source, opts ...export.Option) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run"+format.Extension())
	must(t, export.Write(context.Background(), path, format, src, opts...))
	return path
}

// duckDB is a database in memory.
type duckDB struct {
	*sql.DB
	t testing.TB
}

func openDuckDB(t testing.TB) duckDB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	must(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	d := duckDB{db, t}
	d.run(`SET TimeZone = 'UTC'`)
	return d
}

func (d duckDB) run(query string, args ...any) {
	d.t.Helper()
	if _, err := d.Exec(query, args...); err != nil {
		d.t.Fatalf("%v in %s", err, query)
	}
}

// number returns the one number that a query gives.
func (d duckDB) number(query string) (n float64) {
	d.t.Helper()
	if err := d.QueryRow(query).Scan(&n); err != nil {
		d.t.Fatalf("%v in %s", err, query)
	}
	return n
}

// numbers returns what a query gives of a text and a number.
func (d duckDB) numbers(query string) map[string]float64 {
	d.t.Helper()
	rows, err := d.Query(query)
	if err != nil {
		d.t.Fatalf("%v in %s", err, query)
	}
	defer func() { _ = rows.Close() }()
	m := make(map[string]float64)
	for rows.Next() {
		var name string
		var n float64
		must(d.t, rows.Scan(&name, &n))
		m[name] = n
	}
	must(d.t, rows.Err())
	return m
}

// truth is what was tracked, of either run's truth.json.
type truth struct {
	Generations, Calls, Success, Evaluations, Records int
	DurationSum                                       float64 `json:"duration_sum"`
	Prompt, Completion, Total                         map[string]float64
	Tokens                                            map[string]struct{ Input, Output, Total float64 }
	ErrorTypes                                        map[string]float64 `json:"error_types"`
	Finish                                            map[string]float64
	Scores                                            map[string][2]float64
}

func truthOf(t testing.TB, name string) (v truth) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, name, "truth.json"))
	must(t, err)
	must(t, json.Unmarshal(data, &v))
	if v.Tokens != nil {
		v.Prompt, v.Completion, v.Total = map[string]float64{}, map[string]float64{}, map[string]float64{}
		for model, n := range v.Tokens {
			v.Prompt[model], v.Completion[model], v.Total[model] = n.Input, n.Output, n.Total
		}
	}
	v.Calls += v.Generations
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
