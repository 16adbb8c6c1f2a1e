package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// duckRows reads event lines into the columns of the wide table that this run has values in.
const duckRows = `SELECT timestamp, event, id, coalesce(record_id, CASE WHEN event = 'record' THEN id END) AS record_id, model_name, provider, operation,
	step, success, coalesce(outcome, CASE WHEN success THEN 'success' WHEN error IS NOT NULL THEN 'error' ELSE 'rejected' END) AS outcome,
	duration AS duration_seconds, prompt_token_count AS prompt_tokens, completion_token_count AS completion_tokens,
	total_token_count AS total_tokens, cost_usd, finish_reason, error_type, error, attempt, conversation_length AS turns,
	evaluator_type AS evaluator, scores.coherence.score AS score_coherence, scores.coherence.feedback AS feedback_coherence,
	scores.factuality AS score_factuality, topic AS attr_topic, temperature AS attr_temperature
	FROM read_json('%s', format='newline_delimited', columns={timestamp: 'TIMESTAMPTZ', event: 'VARCHAR', id: 'VARCHAR', record_id: 'VARCHAR',
	model_name: 'VARCHAR', provider: 'VARCHAR', operation: 'VARCHAR', step: 'VARCHAR', success: 'BOOLEAN', outcome: 'VARCHAR', duration: 'DOUBLE',
	prompt_token_count: 'BIGINT', completion_token_count: 'BIGINT', total_token_count: 'BIGINT', cost_usd: 'DOUBLE', finish_reason: 'VARCHAR',
	error_type: 'VARCHAR', error: 'VARCHAR', attempt: 'BIGINT', conversation_length: 'BIGINT', evaluator_type: 'VARCHAR',
	scores: 'STRUCT(coherence STRUCT(score DOUBLE, feedback VARCHAR), factuality DOUBLE)', topic: 'VARCHAR', temperature: 'DOUBLE'})`

// duckOptions are those of COPY, by format.
var duckOptions = map[string]string{
	"csv": "FORMAT csv, HEADER", "json": "FORMAT json", "parquet": "FORMAT parquet, COMPRESSION zstd",
}

// duckDB has DuckDB write the rows, and returns how long that took and the file.
func duckDB(format, dir string, memory bool) (seconds float64, path string, err error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	rows := fmt.Sprintf(duckRows, filepath.Join(dir, eventsFile))
	if _, err := db.Exec(`SET TimeZone = 'UTC'`); err != nil {
		return 0, "", err
	}
	if memory {
		if _, err := db.Exec(`CREATE TABLE rows AS ` + rows); err != nil {
			return 0, "", err
		}
		rows = `FROM rows`
	}
	path = filepath.Join(dir, "duckdb."+format)
	start := time.Now()
	_, err = db.Exec(fmt.Sprintf(`COPY (%s) TO '%s' (%s)`, rows, path, duckOptions[format]))
	return time.Since(start).Seconds(), path, err
}
