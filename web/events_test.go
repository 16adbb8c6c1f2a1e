package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

const eventsPath = "http://localhost/api/v1/events"

func newIntake(t *testing.T, journal ingest.Journal) (*monitor.Monitor, http.Handler) {
	t.Helper()
	mon := newMonitor(t)
	return mon, web.Handler(mon, web.WithIntake(ingest.NewIntake(mon, journal, nil), time.UTC))
}

func zipped(t *testing.T, data []byte) *bytes.Buffer {
	t.Helper()
	return bytes.NewBuffer(zippedText(string(data)))
}

func zippedText(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// post posts a body and returns the answer.
func post(t *testing.T, h http.Handler, body io.Reader, header ...string) (*http.Response, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, eventsPath, body)
	r.Header.Set("Content-Type", "application/x-ndjson")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Errorf("status %d: %v in %q", w.Code, err, w.Body)
	}
	return w.Result(), answer
}

const twoEvents = `{"event":"record","id":"a"}` + "\n\n" + `{"event":"generation","duration":1.5,"model_name":"m"}`

// TestPostEvents: lines, arrays, one object, and each compressed, are the same events; sent again they are duplicates where
// they have ids.
func TestPostEvents(t *testing.T) {
	array := "\n [" + strings.ReplaceAll(twoEvents, "\n\n", ", ") + " ] "
	for name, body := range map[string]io.Reader{
		"lines": strings.NewReader(twoEvents), "array": strings.NewReader(array), "bom": strings.NewReader("\xef\xbb\xbf" + twoEvents),
	} {
		mon, h := newIntake(t, nil)
		if resp, a := post(t, h, body); resp.StatusCode != 200 || a["accepted"] != 2.0 || a["rejected"] != 0.0 || a["duplicates"] != 0.0 {
			t.Errorf("%s: %d %v", name, resp.StatusCode, a)
		}
		resp, a := post(t, h, zipped(t, []byte(`{"event":"record","id":"a"}`)), "Content-Encoding", "gzip", "Content-Type", "application/json; charset=utf-8")
		if resp.StatusCode != 200 || a["accepted"] != 0.0 || a["duplicates"] != 1.0 {
			t.Errorf("%s again: %d %v", name, resp.StatusCode, a)
		}
		if p := mon.Progress(); p.Done != 1 || p.Calls != 1 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestPostErrors: what cannot be taken is told with its line, and costs itself alone.
func TestPostErrors(t *testing.T) {
	mon, h := newIntake(t, nil)
	far := time.Now().Add(time.Hour).Format(time.RFC3339)
	resp, a := post(t, h, strings.NewReader(`{"event":"record"}`+"\nnonsense\n"+
		`{"event":"generation","duration":"long"}`+"\n"+`{"event":"record","timestamp":"`+far+`"}`))
	if resp.StatusCode != 200 || a["accepted"] != 2.0 || a["rejected"] != 2.0 {
		t.Errorf("%d %v", resp.StatusCode, a)
	}
	want := `[map[error:line 2:1: found "nonsense", expected a JSON object; the line is skipped line:2] ` +
		`map[error:line 3:34: duration: found "long", expected a number of seconds; the value is left out line:3] ` +
		`map[error:line 4: found a record of ` + far + `, expected a time no more than 5 min ahead of this host's clock; the event is refused line:4]]`
	if got := fmt.Sprint(a["errors"]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if n := mon.Losses().Rejected; n != 3 {
		t.Errorf("%d rejected", n)
	}
	var many strings.Builder
	for range 50 {
		many.WriteString("nonsense\n")
	}
	resp, a = post(t, h, strings.NewReader(many.String()))
	if resp.StatusCode != 400 || a["rejected"] != 50.0 || len(a["errors"].([]any)) != 10 {
		t.Errorf("none good: %d %v", resp.StatusCode, a)
	}
}

// TestPostUnknownCost: the cost of calls that say neither tokens nor cost is not 0, and an absurd cost is none.
func TestPostUnknownCost(t *testing.T) {
	_, h := newIntake(t, nil)
	costs := func() string {
		t.Helper()
		var tokens, progress map[string]any
		for path, into := range map[string]*map[string]any{"tokens": &tokens, "progress": &progress} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/"+path, nil))
			if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
				t.Fatal(err)
			}
		}
		return fmt.Sprint(progress["cost_usd"], tokens["total_cost_usd"], tokens["by_model"].([]any)[0].(map[string]any)["cost_usd"])
	}
	const call = `{"event":"generation","model_name":"m"}` + "\n"
	post(t, h, strings.NewReader(call))
	if got := costs(); got != "<nil> <nil> <nil>" {
		t.Errorf("of a call without tokens: %s", got)
	}
	_, a := post(t, h, strings.NewReader(strings.Repeat(`{"event":"generation","model_name":"m","cost_usd":1e308}`+"\n", 2)))
	if got := costs(); got != "<nil> <nil> <nil>" || a["accepted"] != 2.0 || len(a["errors"].([]any)) != 2 {
		t.Errorf("of absurd costs: %s, %v", got, a)
	}
	post(t, h, strings.NewReader(`{"event":"generation","model_name":"m","cost_usd":0.5}`))
	if got := costs(); got != "0.5 0.5 0.5" {
		t.Errorf("of a known cost: %s", got)
	}
}

// TestPostWarnings: a sender hears of keys that do not count, once each; what it posted counts.
func TestPostWarnings(t *testing.T) {
	mon, h := newIntake(t, nil)
	resp, a := post(t, h, strings.NewReader(strings.Repeat(`{"event":"generation","latency":2,"usage":{"input_tokens":5,"output_tokens":2}}`+"\n", 3)+
		`{"event":"generation","promt_tokens":7,"tenant":"a","duration_ms":1500}`))
	want := `[map[key:latency line:1 warning:latency is kept as an attribute and counts nowhere: did you mean duration, in seconds, or duration_ms?] ` +
		`map[key:promt_tokens line:4 warning:promt_tokens is kept as an attribute and counts nowhere: did you mean prompt_tokens?]]`
	if got := fmt.Sprint(a["warnings"]); resp.StatusCode != 200 || a["accepted"] != 4.0 || a["errors"] != nil || got != want {
		t.Errorf("%d %v\ngot  %s\nwant %s", resp.StatusCode, a, got, want)
	}
	if u := mon.TokenUsage(0); u.TotalPromptTokens != 15 || u.TotalCompletionTokens != 6 {
		t.Errorf("%+v", u)
	}
	if s := mon.Aggregate("generation_time", 0); s.Sum != 1.5 {
		t.Errorf("%+v", s)
	}
	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, `{"event":"generation","prompt_token_count%d":1}`+"\n", i)
	}
	if _, a := post(t, h, strings.NewReader(many.String())); a["accepted"] != 30.0 || len(a["warnings"].([]any)) != 10 {
		t.Errorf("%v", a)
	}
	if _, a := post(t, h, strings.NewReader(`{"event":"record"}`)); a["warnings"] != nil {
		t.Errorf("warnings of an earlier body: %v", a)
	}
}

