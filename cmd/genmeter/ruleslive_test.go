package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/exporter"
	"github.com/genmeter/genmeter/monitor"
)

// apart is by how much the local rules and a real Prometheus may differ, which scrapes and evaluates once a second: a second
// each, and one for a busy machine.
const apart = 3 * time.Second

// change is an alert that begins or ends.
type change struct {
	at    time.Time
	fires bool
}

// TestRulesLive has a real Prometheus evaluate the printed rules while the local ones judge the same monitor, over windows of
// seconds.
func TestRulesLive(t *testing.T) {
	t.Parallel()
	thresholds := alerting.DefaultThresholds()
	thresholds.Window, thresholds.MaxStall = 10*time.Second, new(5*time.Second)
	slow := alerting.Rule{
		Name: "slow_first_token", Metric: "time_to_first_token", Statistic: alerting.P95, Threshold: 2,
		Window: 10 * time.Second, For: 2 * time.Second, Level: alerting.Warning,
	}
	p := startPrometheusWithRules(t, append(thresholds.Rules(), slow))

	prov, err := exporter.New()
	must(t, err)
	mon, err := monitor.New(prov.MeterProvider())
	must(t, err)
	al, err := alerting.New(mon, thresholds, alerting.WithRules(slow), alerting.WithInterval(time.Second))
	must(t, err)
	server := httptest.NewServer(prov.Handler())
	t.Cleanup(func() {
		server.Close()
		must(t, al.Shutdown(context.Background()), mon.Shutdown(context.Background()), prov.Shutdown(context.Background()))
	})
	p.addTarget(t, "live", strings.TrimPrefix(server.URL, "http://"))
	must(t, until(func() error {
		up, err := p.query(`up{job="live"} == 1`, "job")
		if err == nil && len(up) == 0 {
			err = fmt.Errorf("not scraped yet")
		}
		return err
	}))

	begun := time.Now()
	local := playLive(mon, al)
	time.Sleep(apart)
	prometheus := p.alertChanges(t, begun)
	for _, name := range []string{
		"GenmeterHighErrorRate", "GenmeterLowSuccessRate", "GenmeterHighPromptTokenUsage", "GenmeterEventsLost",
		"GenmeterStalled", "GenmeterSlowFirstToken",
	} {
		if len(local[name]) != 2 {
			t.Errorf("%s changed %d times here, want 2", name, len(local[name]))
		}
	}
	names := maps.Clone(local)
	maps.Copy(names, prometheus)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		compareChanges(t, name, begun, local[name], prometheus[name])
	}
}

// playLive makes calls: good ones, failing and long ones, good ones, and some that hang. It returns what alerts did.
func playLive(mon *monitor.Monitor, al *alerting.Alerter) map[string][]change {
	ctx, changes := context.Background(), make(map[string][]change)
	good := monitor.Generation{
		Provider: "p", Model: "m", Success: true, Duration: time.Second, TimeToFirstToken: 300 * time.Millisecond,
		PromptTokens: 500, CompletionTokens: 100, FinishReason: "stop", Turns: 1,
	}
	bad := good
	bad.Success, bad.Error, bad.PromptTokens, bad.TimeToFirstToken = false, "429 Too Many Requests", 100_000, 20*time.Second
	var hanging *monitor.Call
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for step := range 430 {
		now := <-tick.C
		if step%10 == 0 {
			for _, a := range al.Evaluate(now) {
				name := a.Labels["alertname"]
				changes[name] = append(changes[name], change{now, a.State == alerting.Firing})
			}
		}
		switch {
		case step == 60:
			mon.CountRejected("file", "malformed", 3)
		case step >= 80 && step < 160:
			mon.TrackGeneration(ctx, bad)
		case step == 300:
			hanging = mon.Begin(good)
		case step > 300 && step < 400:
		case step == 400:
			hanging.End(ctx, func(g *monitor.Generation) { *g = good })
		default:
			mon.TrackGeneration(ctx, good)
		}
	}
	return changes
}

func compareChanges(t *testing.T, name string, begun time.Time, local, prometheus []change) {
	since := func(changes []change) (text []string) {
		for _, c := range changes {
			text = append(text, fmt.Sprintf("%v at %.1f s", c.fires, c.at.Sub(begun).Seconds()))
		}
		return text
	}
	t.Logf("%s: firing is %v here, %v in Prometheus", name, since(local), since(prometheus))
	ok := len(local) == len(prometheus)
	for i := 0; ok && i < len(local); i++ {
		ok = local[i].fires == prometheus[i].fires && local[i].at.Sub(prometheus[i].at).Abs() <= apart
	}
	if !ok {
		t.Errorf("%s does not fire alike", name)
	}
}

// startPrometheusWithRules starts one that evaluates the alerts once a second.
func startPrometheusWithRules(t *testing.T, rules []alerting.Rule) *prom {
	var file bytes.Buffer
	must(t, alerting.WriteRules(&file, rules))
	const group = "- name: genmeter.alerts\n"
	path := filepath.Join(t.TempDir(), "rules.yml")
	must(t, os.WriteFile(path, bytes.Replace(file.Bytes(), []byte(group), []byte(group+"    interval: 1s\n"), 1), 0o600))
	return startPrometheusAt(t, findProgram(t, "prometheus"), fmt.Sprintf("rule_files: [%q]\n", path))
}

// alertChanges returns when each alert began and ceased to fire since begun.
func (p *prom) alertChanges(t *testing.T, begun time.Time) map[string][]change {
	t.Helper()
	from, to := begun.Unix(), time.Now().Unix()
	code, body, err := fetch(fmt.Sprintf("%s/api/v1/query_range?query=%s&start=%d&end=%d&step=1", p.url,
		url.QueryEscape(`ALERTS{alertstate="firing"}`), from, to), "")
	must(t, err)
	var answer struct {
		Status string
		Data   struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Status != "success" {
		t.Fatalf("%d %s %v", code, body, err)
	}
	changes := make(map[string][]change)
	for _, r := range answer.Data.Result {
		firing := make(map[int64]bool)
		for _, v := range r.Values {
			firing[int64(v[0].(float64))] = true
		}
		name := r.Metric["alertname"]
		for at := from + 1; at <= to; at++ {
			if firing[at] != firing[at-1] {
				changes[name] = append(changes[name], change{time.Unix(at, 0), firing[at]})
			}
		}
	}
	return changes
}
