package deploy_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"testing"
	"time"
)

// patience is how long a server may take to start.
const patience = 30 * time.Second

// startAlertmanager runs one with this folder's configuration until the test ends, and returns its URL.
func startAlertmanager(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := l.Addr().String()
	l.Close()
	var log bytes.Buffer
	cmd := program(t, "prometheus-alertmanager", "prometheus-alertmanager", "--config.file="+alertmanagerConfig,
		"--storage.path="+t.TempDir(), "--web.listen-address="+address, "--cluster.listen-address=", "--log.level=error")
	cmd.Stdout, cmd.Stderr = &log, &log
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	stop := func() { _ = cmd.Process.Kill(); <-ended }
	t.Cleanup(stop)
	for deadline := time.Now().Add(patience); ; {
		resp, err := http.Get("http://" + address + "/-/ready")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == 200 {
				return "http://" + address
			}
		}
		if time.Now().After(deadline) {
			stop()
			t.Fatalf("Alertmanager does not answer: %v\n%s", err, &log)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// alert is what the rules fire: run is there where the generator has a name.
type alert struct {
	Name     string `json:"alertname"`
	Instance string `json:"instance"`
	Run      string `json:"run,omitempty"`
	Job      string `json:"job"`
}

// TestInhibition has a real Alertmanager say which alerts it holds back.
func TestInhibition(t *testing.T) {
	t.Parallel()
	held := map[alert]bool{
		{Name: "GenmeterStalled", Instance: "stalled", Run: "a"}:             false,
		{Name: "GenmeterHighErrorRate", Instance: "stalled", Run: "a"}:       false, // it says why
		{Name: "GenmeterLowSuccessRate", Instance: "stalled", Run: "a"}:      true,
		{Name: "GenmeterHighGenerationTime", Instance: "stalled", Run: "a"}:  true,
		{Name: "GenmeterHighTotalTokenUsage", Instance: "stalled", Run: "a"}: true,
		{Name: "GenmeterEventsLost", Instance: "stalled", Run: "a"}:          false,

		// The next worker of the same run has troubles of its own.
		{Name: "GenmeterLowSuccessRate", Instance: "next", Run: "a"}:       false,
		{Name: "GenmeterHighGenerationTime", Instance: "next", Run: "a"}:   false,
		{Name: "GenmeterHighPromptTokenUsage", Instance: "next", Run: "a"}: false,
		{Name: "GenmeterHighTotalTokenUsage", Instance: "next", Run: "a"}:  true,

		{Name: "GenmeterHighErrorRate", Instance: "nameless"}:  false,
		{Name: "GenmeterLowSuccessRate", Instance: "nameless"}: true,
	}
	type labeled struct {
		Labels alert `json:"labels"`
	}
	var firing []labeled
	want := make(map[alert]bool)
	for a, isHeld := range held {
		a.Job = "genmeter"
		firing, want[a] = append(firing, labeled{a}), isHeld
	}
	body, err := json.Marshal(firing)
	must(t, err)

	am := startAlertmanager(t)
	resp, err := http.Post(am+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	// It takes alerts in before it looks which of them inhibit which.
	got, deadline := map[alert]bool(nil), time.Now().Add(patience)
	for !maps.Equal(got, want) && time.Now().Before(deadline) {
		got = heldBack(t, am)
		time.Sleep(20 * time.Millisecond)
	}
	for a, isHeld := range want {
		if g, ok := got[a]; !ok || g != isHeld {
			t.Errorf("%+v: held back %t (there: %t), want %t", a, g, ok, isHeld)
		}
	}
}

func heldBack(t *testing.T, am string) map[alert]bool {
	t.Helper()
	resp, err := http.Get(am + "/api/v2/alerts")
	must(t, err)
	defer resp.Body.Close()
	var answer []struct {
		Labels alert
		Status struct{ InhibitedBy []string }
	}
	must(t, json.NewDecoder(resp.Body).Decode(&answer))
	all := make(map[alert]bool)
	for _, a := range answer {
		all[a.Labels] = len(a.Status.InhibitedBy) > 0
	}
	return all
}
