package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// Both write the same rows: what is compared is comparable.
func TestContestantsWriteTheSameRows(t *testing.T) {
	dir := t.TempDir()
	if err := writeEvents(filepath.Join(dir, eventsFile), 5000); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, road := range []string{"file", "memory"} {
		for _, pair := range [][2]string{{"wide-parquet", "parquet"}, {"wide-csv", "csv"}} {
			_, mine, err := measure("genmeter:"+pair[0]+":"+road, dir)
			if err != nil {
				t.Fatal(err)
			}
			_, theirs, err := measure("duckdb:"+pair[1]+":"+road, dir)
			if err != nil {
				t.Fatal(err)
			}
			const columns = `SELECT timestamp, event, id, record_id, model_name, outcome, duration_seconds, total_tokens, cost_usd, error, turns,
				evaluator, score_coherence, feedback_coherence, score_factuality, attr_topic, attr_temperature FROM '%s'`
			var n, different int
			query := fmt.Sprintf(`SELECT count(*) FROM (`+columns+`)`, mine)
			if err := db.QueryRow(query).Scan(&n); err != nil || n != 5000 {
				t.Errorf("%s: %d rows, %v", mine, n, err)
			}
			query = fmt.Sprintf(`SELECT count(*) FROM ((`+columns+`) EXCEPT ALL (`+columns+`))`, mine, theirs)
			if err := db.QueryRow(query).Scan(&different); err != nil || different != 0 {
				t.Errorf("%d rows of %s are not in %s: %v", different, mine, theirs, err)
			}
		}
	}
}
