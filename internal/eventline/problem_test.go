package eventline

import "testing"

// TestQuote: what errors show can be read, and cannot write to a terminal.
func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"nonsense": `"nonsense"`, "": `""`, `{"a":1}`: "`{\"a\":1}`", `C:\x`: "`C:\\x`", "a`\"": "\"a`\\\"\"",
		"\"\x1b[31m": `"\"\x1b[31m"`, "\"\u202e": `"\"\u202e"`, "\"\xff": `"\"\xff"`, "\"\n": `"\"\n"`,
		`"` + "01234567890123456789012345678901234567890123456ğx": "`\"01234567890123456789012345678901234567890123456`…",
	} {
		if got := Quote([]byte(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for raw, want := range map[string]string{
		`"12"`: `"12"`, `12`: `12`, `["a", {"b":1}]`: `["a", {"b":1}]`, "\"\u202e\"": `"\"\u202e\""`, "[\n1]": `"[\n1]"`,
	} {
		if got := shown([]byte(raw)); got != want {
			t.Errorf("%q: %s, want %s", raw, got, want)
		}
	}
}
