package ingest

import (
	"errors"
	"os"
	"testing"
	"time"
)

// TestOTLPIntake: the export of an agent comes to its right answer, once, through a journal that fails at first.
func TestOTLPIntake(t *testing.T) {
	body, err := os.ReadFile("testdata/otlp/agent.json")
	if err != nil {
		t.Fatal(err)
	}
	mon, j := intakeMonitor(t), &memoryJournal{fail: errors.New("disk full")}
	o := NewOTLPIntake(NewIntake(mon, j, nil), OTLPOptions{})
	now := time.Now()
	if _, _, err := o.Traces(t.Context(), now, body, OTLPJSON); err != j.fail {
		t.Errorf("error %v", err)
	}
	if p := mon.Progress(); p.Calls != 0 {
		t.Errorf("%d calls without a journal", p.Calls)
	}
	j.fail = nil
	for range 2 { // sent again, and again
		if rejected, warning, err := o.Traces(t.Context(), now, body, OTLPJSON); err != nil || rejected != 0 || warning != "" {
			t.Errorf("%d rejected, %q, %v", rejected, warning, err)
		}
	}
	if err := o.Flush(t.Context(), now.Add(time.Hour)); err != nil {
		t.Error(err)
	}
	u, p := mon.TokenUsage(0), mon.Progress()
	if p.Calls != 3 || p.Failures != 1 || u.TotalPromptTokens != 470 || u.TotalCompletionTokens != 130 {
		t.Errorf("%+v, %+v", p, u)
	}
	var notOTLP *OTLPBodyError
	if _, _, err := o.Logs(t.Context(), now, []byte("nonsense"), OTLPJSON); !errors.As(err, &notOTLP) {
		t.Errorf("nonsense: %v", err)
	}
	if err := o.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := o.Traces(t.Context(), now, body, OTLPJSON); err != ErrIntakeClosed {
		t.Errorf("after the end: %v", err)
	}
}
