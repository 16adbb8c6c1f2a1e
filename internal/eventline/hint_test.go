package eventline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestHints: keys that seem to be meant for a field are told of, those that mean what they say are not.
func TestHints(t *testing.T) {
	for line, want := range map[string][]string{
		`{"event":"generation","promt_token_count":1,"Model_Name":"m","tenant":"a"}`: {
			"promt_token_count: did you mean prompt_token_count?", "Model_Name: did you mean model_name?"},
		`{"event":"generation","latency":1,"tokens":3,"Cost":1,"suxcess":true}`: {
			"latency: did you mean duration, in seconds, or duration_ms?",
			"tokens: did you mean prompt_token_count and completion_token_count, or total_token_count?",
			"Cost: did you mean cost_usd?", "suxcess: did you mean success?"},
		`{"event":"record","prompt_tokens":3,"usage":{},"cost_usd":1,"duration":2,"outcom":"failed"}`: {
			"prompt_tokens: only a generation, an evaluation or a usage has it",
			"usage: only a generation, an evaluation or a usage has it",
			"cost_usd: only a generation, an evaluation or a usage has it", "outcom: did you mean outcome?"},
		`{"event":"evaluation","score":{"a":1}}`: {"score: did you mean scores?"},
		`{"event":"generation","temperature":0.5,"seed":1,"worker":"a","stop":"x","metadata":{"latency":1},"attributes":{"latency":1}}`: nil,
		`{"event":"generation","` + strings.Repeat("promt_token_count", 4) + `":1}`:                                                     nil,
	} {
		var ev monitor.Event
		d := NewDecoder(nil)
		if err := d.Decode([]byte(line), &ev); err != nil || len(d.Hints()) > 0 {
			t.Errorf("%s unasked: %v, %v", line, err, d.Hints())
		}
		d.WatchKeys()
		for range 2 { // the second time it is remembered
			if err := d.Decode([]byte(line), &ev); err != nil {
				t.Error(err)
			}
			var got []string
			for _, h := range d.Hints() {
				got = append(got, h.Key+": "+h.Text)
			}
			equal(t, got, want)
		}
	}
}

// TestWatchedKeysAreBounded: a sender of ever new keys fills no memory.
func TestWatchedKeysAreBounded(t *testing.T) {
	d := NewDecoder(nil)
	d.WatchKeys()
	var ev monitor.Event
	for i := range 3 * maxWatched {
		if err := d.Decode(fmt.Appendf(nil, `{"event":"generation","key%d":1}`, i), &ev); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.watched); n != maxWatched {
		t.Errorf("%d keys are remembered", n)
	}
	hints := func() int {
		if err := d.Decode([]byte(`{"event":"generation","promt_tokens":1}`), &ev); err != nil {
			t.Fatal(err)
		}
		return len(d.Hints())
	}
	if n := hints(); n != 0 {
		t.Errorf("%d hints past the bound", n)
	}
	if d.WatchKeys(); hints() != 1 {
		t.Error("no hint after the next call of WatchKeys")
	}
}

// TestKeysAreFields: what is suggested is read.
func TestKeysAreFields(t *testing.T) {
	for kind := monitor.KindGeneration; kind <= monitor.KindUsage; kind++ {
		for _, key := range allKeys(kind) {
			if fieldOf([]byte(key), kind) == fieldNone {
				t.Errorf("%s of %s is no field", key, kind)
			}
		}
	}
	if n := len(allKeys(monitor.KindEvaluation)) - len(Keys(monitor.KindEvaluation)); n != len(otherNames) {
		t.Errorf("an evaluation has %d other names, want %d", n, len(otherNames))
	}
}

// TestForeignNamesAreNoFields: what is hinted at is kept as an attribute.
func TestForeignNamesAreNoFields(t *testing.T) {
	for key := range foreign {
		if f := fieldOf([]byte(key), monitor.KindGeneration); f != fieldNone {
			t.Errorf("%s is field %d", key, f)
		}
	}
}

func BenchmarkHint(b *testing.B) {
	for b.Loop() {
		hintOf("prompt_token_kount", monitor.KindGeneration)
	}
}
