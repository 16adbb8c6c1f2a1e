package alerting

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a real server may take.
const patience = 30 * time.Second

// until polls a real Alertmanager, whose clock is its own, until ok; it fails the test when that takes too long.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for begun := time.Now(); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > patience {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// receiver keeps what webhooks post to it.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	messages [][]byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.messages = append(r.messages, body)
	}))
	t.Cleanup(r.Close)
	return r
}

// got lists the status of each alert of each message, and its name.
func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, body := range r.messages {
		var m webhookMessage
		_ = json.Unmarshal(body, &m) // what cannot be read has no alerts, and those are missed
		for _, a := range m.Alerts {
			all = append(all, a.Status+" "+a.Labels["alertname"])
		}
	}
	return all
}

func (r *receiver) message(i int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.messages[i]
}

func (r *receiver) expect(t *testing.T, want ...string) {
	t.Helper()
	until(t, fmt.Sprint(want), func() bool { return len(r.got()) >= len(want) })
	if got := r.got(); !slices.Equal(got, want) {
		t.Fatalf("the receiver got %q, want %q", got, want)
	}
}

// startAlertmanager runs a real one, every alert a group of its own, and returns its URL. It skips the test where there is
// none, but for CI, where a skipped test would be a lie.
func startAlertmanager(t *testing.T, receiver string) string {
	t.Helper()
	const program = "prometheus-alertmanager"
	path, err := exec.LookPath(program)
	if err != nil {
		install := "no " + program + " in $PATH: apt-get install --no-install-recommends " + program
		if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
			t.Fatal(install)
		}
		t.Skip(install)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()

	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil,
		"route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}\n"+
			"receivers: [{name: hook, webhook_configs: [{url: %q, send_resolved: true}]}]\n", receiver), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--config.file="+config, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--cluster.listen-address=", "--log.level=info")
	var out logBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("Alertmanager said:\n%s", out.String())
		}
	})
	url := "http://" + address
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	until(t, "Alertmanager", func() bool {
		resp, err := client.Get(url + "/-/ready")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 200
	})
	return url
}

// counted counts the requests that were answered well.
type counted struct {
	http.RoundTripper
	mu sync.Mutex
	n  int
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(r)
	if err == nil && resp.StatusCode == 200 {
		c.mu.Lock()
		c.n++
		c.mu.Unlock()
	}
	return resp, err
}

// more waits for n more requests.
func (c *counted) more(t *testing.T, n int) {
	t.Helper()
	count := func() int { c.mu.Lock(); defer c.mu.Unlock(); return c.n }
	before := count()
	until(t, "more requests", func() bool { return count() >= before+n })
}

// A real Alertmanager notifies once that an alert fires and once that it is resolved, however often it is told; and what it
// posts then is what Webhook posts.
func TestRealAlertmanager(t *testing.T) {
	hook := newReceiver(t)
	base := startAlertmanager(t, hook.URL)
	requests := &counted{RoundTripper: newTransport()}
	h, err := Alertmanager(base, AlertmanagerResendEvery(time.Second), AlertmanagerTransport(requests))
	if err != nil {
		t.Fatal(err)
	}
	d, _ := deliverTo(h)
	a := highErrorRate()
	a.StartsAt = time.Now()
	d.send(a)
	const begins, ends = "firing GenmeterHighErrorRate", "resolved GenmeterHighErrorRate"
	hook.expect(t, begins)
	requests.more(t, 3)
	reminder := a
	reminder.Reminder, reminder.Value = true, 0.3
	d.send(reminder)
	asPrometheus(t, base, a)
	requests.more(t, 3)
	hook.expect(t, begins)

	d.send(over(a))
	hook.expect(t, begins, ends)
	requests.more(t, 3)
	hook.expect(t, begins, ends)

	// What fires at the end is left to expire: after 4 s here.
	stays := firingAlert("GenmeterStalled", "m")
	stays.StartsAt = time.Now()
	d.send(stays)
	hook.expect(t, begins, ends, "firing GenmeterStalled")
	closeDelivery(t, d)
	expectEqual(t, counts(d), "failed 0, lost 0")
	hook.expect(t, begins, ends, "firing GenmeterStalled", "resolved GenmeterStalled")

	own := newReceiver(t)
	w, err := Webhook(own.URL)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range []Alert{a, over(a)} {
		if err := w.HandleAlert(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		expectEqual(t, keysOf(t, own.message(i)), keysOf(t, hook.message(i)))
		// Who knows an alert by its groupKey or its fingerprint knows it from either.
		var ours, theirs webhookMessage
		if err := errors.Join(json.Unmarshal(own.message(i), &ours), json.Unmarshal(hook.message(i), &theirs)); err != nil {
			t.Fatal(err)
		}
		expectEqual(t, ours.GroupKey, theirs.GroupKey)
		expectEqual(t, ours.Alerts[0].Fingerprint, theirs.Alerts[0].Fingerprint)
		expectEqual(t, ours.Alerts[0].StartsAt, theirs.Alerts[0].StartsAt)
	}
}

// asPrometheus tells Alertmanager of an alert as Prometheus does whose rule has the same labels.
func asPrometheus(t *testing.T, base string, a Alert) {
	t.Helper()
	body, err := json.Marshal([]map[string]any{{
		"labels": a.Labels, "annotations": map[string]string{"summary": "Prometheus's own words"},
		"startsAt": a.StartsAt.Add(5 * time.Second), "endsAt": time.Now().Add(5 * time.Second),
		"generatorURL": "http://prometheus:9090/graph",
	}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPoster(base+"/api/v2/alerts", newTransport())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.post(t.Context(), body); err != nil {
		t.Fatal(err)
	}
}

// keysOf lists the paths of every value of a JSON document, and its type.
func keysOf(t *testing.T, document []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatal(err)
	}
	var paths []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(path+"."+key, v[key])
			}
		case []any:
			for i := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), v[i])
			}
		default:
			paths = append(paths, fmt.Sprintf("%s %T", path, v))
		}
	}
	walk("", v)
	return strings.Join(paths, "\n")
}
