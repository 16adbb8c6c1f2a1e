package web

import (
	"fmt"
	"time"

	"github.com/genmeter/genmeter/internal/timespan"
)

// ParseWindow reads a length of time as Go or Prometheus write it: "90s", "5m", "1h30m", "1.5h", "1d", "1w2d12h"; a day
// has 24 hours, a year 365 days. Empty and "0" are 0, which means since the start. Negative lengths are errors.
func ParseWindow(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	d, ok := timespan.Parse(s)
	if !ok {
		return 0, fmt.Errorf("window %s: want a duration such as 30s, 5m, 1h30m or 1d, or 0 for since the start", quoted(s))
	}
	return d, nil
}