// TestPostErrorsAreLogged: whoever runs the sidecar can read what its senders were told.
func TestPostErrorsAreLogged(t *testing.T) {
	mon := newMonitor(t)
	intake := ingest.NewIntake(mon, nil, nil)
	var log bytes.Buffer
	intake.Logger = slog.New(slog.NewTextHandler(&log, nil))
	post(t, web.Handler(mon, web.WithIntake(intake, time.UTC)), strings.NewReader(`{"event":"record"}`+"\nnonsense\n"+
		`{"event":"record","timestamp":"`+time.Now().Add(time.Hour).Format(time.RFC3339)+`"}`+"\n"+`{"event":"generation","latency":1}`))
	for _, want := range []string{
		`msg="line 2:1: found \"nonsense\", expected a JSON object; the line is skipped" road=http reason=malformed`,
		`expected a time no more than 5 min ahead of this host's clock; the event is refused" road=http reason=future`,
		`msg="line 4: latency is kept as an attribute and counts nowhere: did you mean duration, in seconds, or duration_ms?" road=http`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("it lacks %s:\n%s", want, &log)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 3 {
		t.Errorf("%d lines:\n%s", n, &log)
	}
}

// TestPostRefused: what is no body of events at all, or may not be sent.
func TestPostRefused(t *testing.T) {
	_, h := newIntake(t, nil)
	lines := strings.Repeat(`{"event":"record"}`+"\n", 100_001)
	for _, test := range []struct {
		name   string
		body   io.Reader
		header []string
		status int
		text   string
	}{
		{"empty", strings.NewReader(" \n"), nil, 400, "no events"},
		{"empty array", strings.NewReader("[]"), nil, 400, "no events"},
		{"broken array", strings.NewReader(`[{"event":"record"},`), nil, 400, "element 2 of the array"},
		{"form", strings.NewReader(twoEvents), []string{"Content-Type", "text/plain"}, 415, "application/x-ndjson"},
		{"no type", strings.NewReader(twoEvents), []string{"Content-Type", ""}, 415, "application/x-ndjson"},
		{"other site", strings.NewReader(twoEvents), []string{"Sec-Fetch-Site", "cross-site"}, 403, "other origins"},
		{"other origin", strings.NewReader(twoEvents), []string{"Origin", "http://evil.example"}, 403, "other origins"},
		{"encoding", strings.NewReader(twoEvents), []string{"Content-Encoding", "br"}, 415, "gzip"},
		{"encodings", strings.NewReader(twoEvents), []string{"Content-Encoding", "gzip, gzip"}, 415, "gzip"},
		{"bomb in a bomb", bytes.NewReader(zippedText(string(zippedText(strings.Repeat("\n", 1<<20))))), []string{"Content-Encoding", "gzip"}, 400, ""},
		{"deep array", strings.NewReader(strings.Repeat("[", 1<<20)), nil, 400, "64 levels"},
		{"not gzip", strings.NewReader(twoEvents), []string{"Content-Encoding", "gzip"}, 400, "gzip"},
		{"cut gzip", bytes.NewReader(zipped(t, []byte(twoEvents)).Bytes()[:20]), []string{"Content-Encoding", "gzip"}, 400, "unpacking the body, which should be gzip: unexpected EOF"},
		{"bomb", zipped(t, make([]byte, 33<<20)), []string{"Content-Encoding", "gzip"}, 413, "32 MiB"},
		{"large", bytes.NewReader(make([]byte, 33<<20)), nil, 413, "32 MiB"},
		{"large, of unknown length", io.MultiReader(bytes.NewReader(make([]byte, 33<<20))), nil, 413, "32 MiB"},
		{"many", strings.NewReader(lines), nil, 413, "at most 100000"},
		{"broken off", iotest.ErrReader(io.ErrUnexpectedEOF), nil, 400, "reading the body"},
	} {
		resp, a := post(t, h, test.body, test.header...)
		if text := fmt.Sprint(a["error"]); resp.StatusCode != test.status || !strings.Contains(text, test.text) {
			t.Errorf("%s: %d %v, want %d and %q", test.name, resp.StatusCode, a, test.status, test.text)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodOptions} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, eventsPath, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	w := httptest.NewRecorder()
	web.Handler(newMonitor(t)).ServeHTTP(w, httptest.NewRequest(http.MethodPost, eventsPath, nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("without an intake: %d", w.Code)
	}
}

type fullJournal struct{}

func (fullJournal) Append(context.Context, []monitor.Event) error { return errors.New("no space left") }

// TestPostUnkept: what could not be kept is not counted, and the sender is told to come again.
func TestPostUnkept(t *testing.T) {
	mon, h := newIntake(t, fullJournal{})
	resp, a := post(t, h, strings.NewReader(twoEvents))
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || !strings.Contains(fmt.Sprint(a["error"]), "no space left") {
		t.Errorf("%d %v", resp.StatusCode, a)
	}
	if p := mon.Progress(); p.Done+p.Calls != 0 {
		t.Errorf("%+v", p)
	}
}

// TestPostTooLargeIsNotAskedFor: a client that asks before it sends a large body is told that it need not.
func TestPostTooLargeIsNotAskedFor(t *testing.T) {
	_, h := newIntake(t, nil)
	srv := httptest.NewServer(h)
	defer srv.Close()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", 33<<20)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil) // the first, which may be 100 Continue
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}
