package alerting

import "time"

const highTokenUsage = "high_token_usage:"

// Thresholds are the limits of the rules that every run should have. A nil one switches its rule off: the zero
// Thresholds have no rules. (In afterimage.monitoring None means the default.) The rules look at means over a window
// of 5 min.
type Thresholds struct {
	MinSuccessRate            *float64       // low_success_rate: 0 to 1
	MaxGenerationTime         *time.Duration // high_generation_time
	MaxErrorRate              *float64       // high_error_rate: 0 to 1
	MaxPromptTokenMean        *float64       // high_token_usage:prompt: tokens a call
	MaxCompletionTokenMean    *float64       // high_token_usage:completion
	MaxTotalTokenMean         *float64       // high_token_usage:total
	MaxConversationLengthMean *float64       // long_conversations: turns

	// MaxStall is how long calls may be in progress without any success, counted from the start when nothing has succeeded
	// yet: stalled.
	MaxStall *time.Duration

	MaxCostUSD *float64 // of the whole run: over_budget

	// EventsLost has the rule events_lost fire when anything was rejected, or dropped by a handler, in the window.
	EventsLost bool

	Window     time.Duration // of all of them; 0 is 5 min
	For        time.Duration // as of a Rule
	MinSamples int           // as of a Rule
}

// DefaultThresholds returns the limits of afterimage.monitoring, a stall of 10 min, and events_lost. There is no budget
// until MaxCostUSD is set.
func DefaultThresholds() Thresholds {
	return Thresholds{
		MinSuccessRate:            new(0.8),
		MaxGenerationTime:         new(30 * time.Second),
		MaxErrorRate:              new(0.2),
		MaxPromptTokenMean:        new(4096.0),
		MaxCompletionTokenMean:    new(4096.0),
		MaxTotalTokenMean:         new(8192.0),
		MaxConversationLengthMean: new(2.0),
		MaxStall:                  new(10 * time.Minute),
		EventsLost:                true,
	}
}

// Rules returns the rules of the thresholds that are set.
func (t Thresholds) Rules() []Rule {
	var rules []Rule
	add := func(limit *float64, r Rule) {
		if limit != nil {
			r.Threshold, r.Window, r.For, r.MinSamples = *limit, t.Window, t.For, t.MinSamples
			rules = append(rules, r.withDefaults())
		}
	}
	mean := func(limit *float64, name, metric string) {
		add(limit, Rule{Name: name, Metric: metric, Level: Warning})
	}
	add(t.MinSuccessRate, Rule{Name: "low_success_rate", Metric: "success_rate", Comparison: Below, Level: Warning})
	mean(inSeconds(t.MaxGenerationTime), "high_generation_time", "generation_time")
	add(t.MaxErrorRate, Rule{Name: "high_error_rate", Metric: "error_rate", Level: Error})
	mean(t.MaxPromptTokenMean, highTokenUsage+"prompt", "prompt_token_count")
	mean(t.MaxCompletionTokenMean, highTokenUsage+"completion", "completion_token_count")
	mean(t.MaxTotalTokenMean, highTokenUsage+"total", "total_token_count")
	mean(t.MaxConversationLengthMean, "long_conversations", "conversation_length")
	add(inSeconds(t.MaxStall), Rule{Name: "stalled", Level: Error, source: fromStall})
	add(t.MaxCostUSD, Rule{Name: "over_budget", Level: Error, source: fromCost})
	if t.EventsLost {
		add(new(0.0), Rule{Name: "events_lost", Level: Warning, source: fromLosses})
	}
	return rules
}

func inSeconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	return new(d.Seconds())
}
