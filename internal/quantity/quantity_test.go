package quantity

import "testing"

func TestQuantities(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Grouped(1234567), "1,234,567"}, {Grouped(-1234), "-1,234"}, {Grouped(0), "0"}, {Grouped(uint64(999)), "999"},
		{Compact(0), "0"}, {Compact(9999), "9,999"}, {Compact(12_345), "12.3k"}, {Compact(1_234_567), "1.23M"}, {Compact(5e9), "5.00G"},
		{Digits(0.1234), "0.123"}, {Digits(-0.0001), "-0.0001"}, {Digits(12.345), "12.3"}, {Digits(1234.5), "1,235"}, {Digits(0), "0"},
		{Share(0), "0 %"}, {Share(1), "100 %"}, {Share(0.0001), "<0.1 %"}, {Share(0.9999), ">99.9 %"},
		{Share(0.123), "12.3 %"},
		{Took(0), "0 s"}, {Took(0.0000123), "12.3 µs"}, {Took(0.25), "250 ms"}, {Took(0.9999), "1.00 s"}, {Took(59.96), "60.0 s"},
		{Took(754), "12m 34s"}, {Took(3661), "1h 01m"}, {Took(360_000), "4d 04h"}, {Took(3e9), "95.1 y"},
		{Every(60), "60 s"}, {Every(600), "10m"}, {Every(7200), "2h"}, {Every(7260), "2h 01m"}, {Every(2.5), "2.50 s"},
		{Dollars(0), "$0"}, {Dollars(0.0000123), "$0.0000123"}, {Dollars(0.01234), "$0.0123"}, {Dollars(12.3456), "$12.35"},
		{Dollars(1234.567), "$1,234.57"}, {Dollars(99.9999), "$100.00"}, {Dollars(199.999), "$200.00"},
		{Plural(1, "call"), "1 call"}, {Plural(2000, "call"), "2,000 calls"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	const lines = "a\n\tb\r\nc "
	for s, want := range map[string]string{
		lines: "a b c", "\x1b[31mred": "\uFFFD[31mred", "abcdefghij": "abcdefg…", "\u202eabc": "\uFFFDabc", "äöüßéèêëô": "äöüßéèê…",
		"": "", "\xffa": "\uFFFDa",
	} {
		if got := OneLine(s, 8); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
