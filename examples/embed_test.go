package examples_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// TestGoGenerator runs the generator that embeds genmeter: what it tells at its end is what Prometheus and its API got.
func TestGoGenerator(t *testing.T) {
	t.Parallel()
	g := start(t, "generator", "-address=127.0.0.1:0", "-records=200", "-seconds=0.005", "-stay")
	until(t, func() error {
		if !strings.Contains(g.log.String(), "all rows are made") {
			return fmt.Errorf("the rows are not made:\n%s", g.log.String())
		}
		return nil
	})
	got, inProgress := told(t, g.url)
	if got.Accepted+got.Rejected+got.Failed != 200 || got.Failures == 0 || got.Rejected == 0 || inProgress != 0 {
		t.Errorf("it did %+v, and %d are in progress", got, inProgress)
	}
	metrics, err := get(g.url + "/metrics")
	for _, want := range []string{
		fmt.Sprintf("genmeter_records_total{outcome=\"accepted\"} %d\n", got.Accepted),
		fmt.Sprintf(`step="write",type="input"} %d`+"\n", got.PromptTokens),
		`error_type="rate_limit"`, `genmeter_alert_firing{alertname="GenmeterLowSuccessRate"`,
		"genmeter_records_target 200\n", `genmeter_generations_total{`, `service_name="example-generator"`,
	} {
		if err != nil || !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %q: %v\n%s", want, err, metrics)
		}
	}
	g.end(t, syscall.SIGTERM)
	for _, want := range []string{
		fmt.Sprintf("%d rows accepted, %d rejected, %d failed\n", got.Accepted, got.Rejected, got.Failed),
		fmt.Sprintf("%d calls, %d of them failed;", got.Calls, got.Failures),
		fmt.Sprintf("%d tokens in, %d out\n", got.PromptTokens, got.CompletionTokens),
	} {
		if !strings.Contains(g.log.String(), want) {
			t.Errorf("at its end it does not say %q:\n%s", want, g.log.String())
		}
	}
}
