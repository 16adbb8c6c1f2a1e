package grafana_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const patience = time.Minute

// prom is a real Prometheus on loopback.
type prom struct{ url string }

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

// startPrometheus starts one that scrapes the targets, given by job. Those of job "pushed" lose their instance, as what
// comes by a Pushgateway has none.
func startPrometheus(t *testing.T, targets map[string]string) *prom {
	t.Helper()
	path, dir := findProgram(t, "prometheus"), t.TempDir()
	config := fmt.Sprintf("global: {scrape_interval: %v, scrape_timeout: %[1]v}\nscrape_configs:\n", scrapeInterval)
	for job, target := range targets {
		config += fmt.Sprintf("- {job_name: %s, static_configs: [{targets: [%q]}]", job, strings.TrimPrefix(target, "http://"))
		if job == "pushed" {
			config += ", metric_relabel_configs: [{action: labeldrop, regex: instance}]"
		}
		config += "}\n"
	}
	file := filepath.Join(dir, "prometheus.yml")
	must(t, os.WriteFile(file, []byte(config), 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	must(t, listener.Close())

	var out strings.Builder
	cmd := exec.Command(path, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if _ = cmd.Wait(); t.Failed() {
			t.Logf("Prometheus said:\n%s", &out)
		}
	})
	return &prom{url: "http://" + address}
}

// series is one of an answer. An instant query has one value.
type series struct {
	Metric map[string]string
	Value  sample
	Values []sample
}

type results struct{ Result []series }

// sample is a time in seconds and a value.
type sample struct{ at, value float64 }

func (s *sample) UnmarshalJSON(text []byte) error {
	var pair [2]any
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	var err error
	s.at = pair[0].(float64)
	s.value, err = strconv.ParseFloat(pair[1].(string), 64)
	return err
}

// known reports whether there is a value to show.
func (s series) known() bool {
	for _, v := range append(s.Values, s.Value) {
		if v.at != 0 && !math.IsNaN(v.value) {
			return true
		}
	}
	return false
}

func (p *prom) instant(promql string, at float64) ([]series, error) {
	a := ask[results](p, "query", url.Values{"query": {promql}, "time": {seconds(at)}})
	return a.Data.Result, a.err
}

// graph asks for a minute until a time.
func (p *prom) graph(promql string, until float64, step time.Duration) ([]series, error) {
	a := ask[results](p, "query_range", url.Values{"query": {promql}, "start": {seconds(until - 60)},
		"end": {seconds(until)}, "step": {seconds(step.Seconds())}})
	return a.Data.Result, a.err
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }

// answer is what Prometheus's API says.
type answer[T any] struct {
	Status, Error string
	Data          T
	err           error
}

func ask[T any](p *prom, path string, q url.Values) (a answer[T]) {
	client := http.Client{Timeout: patience}
	resp, err := client.PostForm(p.url+"/api/v1/"+path, q)
	if err != nil {
		a.err = err
		return a
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if err == nil && a.Status != "success" {
		err = fmt.Errorf("%d: %s", resp.StatusCode, a.Error)
	}
	a.err = err
	return a
}
