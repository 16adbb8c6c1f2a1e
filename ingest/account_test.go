package ingest

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// TestAccount: the first pass is accounted for as Feed does it; what is given is the source as it is.
func TestAccount(t *testing.T) {
	const lines = `{"event":"record","id":"a"}` + "\n" + `{"event":"generation","duration":"long"}` + "\n" + `{"event":"rec`
	path := filepath.Join(t.TempDir(), "run.ndjson")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	read := 0
	src, err := Open(path, WithOnRead(func(n int) { read += n }))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	src, report := Account(src, slog.New(slog.NewTextHandler(&log, nil)))
	for range 2 {
		var events, errs int
		for _, err := range src {
			if err != nil {
				errs++
			} else {
				events++
			}
		}
		if events != 2 || errs != 2 {
			t.Errorf("%d events, %d errors", events, errs)
		}
	}
	if report.Events != 2 || report.Problem() != 2 || report.Truncated != 1 || report.Problems[monitor.ReasonWrongType] != 1 {
		t.Errorf("%+v", report)
	}
	if n := strings.Count(log.String(), "run.ndjson:"); n != 2 {
		t.Errorf("%d problems logged:\n%s", n, &log)
	}
	if read != 2*len(lines) {
		t.Errorf("%d bytes read of %d, twice", read, len(lines))
	}
	for _, err := range Readable(src) {
		if err != nil {
			t.Errorf("unreadable: %v", err)
		}
	}
}
