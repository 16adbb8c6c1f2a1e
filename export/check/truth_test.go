package check

import (
	"maps"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/monitor"
)

// found is what was read out of a file.
type found struct {
	prompt, completion, total       map[string]float64 // tokens by model
	calls, success, failed          float64
	errorTypes                      map[string]float64
	finish                          map[string]float64 // of successes, by class
	scoreCounts, scoreSums          map[string]float64
	durations, evaluations, records float64
}

// samples reads a relation samples(metric_name, value, model_name, error_type, success).
func (d duckDB) samples() (f found) {
	byModel := func(metric string) map[string]float64 {
		return d.numbers(`SELECT coalesce(model_name, 'unknown'), sum(value) FROM samples WHERE metric_name = '` + metric + `' GROUP BY 1`)
	}
	sum := func(what, metric string) float64 {
		return d.number(`SELECT ` + what + ` FROM samples WHERE metric_name = '` + metric + `'`)
	}
	f.prompt, f.completion, f.total = byModel("prompt_token_count"), byModel("completion_token_count"), byModel("total_token_count")
	f.calls, f.success, f.failed = sum("count(*)", "success_rate"), sum("sum(value)", "success_rate"), sum("count(*) FILTER (value = 1 AND error_type IS NOT NULL)", "error_rate") // those without are a caller's own
	f.errorTypes = d.numbers(`SELECT error_type, count(*) FROM samples WHERE metric_name = 'error_rate' AND value = 1 AND error_type IS NOT NULL GROUP BY 1`)
	f.finish = classes(d.numbers(`SELECT metric_name[15:], sum(value) FROM samples WHERE metric_name LIKE 'finish_reason:%' AND error_type IS NULL GROUP BY 1`))
	const score = `FROM samples WHERE metric_name LIKE 'evaluation_score_%' GROUP BY 1`
	f.scoreCounts = d.numbers(`SELECT metric_name[18:], count(*) ` + score)
	f.scoreSums = d.numbers(`SELECT metric_name[18:], sum(value::DECIMAL(18,6)) ` + score)
	f.durations = sum("sum(value::DECIMAL(18,9))", "generation_time")
	f.evaluations = sum("count(*)", "evaluation_time")
	f.records = sum("count(*)", "acceptance_rate")
	return f
}

// rows reads a relation rows, which has columns of the wide table.
func (d duckDB) rows() (f found) {
	byModel := func(column string) map[string]float64 {
		return d.numbers(`SELECT coalesce(model_name, 'unknown'), sum(` + column + `) FROM rows WHERE ` + column + ` > 0 GROUP BY 1`)
	}
	f.prompt, f.completion, f.total = byModel("prompt_tokens"), byModel("completion_tokens"), byModel("total_tokens")
	const calls = ` FROM rows WHERE event = 'generation'`
	f.calls, f.success = d.number(`SELECT count(*)`+calls), d.number(`SELECT count(*)`+calls+` AND success`)
	f.failed = d.number(`SELECT count(*)` + calls + ` AND outcome = 'error'`)
	f.errorTypes = d.numbers(`SELECT coalesce(error_type, ''), count(*)` + calls + ` AND outcome = 'error' GROUP BY 1`)
	f.finish = classes(d.numbers(`SELECT finish_reason, count(*)` + calls + ` AND outcome <> 'error' AND finish_reason IS NOT NULL GROUP BY 1`))
	f.scoreCounts, f.scoreSums = map[string]float64{}, map[string]float64{}
	for _, name := range []string{"coherence", "factuality"} {
		f.scoreCounts[name] = d.number(`SELECT count(score_` + name + `) FROM rows`)
		f.scoreSums[name] = d.number(`SELECT sum(score_` + name + `::DECIMAL(18,6)) FROM rows`)
	}
	f.durations = d.number(`SELECT sum(duration_seconds::DECIMAL(18,9))` + calls + ` AND NOT batch`)
	f.evaluations = d.number(`SELECT count(*) FROM rows WHERE event = 'evaluation'`)
	f.records = d.number(`SELECT count(*) FROM rows WHERE event = 'record'`)
	return f
}

// classes adds up finish reasons by their class; those that say nothing are left out.
func classes(raw map[string]float64) map[string]float64 {
	sums := make(map[string]float64)
	for reason, n := range raw {
		if class := monitor.ClassifyFinishReason(reason); class != "" {
			sums[class] += n
		}
	}
	return sums
}

