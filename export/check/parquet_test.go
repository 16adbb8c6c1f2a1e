package check

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/monitor"
)

var moment = time.Date(2026, 11, 24, 20, 0, 0, 123456000, time.UTC)

// The two wide tables are one table, to the last cell, and so is each with itself as the other's reader types it.
func TestWideCSVAndParquetAreOneTable(t *testing.T) {
	for _, name := range runNames {
		d := openDuckDB(t)
		d.run(`CREATE VIEW p AS FROM '` + write(t, export.WideParquet, run(t, name)) + `'`)
		d.run(`CREATE TABLE c AS SELECT * FROM p LIMIT 0`)
		d.run(`INSERT INTO c FROM read_csv('` + write(t, export.WideCSV, run(t, name), export.WithRawText()) + `', all_varchar=true)`)
		rows := d.number(`SELECT count(*) FROM p`)
		for _, query := range []string{`FROM p EXCEPT ALL FROM c`, `FROM c EXCEPT ALL FROM p`} {
			if n := d.number(`SELECT count(*) FROM (` + query + `)`); n != 0 {
				t.Errorf("%s: %v of %v rows in %s", name, n, rows, query)
			}
		}
	}
}

func odd() monitor.Source {
	events := []monitor.Event{
		{
			Kind: monitor.KindGeneration, Time: moment, Model: "größe \"1\"", Error: "a,\n\"b\"\r\n'c' \u2028 🙂", ErrorType: "timeout", CostUSD: 0.1,
			Attrs: []monitor.Attr{
				monitor.Int("n", -5), monitor.Float64("f", 1e300), monitor.Bool("b", true), slog.Time("at", moment), monitor.String("N", "other n"),
				monitor.String("nul", "a\x00b"), monitor.String("", "no key"), slog.Int64("big", 1<<62+1),
			},
		},
		{Kind: monitor.KindEvaluation, Success: true, Name: "judge", Scores: []monitor.Score{{Name: "tone", Value: -2.5, Feedback: "ü\n\"x\""}}},
	}
	return func(yield func(monitor.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func TestOddValuesComeThrough(t *testing.T) {
	for format, from := range map[export.Format]string{
		export.WideParquet: `'$file'`, export.WideCSV: `read_csv('$file', all_varchar=true, quote='"', escape='"', delim=',')`,
	} {
		d := openDuckDB(t)
		d.run(`CREATE TABLE r AS FROM ` + strings.ReplaceAll(from, "$file", write(t, format, odd(), export.WithRawText())))
		for cell, want := range map[string]string{
			"model_name": "größe \"1\"", "error": "a,\n\"b\"\r\n'c' \u2028 🙂", "attr_n": "-5", `"attr_N~2"`: "other n", "attr_f": "1e+300", "attr_b": "true",
			"cost_usd": "0.1", "attr_nul": "a\x00b", `"attr_"`: "no key", "attr_big": "4611686018427387905",
		} {
			var got string
			if err := d.QueryRow(`SELECT ` + cell + `::VARCHAR FROM r WHERE event = 'generation'`).Scan(&got); err != nil || got != want {
				t.Errorf("%v: %s is %q, want %q (%v)", format, cell, got, want, err)
			}
		}
		var at time.Time
		must(t, d.QueryRow(`SELECT timestamp::TIMESTAMPTZ FROM r WHERE attr_at::TIMESTAMPTZ = timestamp::TIMESTAMPTZ`).Scan(&at))
		if !at.Equal(moment) {
			t.Errorf("%v: time %v", format, at)
		}
		var score float64
		var feedback string
		must(t, d.QueryRow(`SELECT score_tone::DOUBLE, feedback_tone FROM r WHERE evaluator = 'judge'`).Scan(&score, &feedback))
		if score != -2.5 || feedback != "ü\n\"x\"" {
			t.Errorf("%v: score %v with feedback %q", format, score, feedback)
		}
	}
}

func TestParquetMetadata(t *testing.T) {
	for _, format := range []export.Format{export.Parquet, export.WideParquet} {
		d := openDuckDB(t)
		file := write(t, format, run(t, "afterimage-run"), export.WithInfo("run", "night"))
		d.run(`CREATE TABLE m AS FROM parquet_metadata('` + file + `')`)
		for what, query := range map[string]string{
			"columns not compressed by zstd":     `SELECT count(*) FROM m WHERE compression <> 'ZSTD'`,
			"columns of values without min, max": `SELECT count(*) FROM m WHERE stats_null_count < num_values AND coalesce(stats_min_value, stats_min) IS NULL`,
			"columns without a count of nulls":   `SELECT count(*) FROM m WHERE stats_null_count IS NULL`,
			"row groups beyond the first":        `SELECT count(*) FROM m WHERE row_group_id > 0`,
		} {
			if n := d.number(query); n != 0 {
				t.Errorf("%v: %v %s", format, n, what)
			}
		}
		var typ string
		must(t, d.QueryRow(`SELECT typeof(timestamp) FROM '`+file+`' LIMIT 1`).Scan(&typ))
		if typ != "TIMESTAMP WITH TIME ZONE" {
			t.Errorf("%v: timestamps are %s", format, typ)
		}
		layout := map[export.Format]string{export.Parquet: "samples/1", export.WideParquet: "wide/1"}[format]
		for key, want := range map[string]string{"run": "night", "genmeter.layout": layout} {
			var got string
			must(t, d.QueryRow(fmt.Sprintf(`SELECT decode(value) FROM parquet_kv_metadata('%s') WHERE decode(key) = '%s'`, file, key)).Scan(&got))
			if got != want {
				t.Errorf("%v: metadata %s is %q, want %q", format, key, got, want)
			}
		}
	}
}

// Row groups end at 131,072 rows, so that readers can skip and writers need not remember.
func TestRowGroups(t *testing.T) {
	const n = 300_000
	src := func(yield func(monitor.Event, error) bool) {
		for i := range n {
			ev := monitor.Event{
				Kind: monitor.KindGeneration, Time: moment.Add(time.Duration(i) * time.Millisecond), Success: true, Model: "m",
				ID: fmt.Sprintf("call-%06d", i), PromptTokens: int64(i), TotalTokens: int64(i),
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
	d := openDuckDB(t)
	file := write(t, export.WideParquet, src)
	if got := d.number(`SELECT count(DISTINCT row_group_id) FROM parquet_metadata('` + file + `')`); got != 3 {
		t.Errorf("%v row groups, want 3", got)
	}
	if got, want := d.number(`SELECT sum(prompt_tokens) FROM '`+file+`'`), float64(n)*(n-1)/2; got != want {
		t.Errorf("%v tokens, want %v", got, want)
	}
	if got := d.number(`SELECT count(*) FROM '` + file + `' WHERE id = format('call-{:06d}', prompt_tokens) OR prompt_tokens IS NULL`); got != n {
		t.Errorf("%v ids stand beside their tokens, want %v", got, n)
	}
}
