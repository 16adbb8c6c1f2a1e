package eventline

import (
	"log/slog"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// TestDecodeProviderUsage: what OpenAI and Anthropic answer with counts as they mean it, given whole or key by key, in any order.
func TestDecodeProviderUsage(t *testing.T) {
	type tokens struct{ prompt, completion, total, cached, cacheWrite, reasoning int64 }
	for members, want := range map[string]tokens{
		// OpenAI, Chat Completions: cached tokens are in the prompt, reasoning in the completion.
		`"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},` +
			`"completion_tokens_details":{"reasoning_tokens":64,"accepted_prediction_tokens":1}}`: {2006, 300, 2306, 1920, 0, 64},
		`"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920}`: {2006, 300, 2306, 1920, 0, 0},
		`"usage":{"prompt_tokens":8,"total_tokens":8,"prompt_tokens_details":null}`:                                       {8, 0, 8, 0, 0, 0},
		// OpenAI, Responses.
		`"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":20},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":123}`: {36, 87, 123, 20, 0, 7},
		// Anthropic, Messages: cached tokens come on top.
		`"usage":{"input_tokens":21,"cache_creation_input_tokens":188086,"cache_read_input_tokens":4,"output_tokens":393,"service_tier":"standard",` +
			`"cache_creation":{"ephemeral_5m_input_tokens":188086}}`: {188111, 393, 0, 4, 188086, 0},
		`"usage":{"cache_read_input_tokens":4,"input_tokens":21,"output_tokens":393,"cache_creation_input_tokens":null}`: {25, 393, 0, 4, 0, 0},
		`"cache_read_input_tokens":4,"output_tokens":3,"input_tokens":21`:                                                {25, 3, 0, 4, 0, 0},
		`"usage":{"input_tokens":0,"cache_read_input_tokens":500,"output_tokens":3}`:                                     {500, 3, 0, 500, 0, 0},
		// A gateway that has added them already, LiteLLM's mixture, and our own key beside theirs.
		`"usage":{"input_tokens":25,"cache_read_input_tokens":4,"output_tokens":3,"total_tokens":28}`:                          {25, 3, 28, 4, 0, 0},
		`"usage":{"prompt_tokens":25,"completion_tokens":3,"total_tokens":28,"cache_read_input_tokens":4}`:                     {25, 3, 28, 4, 0, 0},
		`"prompt_token_count":25,"usage":{"input_tokens":21,"cache_read_input_tokens":4}`:                                      {25, 0, 0, 4, 0, 0},
		`"input_tokens":21,"cache_read_input_tokens":4,"prompt_token_count":25`:                                                {25, 0, 0, 4, 0, 0},
		`"usage":{"prompt_tokens":7,"completion_tokens":1},"prompt_tokens":9,"completion_token_count":2,"total_token_count":9`: {7, 2, 9, 0, 0, 0},
		`"cached_tokens":3,"reasoning_tokens":2,"prompt_tokens":4,"output_tokens":5`:                                           {4, 5, 0, 3, 0, 2},
	} {
		for _, event := range []string{"generation", "evaluation", "usage"} {
			var ev monitor.Event
			d := NewDecoder(nil)
			if err := d.Decode([]byte(`{"event":"`+event+`",`+members+`}`), &ev); err != nil || len(d.Problems()) > 0 || len(ev.Attrs) > 0 {
				t.Errorf("%s: %v, %v, attributes %v", members, err, d.Problems(), ev.Attrs)
			}
			got := tokens{ev.PromptTokens, ev.CompletionTokens, ev.TotalTokens, ev.CachedTokens, ev.CacheWriteTokens, ev.ReasoningTokens}
			if got != want {
				t.Errorf("%s of %s: %+v, want %+v", members, event, got, want)
			}
		}
	}
}

// TestDecodeOtherNames: durations in the units that their names say, and what is somebody's own stays an attribute.
func TestDecodeOtherNames(t *testing.T) {
	for members, want := range map[string]monitor.Event{
		`"duration_seconds":1.5`:                    {Duration: 1500 * time.Millisecond},
		`"duration_ms":1857.000001`:                 {Duration: 1857000001},
		`"duration_ms":3,"duration":2`:              {Duration: 2 * time.Second},
		`"duration":2,"duration_ms":"long"`:         {Duration: 2 * time.Second},
		`"usage":"much"`:                            {Attrs: []slog.Attr{slog.String("usage", "much")}},
		`"usage":{"gpu_seconds":3}`:                 {Attrs: []slog.Attr{slog.String("usage", `{"gpu_seconds":3}`)}},
		`"usage":null`:                              {},
		`"latency":3`:                               {Attrs: []slog.Attr{slog.Int64("latency", 3)}},
		`"attributes":{"usage":{"input_tokens":3}}`: {Attrs: []slog.Attr{slog.String("usage", `{"input_tokens":3}`)}},
	} {
		want.Kind, want.Success = monitor.KindGeneration, true
		var got, again monitor.Event
		d := NewDecoder(nil)
		if err := d.Decode([]byte(`{"event":"generation",`+members+`}`), &got); err != nil || len(d.Problems()) > 0 {
			t.Errorf("%s: %v, %v", members, err, d.Problems())
		}
		equalEvents(t, got, want)
		if err := d.Decode(Append(nil, &got), &again); err != nil || len(d.Problems()) > 0 {
			t.Errorf("%s again: %v, %v", members, err, d.Problems())
		}
		equalEvents(t, again, want)
	}
	var record monitor.Event
	d := NewDecoder(nil)
	if err := d.Decode([]byte(`{"event":"record","usage":{"input_tokens":3},"duration_ms":3}`), &record); err != nil || len(record.Attrs) != 2 {
		t.Errorf("%v, %+v", err, record)
	}
}

// TestDecodeUsageProblems: a bad number in a usage object costs itself, and is named with its path.
func TestDecodeUsageProblems(t *testing.T) {
	var ev monitor.Event
	d := NewDecoder(nil)
	line := `{"event":"generation","usage":{"prompt_tokens":"12","completion_tokens":3,"prompt_tokens_details":{"cached_tokens":-1}},"duration_ms":NaN,"id":"kept"}`
	if err := d.Decode([]byte(line), &ev); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range d.Problems() {
		got = append(got, p.Key+" "+p.Reason)
	}
	equal(t, got, []string{"usage.prompt_tokens wrong_type", "usage.prompt_tokens_details.cached_tokens negative", "duration_ms not_finite"})
	equalEvents(t, ev, monitor.Event{Kind: monitor.KindGeneration, Success: true, CompletionTokens: 3, ID: "kept"})
	if err := d.Decode([]byte(`{"event":"generation","usage":{"prompt_tokens":1`), &ev); err == nil {
		t.Error("half a line is taken")
	}
}

// TestDecodeUsageAllocates: the providers' own objects cost no more than our own keys.
func TestDecodeUsageAllocates(t *testing.T) {
	d := NewDecoder(nil)
	d.WatchKeys()
	var ev monitor.Event
	line := []byte(`{"event":"generation","model":"m","usage":{"prompt_tokens":6,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}`)
	if n := testing.AllocsPerRun(100, func() { _ = d.Decode(line, &ev) }); n > 0 {
		t.Errorf("%v allocations a line, want 0", n)
	}
}
