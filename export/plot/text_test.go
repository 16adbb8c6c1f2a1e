package plot

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", 0.5: "0.5", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 1234567: "1,234,567", -0.0979: "−0.0979",
		-1234: "−1,234", 0.00012: "0.00012", 0.00001: "1e−5", 1.5e13: "1.5e13", math.MaxFloat64: "1.798e308", 0.9999: "1",
	} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %s; want %s", v, got, want)
		}
	}
}

func TestUnits(t *testing.T) {
	for got, want := range map[string]string{
		seconds.text(2.5): "2.5 s", tokens.text(1234): "1,234 tokens", dollars.text(12.5): "US$ 12.50",
		dollars.text(1234.567): "US$ 1,234.57", dollars.text(0.0123): "US$ 0.0123", share.text(0.956): "95.6 %", plain.text(3): "3",
	} {
		if got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 20 * time.Millisecond: "20 ms", 1500 * time.Millisecond: "1.5 s", 90 * time.Second: "1 min 30 s",
		time.Hour: "1 h", 65 * time.Minute: "1 h 5 min", 3*day + 2*time.Hour: "3 d 2 h", 400 * day: "1 y 35 d",
	} {
		if got := length(d); got != want {
			t.Errorf("length(%d) = %s; want %s", d, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for name, want := range map[string]string{
		"gpt-4o": "gpt-4o", "meta-llama/Llama-3.1-8B-Instruct": "meta-lla…-Instruct", "通义千问": "通义千问",
		"two\nlines": "two lines", "bad\xff\x00": "bad\ufffd ", "a\u202eb": "ab",
	} {
		if got := shorten(name, 18); got != want {
			t.Errorf("shorten(%q) = %q; want %q", name, got, want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("gpt-4o\x00\ufffe\u200d🚀", 10)
	f.Fuzz(func(t *testing.T, name string, limit int) {
		limit = 3 + max(limit, 0)%100
		got := shorten(name, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || strings.ContainsAny(got, "\n\x00\ufffe\uffff") {
			t.Errorf("shorten(%q, %d) = %q", name, limit, got)
		}
	})
}

func TestWindows1252(t *testing.T) {
	if got, want := windows1252("a – é … € −1 通"), "a \x96 \xe9 \x85 \x80 \x961 ?"; got != want {
		t.Errorf("%q; want %q", got, want)
	}
}
