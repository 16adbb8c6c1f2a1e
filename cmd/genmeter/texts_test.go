package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// TestNoTextsInMetrics: texts that may hold what prompts held are in no metric, and ids neither; nor does a log show them.
func TestNoTextsInMetrics(t *testing.T) {
	g := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0", "--log.level=debug")
	const secret = "the secret recipe"
	body := strings.ReplaceAll(`{"event":"generation","id":"S1","record_id":"S2","duration":1,"success":false,"model_name":"m","error":"S3 timed out","note":"S4","S5":1,"metadata":{"S6":"S7"}}
{"event":"evaluation","id":"S8","evaluator_type":"judge","scores":{"coherence":{"score":1,"feedback":"S9"}},"error":"S"}
{"event":"record","id":"S10","outcome":"accepted","note":"S11"}
{"event":"metric","metric":"depth","value":1,"S12":"S13"}
{"event":"begin","id":"S14","model_name":"m","note":"S15"}
`, "S", secret)
	resp, err := http.Post("http://"+g.address+"/api/v1/events", "application/x-ndjson", strings.NewReader(body))
	must(t, err, resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	code, metrics, err := fetch("http://"+g.address+"/metrics", "")
	must(t, err)
	if code != http.StatusOK || !strings.Contains(metrics, `genmeter_generation_failures_total{error_type="timeout"`) &&
		!strings.Contains(metrics, `error_type="timeout"`) {
		t.Errorf("status %d, or the call is not there:\n%s", code, metrics)
	}
	for name, text := range map[string]string{"a metric": metrics, "the log": g.log.String()} {
		if strings.Contains(text, "secret") {
			t.Errorf("%s has the text:\n%s", name, text)
		}
	}
}

// TestLogsAreHarmless: what files and senders put into texts and names cannot write to the terminal, nor begin a line.
func TestLogsAreHarmless(t *testing.T) {
	dir := t.TempDir()
	const hostile = "\x1b[2J\x1b]0;title\x07\u009b31m\u202e"
	must(t, os.WriteFile(filepath.Join(dir, "a"+hostile+"\nlevel=ERROR b.ndjson"), []byte(`{"event":"record"}`+"\n"+hostile+"\n"), 0o600))
	for _, args := range [][]string{
		{"report", dir}, {"check", dir}, {"export", "-o", filepath.Join(t.TempDir(), "x.json"), dir},
		{"report", "--log.format=json", dir}, {"report", filepath.Join(dir, hostile)}, {"rules", "--alerts.file=" + filepath.Join(dir, hostile)},
	} {
		var out, errs strings.Builder
		run(t.Context(), args, strings.NewReader(""), &out, &errs)
		if errs.Len() == 0 {
			t.Errorf("%q: nothing is said", args)
		}
		for line := range strings.Lines(out.String() + errs.String()) {
			if strings.HasPrefix(line, "level=ERROR") {
				t.Errorf("%q: a line of somebody else: %q", args, line)
			}
			for _, r := range strings.TrimSuffix(line, "\n") {
				if unicode.IsControl(r) {
					t.Fatalf("%q: %U in %q", args, r, line)
				}
			}
		}
	}
}

// TestServeShowsNoPasswords: addresses that others are told of go without what lets one in.
func TestServeShowsNoPasswords(t *testing.T) {
	const secret = "s3cret"
	for _, flag := range []string{"--push.gateway", "--alertmanager.url", "--alerts.webhook"} {
		for _, url := range []string{"http://me:s3cret@127.0.0.1:1", "http://me:s3cret@127.0.0.1:1/%zz", "ftp://me:s3cret@127.0.0.1:1", "http://me:s3cret@", "s3cret"} {
			var errs lockedBuffer
			ctx, cancel := contextUntil(t, &errs, "listening")
			runWithin(ctx, shortLimits, []string{"serve", "--web.listen-address=127.0.0.1:0", "--log.level=debug", flag + "=" + url},
				strings.NewReader(""), &errs, &errs)
			cancel()
			if text := errs.String(); text == "" || strings.Contains(text, secret) && url != secret {
				t.Errorf("%s=%s: %s", flag, url, text)
			}
		}
	}
}
