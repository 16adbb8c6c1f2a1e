package web

import (
	"strings"
	"testing"
	"time"
)

func TestParseWindow(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"":        0,
		"0":       0,
		"0s":      0,
		"90s":     90 * time.Second,
		"5m":      5 * time.Minute,
		"1h30m":   90 * time.Minute,
		"1.5h":    90 * time.Minute,
		"1d":      24 * time.Hour,
		"1w2d12h": (7*24+2*24)*time.Hour + 12*time.Hour,
		"1y":      365 * 24 * time.Hour,
		"500ms":   500 * time.Millisecond,
	} {
		if got, err := ParseWindow(in); err != nil || got != want {
			t.Errorf("ParseWindow(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestParseWindowErrors(t *testing.T) {
	for _, in := range []string{
		"5", "m", "-5m", "1d-5m", "5m1d", "2d1w", "5 m", "five minutes", "1d\n", "NaN",
		"300y", "99999999999999999999d", "292y2000000h", strings.Repeat("1h", 10_000) + "x",
	} {
		got, err := ParseWindow(in)
		if err == nil {
			t.Errorf("ParseWindow(%.20q) = %v, want an error", in, got)
			continue
		}
		if text := err.Error(); len(text) > 300 || !strings.Contains(text, "1h30m") {
			t.Errorf("ParseWindow(%.20q): error of %d bytes does not say what is wanted: %.300s", in, len(text), text)
		}
	}
}

// Whatever is read is not negative, and reads the same when Go has printed it.
func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"", "0", "5m", "1w2d3h", "1.5h", "-1s", "300y", "1d\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseWindow(s)
		if err != nil {
			return
		}
		if again, err := ParseWindow(d.String()); d < 0 || err != nil || again != d {
			t.Errorf("ParseWindow(%q) = %v, which reads as %v, %v", s, d, again, err)
		}
	})
}
