package export

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
	"syscall"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

func findProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	install := fmt.Sprintf("no %s in $PATH: apt-get install --no-install-recommends prometheus", name)
	if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
		t.Fatal(install)
	}
	t.Skip(install)
	return ""
}

// backfill has promtool make blocks of a run's OpenMetrics file, and a Prometheus serve them; it returns its URL.
func backfill(t *testing.T, src monitor.Source, opts ...Option) string {
	t.Helper()
	promtool, prometheus := findProgram(t, "promtool"), findProgram(t, "prometheus")
	dir := t.TempDir()
	file := filepath.Join(dir, "run.om")
	if err := os.WriteFile(file, encoded(t, encodeOpenMetrics, src, opts...), 0o600); err != nil {
		t.Fatal(err)
	}
	blocks := filepath.Join(dir, "data")
	if out, err := exec.Command(promtool, "tsdb", "create-blocks-from", "openmetrics", file, blocks).CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v: %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(prometheus, "--config.file="+config, "--storage.tsdb.path="+blocks, "--storage.tsdb.retention.time=100y",
		"--web.listen-address="+address, "--log.level=warn")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	base := "http://" + address
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get(base + "/-/ready"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return base
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("Prometheus is not ready after 30 s")
		}
	}
}

// query asks for an instant vector, by the values of one label; "" for none.
func query(t *testing.T, base, expr, label string, at time.Time) map[string]float64 {
	t.Helper()
	resp, err := http.Get(base + "/api/v1/query?" + url.Values{
		"query": {expr}, "time": {strconv.FormatInt(at.Unix(), 10)},
	}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Status string
		Data   struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v: %s", expr, err, body)
	}
	values := make(map[string]float64)
	for _, r := range answer.Data.Result {
		v, err := strconv.ParseFloat(r.Value[1].(string), 64)
		if err != nil {
			t.Fatal(err)
		}
		values[r.Metric[label]] = v
	}
	return values
}

// A Prometheus over the blocks that promtool makes of the file has the truth's totals, as values at the end and as what
// increased over the run.
func TestPrometheusOverABackfilledRun(t *testing.T) {
	for _, name := range runNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := recorded(t, name)
			var span omSpan
			for _, ev := range events(t, src) {
				span.see(&ev)
			}
			end := span.last.Add(omStep)
			base := backfill(t, src, WithInfo("run", "night"))
			compareTruth(t, base, tracked(t, name), end)
			if got := query(t, base, `count by (job, instance, run) ({job="genmeter",instance="backfill",run="night"})`, "run", end); got["night"] < 100 {
				t.Errorf("%v series with the constant labels", got)
			}
		})
	}
}

func compareTruth(t *testing.T, base string, want totals, end time.Time) {
	t.Helper()
	check := func(expr, label string, want map[string]float64) {
		t.Helper()
		got := query(t, base, expr, label, end)
		for value, n := range want {
			if math.Abs(got[value]-n) > 1e-9*math.Abs(n) {
				t.Errorf("%s: %q is %v, want %v", expr, value, got[value], n)
			}
		}
		for value, n := range got {
			if want[value] == 0 && n != 0 {
				t.Errorf("%s: %q is %v, want none", expr, value, n)
			}
		}
	}
	input, output, total := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for model, n := range want.Tokens {
		input[model], output[model], total[model] = float64(n["input"]), float64(n["output"]), float64(n["total"])
	}
	const model = "gen_ai_request_model"
	check(`sum by (`+model+`) (genmeter_tokens_total{type="input"})`, model, input)
	check(`sum by (`+model+`) (genmeter_tokens_total{type="output"})`, model, output)
	check(`sum by (`+model+`) (genmeter_tokens_total)`, model, total)
	check(`sum(genmeter_generations_total)`, "", map[string]float64{"": float64(want.Calls)})
	check(`sum by (outcome) (genmeter_generations_total{outcome="success"})`, "outcome", map[string]float64{"success": float64(want.Success)})
	check(`sum by (error_type) (genmeter_generation_failures_total)`, "error_type", floats(want.ErrorTypes))
	check(`sum by (finish_reason) (genmeter_generations_total{outcome="success",finish_reason!=""})`, "finish_reason", floats(want.Finish))
	check(`sum(gen_ai_client_operation_duration_seconds_sum)`, "", map[string]float64{"": want.DurationSum})
	check(`sum(genmeter_evaluations_total)`, "", map[string]float64{"": float64(want.Evaluations)})
	check(`sum(genmeter_records_total)`, "", map[string]float64{"": float64(want.Records)})
	counts, sums := map[string]float64{}, map[string]float64{}
	for score, v := range want.Scores {
		counts[score], sums[score] = v[0], v[1]
	}
	check(`sum by (score) (genmeter_evaluation_score_count)`, "score", counts)
	check(`sum by (score) (genmeter_evaluation_score_sum)`, "score", sums)
	check(`sum by (score) (genmeter_evaluation_score_bucket{le="+Inf"})`, "score", counts)
	// Every counter's first sample is 0, so that increase() sees all that came.
	check(`sum(min_over_time(genmeter_tokens_total[1d]))`, "", map[string]float64{"": 0})
	check(`sum(min_over_time(gen_ai_client_operation_duration_seconds_count[1d]))`, "", map[string]float64{"": 0})
}

func floats(counts map[string]int) map[string]float64 {
	m := make(map[string]float64, len(counts))
	for name, n := range counts {
		m[name] = float64(n)
	}
	return m
}
