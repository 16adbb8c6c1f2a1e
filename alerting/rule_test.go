package alerting

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// TestInvalidRules: the error tells every rule that is wrong, what it has and what is allowed.
func TestInvalidRules(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(t.Context())
	ok := Rule{Name: "ok", Metric: "m"}
	for want, change := range map[string]func(*Rule){
		"no name":                              func(r *Rule) { r.Name = "" },
		`name "Ok-1": want lower-case letters`: func(r *Rule) { r.Name = "Ok-1" },
		`name "1k": want`:                      func(r *Rule) { r.Name = "1k" },
		"no metric":                            func(r *Rule) { r.Metric = "" },
		"statistic unknown(99): want one of mean":              func(r *Rule) { r.Statistic = 99 },
		"comparison unknown(9): want above or below":           func(r *Rule) { r.Comparison = 9 },
		"level unknown(9): want one of info, warning":          func(r *Rule) { r.Level = 9 },
		"threshold NaN: want a finite number":                  func(r *Rule) { r.Threshold = math.NaN() },
		"window 2h0m0s: want 1s to 1h":                         func(r *Rule) { r.Window = 2 * time.Hour },
		"for -1s: want 0 or more":                              func(r *Rule) { r.For = -time.Second },
		"min_samples -1: want 1 or more":                       func(r *Rule) { r.MinSamples = -1 },
		"count below 5 never fires: with fewer than 5 samples": func(r *Rule) { r.Statistic, r.Comparison, r.Threshold = Count, Below, 5 },
		"success_rate above 1: its values are from 0 to 1":     func(r *Rule) { r.Metric, r.Threshold = "success_rate", 1 },
		"error_rate below 80: its values are from 0 to 1":      func(r *Rule) { r.Metric, r.Comparison, r.Threshold = "error_rate", Below, 80 },
		`model "a" and step "b"`:                               func(r *Rule) { r.Model, r.Step = "a", "b" },
		"there is another one named ok:high (GenmeterOkHigh)":  func(r *Rule) { r.Name = "ok:high" },
	} {
		r := ok
		change(&r)
		other := ok
		other.Name = "ok_high"
		_, err := New(mon, Thresholds{}, WithRules(other, r, r))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "rule 2") || !strings.Contains(err.Error(), "rule 3") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := New(mon, Thresholds{}, WithRules(make([]Rule, 2000)...)); err == nil || !strings.Contains(err.Error(), "2000 rules: want 1900 at most") {
		t.Error(err)
	}
	if _, err := New(nil, Thresholds{}); err == nil {
		t.Error("no monitor is no error")
	}
}

func TestAlertName(t *testing.T) {
	want := []string{
		"GenmeterLowSuccessRate", "GenmeterHighGenerationTime", "GenmeterHighErrorRate", "GenmeterHighPromptTokenUsage",
		"GenmeterHighCompletionTokenUsage", "GenmeterHighTotalTokenUsage", "GenmeterLongConversations", "GenmeterStalled",
		"GenmeterOverBudget", "GenmeterEventsLost",
	}
	thresholds := DefaultThresholds()
	thresholds.MaxCostUSD = new(1.0)
	for i, r := range thresholds.Rules() {
		if got := r.AlertName(); got != want[i] {
			t.Errorf("%s is %s, want %s", r.Name, got, want[i])
		}
		if err := r.validate(); err != nil {
			t.Error(err)
		}
	}
	if n := len(Thresholds{}.Rules()); n != 0 {
		t.Errorf("zero thresholds have %d rules", n)
	}
}

// TestNumbers: figures are written as people do.
func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"0": number(0), "12": number(12), "1,234,567": number(1234567), "-5,000": number(-5000), "1,235": number(1234.56),
		"123.5": number(123.46), "12.35": number(12.345), "0.0123": number(0.01234), "1.5": number(1.5),
		"$0.00": dollars(0), "$1,234.50": dollars(1234.5), "$0.0012": dollars(0.0012), "-$3.20": dollars(-3.2),
		"250 ms": duration(0.25), "1.5 s": duration(1.5), "90 s": duration(90), "2.5 min": duration(150), "10 min": duration(600),
		"3 h": duration(10800), "0 s": duration(0),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
