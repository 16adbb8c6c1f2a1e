package alerting

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	f, err := Parse(strings.NewReader(`
thresholds:
  min_success_rate: 0.9
  max_generation_time: 1m30s
  max_error_rate: off
  max_stall: null
  max_conversation_length_mean: ~
  max_prompt_token_mean: 1_000
  max_cost_usd: 50
  events_lost: off
  window: 10m
  for: 1m
  min_samples: 20
rules:
  - name: slow_first_token
    metric: time_to_first_token
    statistic: p95
    above: 2
    window: 5m
    for: 1m
    level: error
    min_samples: 3
    model: 4
  - {name: few, metric: acceptance_rate, below: 5e-1}
interval: 30s
repeat_every: 1d
`), "alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	want := File{
		Thresholds: DefaultThresholds(),
		Rules: []Rule{
			{
				Name: "slow_first_token", Metric: "time_to_first_token", Statistic: P95, Threshold: 2, Window: 5 * time.Minute,
				For: time.Minute, Level: Error, MinSamples: 3, Model: "4",
			},
			{
				Name: "few", Metric: "acceptance_rate", Comparison: Below, Threshold: 0.5, Level: Warning,
				Window: defaultWindow, MinSamples: defaultMinSamples,
			},
		},
		Interval: new(30 * time.Second), RepeatEvery: new(24 * time.Hour),
	}
	w := &want.Thresholds
	w.MinSuccessRate, w.MaxGenerationTime, w.MaxErrorRate, w.MaxStall = new(0.9), new(90*time.Second), nil, nil
	w.MaxConversationLengthMean, w.MaxPromptTokenMean, w.MaxCostUSD, w.EventsLost = nil, new(1000.0), new(50.0), false
	w.Window, w.For, w.MinSamples = 10*time.Minute, time.Minute, 20
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got\n%+v\nwant\n%+v", f, want)
	}
	newFixture(t, f.Thresholds, f.Options()...)
}

// TestParseNothing: what says nothing is the defaults.
func TestParseNothing(t *testing.T) {
	want := File{Thresholds: DefaultThresholds()}
	for _, text := range []string{
		"", "\n", "# nothing\n", "---\n", "{}", "thresholds:\nrules:\n", "\ufeff---\n...\n", "thresholds: {}\nrules: []\n",
	} {
		if f, err := Parse(strings.NewReader(text), "f"); err != nil || !reflect.DeepEqual(f, want) {
			t.Errorf("Parse(%q) = %+v, %v", text, f, err)
		}
	}
}

// TestParseErrors: each testdata/file/NAME.yml has the faults that NAME.txt lists.
func TestParseErrors(t *testing.T) {
	inputs, err := filepath.Glob("testdata/file/*.yml")
	if err != nil || len(inputs) == 0 {
		t.Fatal(err, inputs)
	}
	for _, input := range inputs {
		golden := strings.TrimSuffix(input, ".yml") + ".txt"
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		got := "no error"
		if _, err := Parse(strings.NewReader(string(text)), "alerts.yml"); err != nil {
			got = err.Error() + "\n"
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || got != string(want) {
			t.Errorf("%s (%v): got\n%s\nwant\n%s", input, err, got, want)
		}
	}
}

func TestParseBounds(t *testing.T) {
	if _, err := Parse(strings.NewReader(strings.Repeat("# long\n", maxFileSize/7+1)), "f"); err == nil ||
		err.Error() != "f: larger than 1 MiB, the most that is read" {
		t.Error(err)
	}
	if _, err := Parse(strings.NewReader("a: 1\n"+strings.Repeat("x:\n- : \n", 200)), "f"); err == nil {
		t.Error("no error")
	}
	var many strings.Builder
	many.WriteString("rules:\n")
	for range maxRules + 1 {
		many.WriteString("- {}\n")
	}
	_, err := Parse(strings.NewReader(many.String()), "f")
	if err == nil || strings.Count(err.Error(), "\n") != maxFaults || !strings.HasSuffix(err.Error(), " more") {
		t.Errorf("%.2000v", err)
	}
}

func TestLoadFile(t *testing.T) {
	if _, err := LoadFile("testdata/missing.yml"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := LoadFile("testdata"); err == nil {
		t.Error("a folder was read")
	}
}

// FuzzParse: nothing panics, and what is good for Parse is good for New.
func FuzzParse(f *testing.F) {
	f.Add("thresholds: {min_success_rate: off, window: 1h}\nrules:\n- name: a\n  metric: b\n  above: 1\n- {name: c, metric: d, below: .5}\n")
	f.Add("a: &a [1, 2]\nb: *a\n<<: *a\n")
	f.Add("rules: [{name: low_success_rate, metric: m, above: 0x10}]\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse(strings.NewReader(text), "f")
		if err != nil {
			return
		}
		a := &Alerter{config: newConfig(file.Options())}
		if err := a.setRules(append(file.Thresholds.Rules(), a.config.rules...)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
