package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

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
