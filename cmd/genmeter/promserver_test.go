package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// prom is a real Prometheus on loopback.
type prom struct {
	url     string
	targets string // the directory in which it looks for targets
}

// findProgram skips the test where the program is not, but for CI, where a skipped test would be a lie.
func findProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	install := fmt.Sprintf("no %s in $PATH: apt-get install --no-install-recommends %[1]s", name)
	if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
		t.Fatal(install)
	}
	t.Skip(install)
	return ""
}

// startServer runs a server until the test ends, and waits until it answers at the URL.
func startServer(t *testing.T, ready, path string, args ...string) {
	t.Helper()
	cmd := exec.Command(path, args...)
	out := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = out, out
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", path, out)
		}
	})
	must(t, until(func() error {
		code, body, err := fetch(ready, "")
		if err == nil && code != 200 {
			err = fmt.Errorf("%s is not ready: %d %s", path, code, body)
		}
		return err
	}))
}

// startPrometheus starts one that scrapes once a second what addTarget gives it.
func startPrometheus(t *testing.T) *prom {
	return startPrometheusAt(t, findProgram(t, "prometheus"), "")
}

// startPrometheusAt starts the one at path, with more configuration and flags.
func startPrometheusAt(t *testing.T, path, config string, flags ...string) *prom {
	t.Helper()
	dir, address := t.TempDir(), freeAddress(t)
	file := filepath.Join(dir, "prometheus.yml")
	must(t, os.WriteFile(file, []byte("global: {scrape_interval: 1s, scrape_timeout: 1s}\n"+
		"scrape_configs:\n"+
		"- {job_name: none, file_sd_configs: [{files: ['*.json'], refresh_interval: 1s}]}\n"+
		"- {job_name: honored, honor_labels: true, file_sd_configs: [{files: ['honored/*.json'], refresh_interval: 1s}]}\n"+
		config), 0o600), os.Mkdir(filepath.Join(dir, "honored"), 0o700))
	p := &prom{url: "http://" + address, targets: dir}
	startServer(t, p.url+"/-/ready", path, append(flags, "--config.file="+file,
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address, "--log.level=warn")...)
	return p
}

// addTarget makes Prometheus scrape address under a name.
func (p *prom) addTarget(t *testing.T, job, address string) {
	target := fmt.Sprintf(`[{"targets": [%q], "labels": {"job": %q}}]`, address, job)
	hidden := filepath.Join(p.targets, job)
	must(t, os.WriteFile(hidden, []byte(target), 0o600), os.Rename(hidden, hidden+".json"))
}

// addPushgateway makes Prometheus scrape a Pushgateway, whose series keep their job.
func (p *prom) addPushgateway(t *testing.T, address string) {
	target := fmt.Sprintf(`[{"targets": [%q]}]`, address)
	must(t, os.WriteFile(filepath.Join(p.targets, "honored", "pushgateway.json"), []byte(target), 0o600))
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// query returns the value of each series by the value of label; "" where a series has no such label.
func (p *prom) query(promql, label string) (map[string]float64, error) {
	code, body, err := fetch(p.url+"/api/v1/query?query="+url.QueryEscape(promql), "")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Status, Error string
		Data          struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Status != "success" {
		return nil, fmt.Errorf("%s: %d %s %w", promql, code, body, err)
	}
	values := make(map[string]float64)
	for _, r := range answer.Data.Result {
		key := r.Metric[label]
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("%s: two series with %s=%q", promql, label, key)
		}
		if values[key], err = strconv.ParseFloat(r.Value[1].(string), 64); err != nil {
			return nil, fmt.Errorf("%s: %w", promql, err)
		}
	}
	return values, nil
}

// waitScrape waits until job was scraped at a time after after. The metric is one of the target's own, which a failed
// scrape does not have; it stands alone, because timestamp is that of a sample for nothing else.
func (p *prom) waitScrape(t *testing.T, job string, after time.Time) {
	t.Helper()
	must(t, until(func() error {
		seen, err := p.query(fmt.Sprintf("timestamp(genmeter_build_info{job=%q})", job), "job")
		if err == nil && seen[job]*1000 <= float64(after.UnixMilli()) {
			err = fmt.Errorf("job %s was last scraped at %v, want later than %v", job, seen[job], after)
		}
		return err
	}))
}
