package grafana_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDemo runs what make demo runs: Prometheus answers what the Overview asks, an alert arrives in the Alertmanager, once, and
// nothing is left when it is interrupted.
func TestDemo(t *testing.T) {
	findProgram(t, "prometheus")
	findProgram(t, "prometheus-alertmanager")
	d := startDemo(t)
	d.until(t, "the alert fires in genmeter and in Prometheus", func() bool {
		local := get[struct {
			Alerts []struct{ Name, State string }
		}](d.genmeter + "/api/v1/alerts")
		there, err := d.prom.instant(`ALERTS{alertname="GenmeterHighErrorRate", alertstate="firing"}`, now())
		return err == nil && len(there) == 1 && slices.Contains(local.Alerts, struct{ Name, State string }{"high_error_rate", "firing"})
	})
	d.until(t, "it is in the Alertmanager", func() bool { return d.alerts() > 0 })
	if n := d.alerts(); n != 1 {
		t.Errorf("genmeter's alert and Prometheus's are %d alerts to the Alertmanager, want one", n)
	}
	var missing []string
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("last, there was no answer to %q", missing)
		}
	})
	d.until(t, "Prometheus answers the Overview", func() bool {
		missing = d.unanswered(t, "overview")
		return len(missing) == 0
	})
	if lost, err := d.prom.instant(`sum(genmeter_events_rejected_total) + sum(genmeter_events_dropped_total) > 0`, now()); err != nil || len(lost) > 0 {
		t.Errorf("events are lost: %v, error %v", lost, err)
	}
	d.interrupt(t)
}

type demo struct {
	cmd                    *exec.Cmd
	log, dir               string
	genmeter, alertmanager string // URLs
	prom                   *prom
	ended                  chan error
}

func startDemo(t *testing.T) *demo {
	t.Helper()
	program := filepath.Join(t.TempDir(), "genmeter")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "../cmd/genmeter")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does, whose packages are compiled already
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	ports := freePorts(t, 3)
	at := func(i int) string { return "http://127.0.0.1:" + ports[i] }
	d := &demo{
		cmd: exec.Command("../scripts/demo"), log: filepath.Join(t.TempDir(), "log"), dir: t.TempDir(),
		genmeter: at(0), prom: &prom{at(1)}, alertmanager: at(2), ended: make(chan error, 1),
	}
	log, err := os.Create(d.log)
	must(t, err)
	defer log.Close()
	d.cmd.Stdout, d.cmd.Stderr = log, log
	d.cmd.Env = append(os.Environ(), "GENMETER="+program, "TMPDIR="+d.dir, "DEMO_SPEED=30",
		"GENMETER_PORT="+ports[0], "PROMETHEUS_PORT="+ports[1], "ALERTMANAGER_PORT="+ports[2])
	must(t, d.cmd.Start())
	go func() { d.ended <- d.cmd.Wait(); close(d.ended) }()
	t.Cleanup(func() {
		_ = d.cmd.Process.Signal(syscall.SIGTERM) // when the test has failed before it did
		<-d.ended
		if text, err := os.ReadFile(d.log); t.Failed() {
			t.Logf("the demo said, error %v:\n%s", err, text)
		}
	})
	return d
}

// freePorts returns ports that were free together, so that no two are the same.
func freePorts(t *testing.T, n int) (ports []string) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer l.Close()
		_, port, err := net.SplitHostPort(l.Addr().String())
		must(t, err)
		ports = append(ports, port)
	}
	return ports
}

// until waits until f returns true.
func (d *demo) until(t *testing.T, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !f(); {
		select {
		case <-tick.C:
		case err := <-d.ended:
			t.Fatalf("the demo ended by itself, error %v, before: %s", err, what)
		case <-late:
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func now() float64 { return float64(time.Now().UnixMilli()) / 1000 }

// get returns what is at a URL; nothing while nobody answers.
func get[T any](from string) (v T) {
	resp, err := http.Get(from)
	if err != nil {
		return v
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		_ = json.Unmarshal(body, &v)
	}
	return v
}

// alerts returns how many high error rates the Alertmanager has.
func (d *demo) alerts() int {
	return len(get[[]struct{}](d.alertmanager + "/api/v2/alerts?filter=" + url.QueryEscape(`alertname="GenmeterHighErrorRate"`)))
}

// unanswered asks what a dashboard asks, and returns the queries to which there is no answer.
func (d *demo) unanswered(t *testing.T, name string) (missing []string) {
	b := boards(t)[name]
	for _, panel := range b.Panels {
		for _, q := range panel.Targets {
			expr := choice{}.interpolate(b.Templating.List[1:], q.Expr)
			found, err := d.prom.instant(panel.interval(expr, 8*time.Second), now())
			if err != nil || !slices.ContainsFunc(found, series.known) {
				missing = append(missing, fmt.Sprintf("%s: %s, error %v", panel.Title, q.Expr, err))
			}
		}
	}
	return missing
}

// interrupt ends the demo as Ctrl-C does; there must be neither processes nor files of it then.
func (d *demo) interrupt(t *testing.T) {
	t.Helper()
	end := syscall.SIGINT
	if signal.Ignored(end) { // as behind nohup; a shell cannot change that
		end = syscall.SIGTERM
	}
	must(t, d.cmd.Process.Signal(end))
	select {
	case err := <-d.ended:
		must(t, err)
	case <-time.After(patience):
		t.Fatalf("it does not end within %v", patience)
	}
	if left, err := os.ReadDir(d.dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, error %v", left, err)
	}
	for _, address := range []string{d.genmeter, d.prom.url, d.alertmanager} {
		if conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://")); err == nil {
			t.Errorf("%s still listens", address)
			_ = conn.Close()
		}
	}
	processes, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, p := range processes {
		if line, err := os.ReadFile(p); err == nil && strings.Contains(string(line), d.dir) {
			t.Errorf("still running: %q", line)
		}
	}
}
