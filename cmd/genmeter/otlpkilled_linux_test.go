package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/export/report"
)

// postSpan posts the span of an agent, or of a call inside it, and wants that it is acknowledged.
func (p *sidecarProcess) postSpan(t *testing.T, trace int, operation string, tokens int) {
	t.Helper()
	id, parent := 1, ""
	if operation == "chat" {
		id, parent = 2, `"parentSpanId":"0000000000000001",`
	}
	end := time.Now().UnixNano()
	body := fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x",%s
		"startTimeUnixNano":%d,"endTimeUnixNano":%d,"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":%q}},
		{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":%d}}]}]}]}]}`,
		trace, id, parent, end-int64(time.Duration(3-id)*time.Second), end, operation, tokens)
	resp, err := http.Post("http://"+p.address+"/v1/traces", "application/json", strings.NewReader(body))
	must(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusOK || string(answer) != "{}" {
		t.Fatalf("%s: %s", resp.Status, answer)
	}
}

// inputTokens are those that `genmeter report` has of a data directory.
func inputTokens(t *testing.T, dir string) (n int64) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"report", "--format=json", dir}, strings.NewReader(""), &stdout, &stderr); code != exitGood {
		t.Fatalf("exit code %d:\n%s", code, &stderr)
	}
	var r report.Report
	must(t, json.Unmarshal(stdout.Bytes(), &r))
	for _, m := range r.Models {
		n += m.Input
	}
	return n
}

// TestOTLPKilled: what agents report is counted once, although it waits for their calls when the sidecar is killed: where no
// call comes, where calls came before, and where they come to the next sidecar.
func TestOTLPKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startProcess(t, "", "--data-dir="+dir)
	p.postSpan(t, 1, "invoke_agent", 100)
	p.kill(t)
	if n := inputTokens(t, dir); n != 100 {
		t.Errorf("%d tokens before --resume", n)
	}

	var stderr bytes.Buffer
	args := []string{"serve", "--web.listen-address=127.0.0.1:0", "--data-dir=" + dir}
	if code := run(t.Context(), args, strings.NewReader(""), io.Discard, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "go on with it by --resume") {
		t.Errorf("without --resume: exit code %d:\n%s", code, &stderr)
	}
	p = startProcess(t, "", "--data-dir="+dir, "--resume")
	p.postSpan(t, 2, "invoke_agent", 1_000)
	p.postSpan(t, 2, "chat", 20)
	p.postSpan(t, 3, "invoke_agent", 10_000)
	p.postSpan(t, 4, "chat", 3)
	p.kill(t)
	if n := inputTokens(t, dir); n != 100+20+10_000+3 {
		t.Errorf("%d tokens before the second --resume", n)
	}

	p = startProcess(t, "", "--data-dir="+dir, "--resume")
	p.postSpan(t, 3, "chat", 4_000)
	p.postSpan(t, 4, "invoke_agent", 100_000)
	p.terminate(t)
	if n := inputTokens(t, dir); n != 100+20+4_000+3 {
		t.Errorf("%d tokens", n)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "otlp-*")); err != nil || len(left) > 0 {
		t.Errorf("left at the end: %v, %v", left, err)
	}
}
