package eventline

import (
	"strings"

	"github.com/genmeter/genmeter/internal/nearest"
	"github.com/genmeter/genmeter/monitor"
)

// Hint tells of a key that was kept as an attribute and looks as if it were meant for a field.
type Hint struct{ Key, Text string }

// WatchKeys makes d look for keys that seem to be meant for a field; see [Decoder.Hints]. It looks at so many different keys and no
// more until WatchKeys is called again: a sender of ever new ones must not keep the processor busy.
func (d *Decoder) WatchKeys() {
	if d.watched == nil || len(d.watched) == maxWatched {
		d.watched = make(map[watchedKey]string)
	}
}

// Hints returns what the last event's keys seem to be meant for; always nothing without [Decoder.WatchKeys]. It is valid until the
// next call to d.
func (d *Decoder) Hints() []Hint { return d.hints }

type watchedKey struct {
	kind monitor.Kind
	key  string
}

// Bounds of what is looked at and remembered.
const (
	maxWatchedKey = 64 // bytes; a longer one is no misspelling
	maxWatched    = 256
)

// watch notes a key that no field has. A run has few keys, so what is thought of one is remembered.
func (d *Decoder) watch(key []byte, kind monitor.Kind) {
	if d.watched == nil || len(key) > maxWatchedKey {
		return
	}
	text, known := d.watched[watchedKey{kind, string(key)}]
	if !known {
		if len(d.watched) == maxWatched {
			return
		}
		text = hintOf(string(key), kind)
		d.watched[watchedKey{kind, string(key)}] = text
	}
	if text != "" {
		d.hints = append(d.hints, Hint{validText(key), text})
	}
}

// hintOf says what a key seems to be meant for, "" when it seems to mean what it says.
func hintOf(key string, kind monitor.Kind) string {
	if (calls|used)&(1<<kind) == 0 {
		if f := fieldOf([]byte(key), monitor.KindGeneration); f == fieldCost || f == fieldUsage || reportedTo(f, &monitor.Event{}) != nil {
			return "only a generation, an evaluation or a usage has it"
		}
	} else if meant := foreign[strings.ToLower(key)]; meant != "" {
		return "did you mean " + meant + "?"
	}
	if near := nearest.Of(key, allKeys(kind)); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return ""
}

// foreign are names that other programs have for something that is read here, and that are not taken for it because they do not
// say their unit, or count otherwise.
var foreign = func() map[string]string {
	names := make(map[string]string)
	for meant, keys := range map[string]string{
		"duration, in seconds, or duration_ms": "latency latency_ms latency_s latency_seconds elapsed elapsed_ms elapsed_s " +
			"elapsed_seconds duration_s response_time response_time_ms",
		"time_to_first_token, in seconds":                                          "ttft ttft_ms time_to_first_token_ms first_token_latency first_token_latency_ms",
		"prompt_token_count and completion_token_count, or total_token_count":      "tokens num_tokens token_count usage_metadata usagemetadata",
		"completion_token_count":                                                   "candidates_token_count candidatestokencount", // Gemini's
		"completion_token_count, which counts them too, and reasoning_token_count": "thoughts_token_count thoughtstokencount",
		"cached_token_count":                                                       "cached_content_token_count cachedcontenttokencount",
		"cost_usd":                                                                 "cost price total_cost cost_dollars",
		"finish_reason":                                                            "stop_reason", // Anthropic's
		"success":                                                                  "ok succeeded",
	} {
		for _, key := range strings.Fields(keys) {
			names[key] = meant
		}
	}
	return names
}()
