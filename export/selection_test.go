package export

import (
	"strings"
	"testing"
	"time"
)

func TestParseWindow(t *testing.T) {
	zone := time.FixedZone("", 3*60*60)
	utc := func(hour, minute, second int) time.Time {
		return time.Date(2026, 11, 24, hour, minute, second, 0, time.UTC)
	}
	for s, want := range map[string]Window{
		"": {}, "0": {}, "1d": {Last: 24 * time.Hour},
		"2026-11-24T19:00:00Z/2026-11-24T20:00:00+00:00": {From: utc(19, 0, 0), To: utc(20, 0, 0)},
		"2026-11-24 19:57:10/1h":                         {From: utc(16, 57, 10), To: utc(17, 57, 10)},
		"2026-11-24T19:57:10.5/":                         {From: utc(16, 57, 10).Add(time.Second / 2)},
		"/2026-11-24 19:57":                              {To: utc(16, 57, 0)},
		"2026-11-24/2026-11-25":                          {From: utc(-3, 0, 0), To: utc(21, 0, 0)},
	} {
		got, err := ParseWindow(s, zone)
		if err != nil || got.Last != want.Last || !got.From.Equal(want.From) || !got.To.Equal(want.To) {
			t.Errorf("%q: %v, %v, want %v", s, got, err, want)
		}
	}
	if w, err := ParseWindow("2026-11-24 19:00/", nil); err != nil || !w.From.Equal(utc(19, 0, 0)) {
		t.Errorf("without a zone: %v, %v", w, err)
	}
	for s, want := range map[string]string{
		"yesterday": "no duration", "/": "no times", "19:00/": "no time before the slash", "/1h": "no time behind the slash",
		"2026-11-24/x": "no time behind the slash", "2026-11-24/2026-11-24": "it ends before it begins", "2026-02-30/": "no time before the slash",
	} {
		if _, err := ParseWindow(s, zone); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", s, err, want)
		}
	}
}