// compare demands the truth to the last token; sums of decimals as decimals.
func (f *found) compare(t *testing.T, want truth) {
	t.Helper()
	numbers := func(what string, got, want map[string]float64) {
		t.Helper()
		for _, m := range []map[string]float64{got, want} { // a model without tokens may be left out
			maps.DeleteFunc(m, func(_ string, n float64) bool { return n == 0 })
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	number := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12*want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	numbers("prompt tokens", f.prompt, maps.Clone(want.Prompt))
	numbers("completion tokens", f.completion, maps.Clone(want.Completion))
	numbers("total tokens", f.total, maps.Clone(want.Total))
	number("calls", f.calls, float64(want.Calls))
	number("successes", f.success, float64(want.Success))
	failures := 0.0
	for _, n := range want.ErrorTypes {
		failures += n
	}
	number("failures", f.failed, failures)
	numbers("failures by class", f.errorTypes, want.ErrorTypes)
	finish := maps.Clone(want.Finish)
	delete(finish, "")
	numbers("finish reasons", f.finish, finish)
	for name, v := range want.Scores {
		number("scores of "+name, f.scoreCounts[name], v[0])
		number("sum of scores of "+name, f.scoreSums[name], v[1])
	}
	number("durations", f.durations, want.DurationSum)
	number("evaluations", f.evaluations, float64(want.Evaluations))
	number("records", f.records, float64(want.Records))
}

func TestFilesBySampleHaveTheTruth(t *testing.T) {
	for _, name := range runNames {
		want := truthOf(t, name)
		for format, relation := range map[export.Format]string{
			export.Parquet: `FROM '$file'`,
			export.JSON: `SELECT m.key AS metric_name, (s->>'value')::DOUBLE AS value, s->>'model_name' AS model_name, s->>'error_type' AS error_type,
				FROM (SELECT unnest(map_entries(j::MAP(VARCHAR, JSON[]))) AS m FROM (SELECT json AS j FROM read_json_objects('$file', format='unstructured', maximum_object_size=100000000))), unnest(m.value) AS u(s)`,
			export.CSV: `SELECT i.metric AS metric_name, s.* FROM read_csv('$stem_[!i]*.csv', union_by_name=true, filename=true, header=true, quote='"', escape='"', delim=',', strict_mode=true) s
				JOIN read_csv('$stem_index.csv') i ON parse_filename(s.filename) = i.file`,
		} {
			t.Run(name+"/"+format.String(), func(t *testing.T) {
				d := openDuckDB(t)
				file := write(t, format, run(t, name))
				stem := strings.TrimSuffix(file, filepath.Ext(file))
				d.run(`CREATE TABLE samples AS ` + strings.NewReplacer("$file", file, "$stem", stem).Replace(relation))
				got := d.samples()
				got.compare(t, want)
				if n := d.number(`SELECT count(*) FROM samples WHERE metric_name = 'model_usage:meta-llama/Llama-3.1-8B-Instruct' AND value = 1`); n < 10 {
					t.Errorf("%v samples of a model whose name has a slash", n)
				}
				if n := d.number(`SELECT count(*) FROM samples WHERE value IS NULL OR isnan(value) OR isinf(value)`); n != 0 {
					t.Errorf("%v samples are no numbers", n)
				}
			})
		}
	}
}

// eventLines reads event lines as the columns of the wide table that the comparison needs.
const eventLines = `SELECT event, model_name, success, prompt_token_count AS prompt_tokens, completion_token_count AS completion_tokens,
	total_token_count AS total_tokens, duration AS duration_seconds, coalesce(batch, false) AS batch, finish_reason, error_type, error,
	CASE WHEN success THEN 'success' WHEN coalesce(error, error_type) IS NULL THEN 'rejected' ELSE 'error' END AS outcome,
	coalesce((scores->'coherence'->>'score'), scores->>'coherence')::DOUBLE AS score_coherence,
	coalesce((scores->'factuality'->>'score'), scores->>'factuality')::DOUBLE AS score_factuality
	FROM read_json('$file', format='newline_delimited', columns={event: 'VARCHAR', model_name: 'VARCHAR', success: 'BOOLEAN', prompt_token_count: 'BIGINT',
	completion_token_count: 'BIGINT', total_token_count: 'BIGINT', duration: 'DOUBLE', batch: 'BOOLEAN', finish_reason: 'VARCHAR', error_type: 'VARCHAR',
	error: 'VARCHAR', scores: 'JSON'})`

func TestWideFilesAndEventLinesHaveTheTruth(t *testing.T) {
	for _, name := range runNames {
		want := truthOf(t, name)
		for format, relation := range map[export.Format]string{
			export.WideParquet: `FROM '$file'`,
			export.WideCSV:     `FROM read_csv('$file')`,
			export.NDJSON:      eventLines,
		} {
			t.Run(name+"/"+format.String(), func(t *testing.T) {
				d := openDuckDB(t)
				d.run(`CREATE TABLE rows AS ` + strings.ReplaceAll(relation, "$file", write(t, format, run(t, name))))
				got := d.rows()
				if format == export.NDJSON { // an event line has the error type as it was given, not its class
					got.errorTypes = classesOf(d)
				}
				got.compare(t, want)
				if n := d.number(`SELECT count(*) FROM rows WHERE duration_seconds = 0 OR prompt_tokens = 0 OR isnan(score_coherence)`); n != 0 {
					t.Errorf("%v rows have a zero where nothing was reported, or a NaN", n)
				}
			})
		}
	}
}

// classesOf counts failed calls by class.
func classesOf(d duckDB) map[string]float64 {
	rows, err := d.Query(`SELECT coalesce(error_type, ''), coalesce(error, '') FROM rows WHERE event = 'generation' AND outcome = 'error'`)
	must(d.t, err)
	defer func() { _ = rows.Close() }()
	counts := make(map[string]float64)
	for rows.Next() {
		var given, text string
		must(d.t, rows.Scan(&given, &text))
		counts[string(monitor.ClassifyError(given, text))]++
	}
	must(d.t, rows.Err())
	return counts
}
