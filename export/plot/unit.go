package plot

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// unit is what the values of an axis are counted in. The zero unit has no name.
type unit uint8

const (
	plain unit = iota
	seconds
	tokens
	dollars
	share // from 0 to 1, shown in per cent
	turns
)

// axis returns the title of an axis of values in that unit.
func (u unit) axis() string {
	return [...]string{"value", "seconds", "tokens", "US$", "share in %", "turns"}[u]
}

// text prints a value with its unit.
func (u unit) text(v float64) string {
	switch u {
	case seconds:
		return number(v) + " s"
	case tokens:
		return number(v) + " tokens"
	case dollars:
		if math.Abs(v) >= 1 && math.Abs(v) < 1e12 {
			return "US$ " + grouped(strconv.FormatFloat(v, 'f', 2, 64))
		}
		return "US$ " + number(v)
	case share:
		return number(v*100) + " %"
	}
	return number(v)
}

// builtins are the metrics that only calls, evaluations and records feed.
var builtins = map[string]unit{
	"generation_time": seconds, "success_rate": share, "error_rate": share, "prompt_token_count": tokens,
	"completion_token_count": tokens, "total_token_count": tokens, "conversation_length": turns,
	"time_to_first_token": seconds, "cost_usd": dollars, "evaluation_time": seconds, "evaluation_error_rate": share,
	"acceptance_rate": share,
}

const (
	prefixModel  = "model_usage:"
	prefixFinish = "finish_reason:"
	prefixScore  = "evaluation_score_"
)

func builtin(metric string) bool {
	_, ok := builtins[metric]
	return ok || strings.HasPrefix(metric, prefixModel) || strings.HasPrefix(metric, prefixFinish) ||
		strings.HasPrefix(metric, prefixScore)
}

// binLength prints how wide a bin is: whole days stay days.
func binLength(width time.Duration) string {
	if width > day {
		return count(int64(width/day)) + " d"
	}
	return length(width)
}

// length prints a length of time with at most two units, such as "1 h 5 min".
func length(d time.Duration) string {
	if d < time.Second {
		return number(float64(d)/float64(time.Millisecond)) + " ms"
	}
	if d < time.Minute {
		return number(d.Seconds()) + " s"
	}
	units := [...]struct {
		size time.Duration
		name string
	}{{365 * day, "y"}, {day, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	for i, u := range units {
		if d < u.size {
			continue
		}
		text := count(int64(d/u.size)) + " " + u.name
		if i+1 < len(units) {
			if rest := d % u.size / units[i+1].size; rest > 0 {
				text += " " + count(int64(rest)) + " " + units[i+1].name
			}
		}
		return text
	}
	return "0 s"
}
