package alerting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// highErrorRate is an alert that fires since noon.
func highErrorRate() Alert {
	return Alert{
		Name: "high_error_rate", Level: Error, State: Firing, Value: 0.25, Threshold: 0.2,
		Message: "error rate is 25 %, the mean of 40 calls in 5m0s: more than 20 %",
		Time:    noon.Add(time.Minute), StartsAt: noon,
		Labels: map[string]string{"severity": "critical", "alertname": "GenmeterHighErrorRate", "job": "genmeter"},
	}
}

// resolved returns the alert's end, at half past noon.
func resolved(a Alert) Alert {
	a.State, a.EndsAt, a.Time = Resolved, noon.Add(30*time.Minute), noon.Add(30*time.Minute)
	return a
}

func TestLogRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			level Level
			state State
			want  string
		}{
			{Info, Firing, "level=INFO"}, {Warning, Firing, "level=WARN"}, {Error, Firing, "level=ERROR"},
			{Info, Resolved, "level=INFO"}, {Warning, Resolved, "level=INFO"}, {Error, Resolved, "level=INFO"},
		} {
			var out bytes.Buffer
			err := Log(slog.New(slog.NewTextHandler(&out, nil))).HandleAlert(t.Context(), Alert{Level: c.level, State: c.state})
			if err != nil || !strings.Contains(out.String(), c.want+" ") {
				t.Errorf("%v %v: %v, logged %s", c.level, c.state, err, &out)
			}
		}
		var out bytes.Buffer
		h := Log(slog.New(slog.NewJSONHandler(&out, nil)))
		if err := errors.Join(h.HandleAlert(t.Context(), highErrorRate()),
			h.HandleAlert(t.Context(), resolved(highErrorRate()))); err != nil {
			t.Fatal(err)
		}
		const want = `{"time":"2000-01-01T00:00:00Z","level":"ERROR",` +
			`"msg":"error rate is 25 %, the mean of 40 calls in 5m0s: more than 20 %",` +
			`"alert":"high_error_rate","state":"firing","severity":"critical","value":0.25,"threshold":0.2,` +
			`"starts_at":"2026-03-01T12:00:00Z",` +
			`"labels":{"alertname":"GenmeterHighErrorRate","job":"genmeter","severity":"critical"}}
{"time":"2000-01-01T00:00:00Z","level":"INFO",` +
			`"msg":"error rate is 25 %, the mean of 40 calls in 5m0s: more than 20 %",` +
			`"alert":"high_error_rate","state":"resolved","severity":"critical","value":0.25,"threshold":0.2,` +
			`"starts_at":"2026-03-01T12:00:00Z","ends_at":"2026-03-01T12:30:00Z",` +
			`"labels":{"alertname":"GenmeterHighErrorRate","job":"genmeter","severity":"critical"}}
`
		expectEqual(t, strings.ReplaceAll(out.String(), time.Now().Format(time.RFC3339Nano), "2000-01-01T00:00:00Z"), want)
	})
}

// No key stands twice in a record: readers of JSON keep one of them, and not all the same one.
func TestLogKeysAreUnique(t *testing.T) {
	var out bytes.Buffer
	if err := Log(slog.New(slog.NewJSONHandler(&out, nil))).HandleAlert(t.Context(), highErrorRate()); err != nil {
		t.Fatal(err)
	}
	dec, seen := json.NewDecoder(&out), map[string]bool{}
	_, _ = dec.Token()
	for dec.More() {
		key, _ := dec.Token()
		if seen[fmt.Sprint(key)] {
			t.Errorf("%v stands twice", key)
		}
		seen[fmt.Sprint(key)] = true
		var value any
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLogDefault(t *testing.T) {
	old := slog.Default()
	defer slog.SetDefault(old)
	h := Log(nil)
	var log logBuffer
	slog.SetDefault(log.logger())
	if err := h.HandleAlert(t.Context(), highErrorRate()); err != nil {
		t.Fatal(err)
	}
	expectEqual(t, log.count("alert=high_error_rate"), 1)
}

// fullDisk is a slog.Handler that cannot write.
type fullDisk struct{ slog.Handler }

func (fullDisk) Enabled(_ context.Context, l slog.Level) bool  { return l >= slog.LevelWarn }
func (fullDisk) Handle(_ context.Context, _ slog.Record) error { return errors.New("disk full") }

func TestLogErrors(t *testing.T) {
	h := Log(slog.New(fullDisk{}))
	expectEqual(t, fmt.Sprint(h.HandleAlert(t.Context(), highErrorRate())), "disk full")
	expectEqual(t, h.HandleAlert(t.Context(), resolved(highErrorRate())), nil) // Info is off
}
