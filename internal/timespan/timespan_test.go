package timespan

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "500ms": 500 * time.Millisecond, "90s": 90 * time.Second, "5m": 5 * time.Minute,
		"1h30m": 90 * time.Minute, "1.5h": 90 * time.Minute, "1d": day, "1w2d12h": 9*day + 12*time.Hour, "1y": 365 * day,
	} {
		if got, ok := Parse(in); !ok || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{
		"", "5", "m", "-5m", "1d-5m", "5m1d", "2d1w", "5 m", "1d\n", "NaN", "300y", "99999999999999999999d", "292y2000000h",
		strings.Repeat("1h", 10_000) + "x",
	} {
		if got, ok := Parse(in); ok {
			t.Errorf("Parse(%.20q) = %v, want a refusal", in, got)
		}
	}
}
