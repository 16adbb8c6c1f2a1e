package web

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// longUnits matches the units that Prometheus has and Go has not, each at most once and in this order, before what Go
// reads.
var longUnits = regexp.MustCompile(`^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(.*)$`)

const day = 24 * time.Hour

// ParseWindow reads a length of time as Go or Prometheus write it: "90s", "5m", "1h30m", "1.5h", "1d", "1w2d12h"; a day
// has 24 hours, a year 365 days. Empty and "0" are 0, which means since the start. Negative lengths are errors.
func ParseWindow(s string) (time.Duration, error) {
	if s == "" || s == "0" {
		return 0, nil
	}
	parts := longUnits.FindStringSubmatch(s)
	if parts == nil { // a line break, which the dot does not match
		return 0, windowError(s)
	}
	var total time.Duration
	for i, unit := range []time.Duration{365 * day, 7 * day, day} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > int64((math.MaxInt64-total)/unit) {
			return 0, windowError(s)
		}
		total += time.Duration(n) * unit
	}
	if parts[4] != "" {
		rest, err := time.ParseDuration(parts[4])
		if err != nil || rest < 0 || rest > math.MaxInt64-total {
			return 0, windowError(s)
		}
		total += rest
	}
	return total, nil
}

func windowError(s string) error {
	return fmt.Errorf("window %s: want a duration such as 30s, 5m, 1h30m or 1d, or 0 for since the start", quoted(s))
}
