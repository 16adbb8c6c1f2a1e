package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestAwaitAlerts: a sidecar that has just begun is asked again, and for how long that is worth it.
func TestAwaitAlerts(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked < 3 {
			_, _ = io.WriteString(w, `{"evaluated_at":null,"alerts":[]}`)
			return
		}
		_, _ = io.WriteString(w, `{"evaluated_at":"2026-03-01T12:00:00Z","alerts":[]}`)
	}))
	defer srv.Close()
	var log strings.Builder
	e := env{logger: slog.New(slog.NewTextHandler(&log, nil))}
	if alerts, err := awaitAlerts(t.Context(), e, srv.URL, patience, 0); err != nil || alerts != nil || asked != 3 {
		t.Errorf("asked %d times: %v, %v", asked, alerts, err)
	}
	if strings.Count(log.String(), "has not judged its rules yet: waiting for that") != 1 {
		t.Errorf("log: %s", &log)
	}
	asked = -1 << 20
	if _, err := awaitAlerts(t.Context(), e, srv.URL, 50*time.Millisecond, patience); !errors.Is(err, errNotJudged) {
		t.Errorf("never judged: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := awaitAlerts(ctx, e, srv.URL, patience, patience); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestAskAlerts(t *testing.T) {
	var answer http.HandlerFunc
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer srv.Close()
	address := strings.Replace(srv.URL, "http://", "http://me:hidden@", 1) + "/genmeter/"

	answer = func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "hidden" || r.URL.String() != "/genmeter/api/v1/alerts?state=firing" {
			t.Errorf("asked for %v by %q", r.URL, user)
		}
		_, _ = io.WriteString(w, `{"evaluated_at":"2026-03-01T12:00:00Z","alerts":[{"name":"slow","level":"error","message":"m",`+
			`"starts_at":"2026-03-01T11:00:00Z","ends_at":null,"value":null,"threshold":2,"new_field":1}]}`)
	}
	alerts, err := askAlerts(t.Context(), address)
	if err != nil || len(alerts) != 1 || alerts[0].Name != "slow" || alerts[0].Value != nil || *alerts[0].Threshold != 2 {
		t.Errorf("got %+v, %v", alerts, err)
	}

	for body, want := range map[string]string{
		`{"evaluated_at":null,"alerts":[]}`: "has not judged its rules yet",
		`{}`:                                `found "{}", expected the alerts of a genmeter sidecar`,
		"<html>\n":                          `found "<html>", expected the alerts of a genmeter sidecar`,
		"404":                               "answers 404 Not Found: 404",
		"302":                               "answers 302 Found",
		strings.Repeat(" ", maxAlertsOf+1):  "answers with more than 16 MiB",
	} {
		answer = func(w http.ResponseWriter, _ *http.Request) {
			switch body {
			case "404":
				w.WriteHeader(http.StatusNotFound)
			case "302":
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(http.StatusFound)
			}
			_, _ = io.WriteString(w, body)
		}
		if _, err := askAlerts(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "hidden") {
			t.Errorf("%.20q: error %v, want %q", body, err, want)
		}
	}
	for _, address := range []string{"http://", "http://a b:hidden@h/", "http://me:hidden@h/?x=1", "http://%zz/"} {
		if _, err := askAlerts(t.Context(), address); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
