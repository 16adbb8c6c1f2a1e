// Package timespan reads lengths of time as people who know Go or Prometheus write them.
package timespan

import (
	"math"
	"regexp"
	"strconv"
	"time"
)

// longUnits matches the units that Prometheus has and Go has not, each at most once and in this order, before what Go
// reads.
var longUnits = regexp.MustCompile(`^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(.*)$`)

const day = 24 * time.Hour

// Parse reads "90s", "5m", "1h30m", "1.5h", "1d", "1w2d12h"; a day has 24 hours, a year 365 days. "0" is 0. It refuses
// an empty string and what is negative or too long to be counted in nanoseconds.
func Parse(s string) (d time.Duration, ok bool) {
	parts := longUnits.FindStringSubmatch(s)
	if s == "" || parts == nil { // a line break, which the dot does not match
		return 0, false
	}
	var total time.Duration
	for i, unit := range []time.Duration{365 * day, 7 * day, day} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > int64((math.MaxInt64-total)/unit) {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	if parts[4] != "" {
		rest, err := time.ParseDuration(parts[4])
		if err != nil || rest < 0 || rest > math.MaxInt64-total {
			return 0, false
		}
		total += rest
	}
	return total, true
}
