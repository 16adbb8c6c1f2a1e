package report

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/genmeter/genmeter/monitor"
)

func checkWidth(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := width(strings.TrimSuffix(line, "\n")); n > textColumns {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

// hostileNames are what a run may hold instead of the name of a model.
var hostileNames = []string{
	`<img src=x onerror="alert(1)">`, "</script><script>alert(1)</script>", "\x1b[31mred\x1b[0m", "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
	"a|b", `a\|b`, "a\nb\r\n| c |", "`code``", "\u202egnp.exe", "\u2066hidden\u2069", "\u0085next\u2028line", "שלום-עולם", "\xff\xfe",
	strings.Repeat("long ", 2000), strings.Repeat("字", 3000), "", " ", "javascript:alert(1)", "{{.Title}}", "=1+1", "@everyone #1 https://evil.example",
	"\u200b", "e\u0301\u0301\u0301", "👩‍👩‍👧‍👦", "\x00", "\x7f", "\u009b31m",
}

// hostile is a run of nothing but such names, and of values that cannot be.
func hostile(yield func(monitor.Event, error) bool) {
	for i, name := range hostileNames {
		at := dawn.Add(time.Duration(i) * time.Minute)
		for _, ev := range []monitor.Event{
			{Kind: monitor.KindGeneration, Time: at, Model: name, Step: name, Error: name, ErrorType: name, FinishReason: name,
				TotalTokens: 1, Duration: math.MaxInt64, CostUSD: math.MaxFloat64, TimeToFirstToken: math.MaxInt64, Turns: math.MaxInt32},
			{Kind: monitor.KindGeneration, Time: at, Model: name, Success: true, PromptTokens: -5, Duration: -1, CostUSD: math.NaN()},
			{Kind: monitor.KindEvaluation, Time: at, Name: name, Error: name, Scores: []monitor.Score{
				{Name: name, Value: math.MaxFloat64}, {Name: name, Value: -math.MaxFloat64}, {Name: name, Value: math.Inf(1)},
				{Name: name, Value: math.MaxFloat64}, {Name: name, Value: math.NaN()}}},
			{Kind: monitor.KindRecord, Time: at, Name: name, Outcome: 200},
			{Kind: monitor.KindTarget, Time: at, Value: math.Inf(1)},
			{Kind: 77, Time: at},
			{Kind: monitor.KindGeneration, Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), Model: name},
			{Kind: monitor.KindGeneration, Time: time.Date(-500, 1, 1, 0, 0, 0, 0, time.UTC), Model: name},
		} {
			if !yield(ev, nil) {
				return
			}
		}
		if !yield(monitor.Event{}, errors.New(name)) {
			return
		}
	}
	for _, year := range []int{1701, 2199} {
		if !yield(monitor.Event{Kind: monitor.KindGeneration, Time: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}, nil) {
			return
		}
	}
}

// TestHostile: whatever a run holds, it is counted, and shown as text alone.
func TestHostile(t *testing.T) {
	all := made(t, hostile, Options{Prices: testPrices})
	if want := uint64(4*len(hostileNames) + 2); all.Calls.Total != want {
		t.Fatalf("%d calls, want %d", all.Calls.Total, want)
	}
	for i, name := range hostileNames {
		r := *all
		r.Name = name
		for _, reports := range [][]*Report{{&r}, {&r, all}, {all, &r, &r, all}}[:1+2*btoi(i%5 == 0)] {
			text, markdown := written(t, Text, reports...), written(t, Markdown, reports...)
			written(t, JSON, reports...)
			checkWidth(t, text)
			checkHarmless(t, text)
			checkHarmless(t, markdown)
			checkTables(t, markdown)
			checkPage(t, written(t, HTML, reports...))
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func checkHarmless(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Bidi_Control, r) {
			t.Fatalf("%U is in the text", r)
		}
	}
}

// checkTables checks that each row of a table has as many cells as its head, and that code spans end where they should.
func checkTables(t *testing.T, markdown string) {
	t.Helper()
	cells := 0
	for line := range strings.Lines(markdown) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			if strings.Contains(outsideCode(line), "<") {
				t.Errorf("a tag in %q", line)
			}
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if cells == 0 {
			cells = n
		}
		if n != cells {
			t.Errorf("%d cells, want %d: %q", n, cells, line)
		}
		if rest := outsideCode(line); strings.Contains(strings.ReplaceAll(rest, `\<`, ""), "<") || strings.Contains(rest, "http") {
			t.Errorf("not in a code span: %q in %q", rest, line)
		}
	}
}

// outsideCode returns what of a line is not in a code span.
func outsideCode(line string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(line, "`")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		fence := "`" + rest[:len(rest)-len(strings.TrimLeft(rest, "`"))]
		rest = strings.TrimLeft(rest, "`")
		end := endOf(rest, fence)
		if end < 0 {
			return out.String() + fence + rest
		}
		line = rest[end+len(fence):]
	}
}

// endOf returns where a run of exactly so many backticks begins.
func endOf(s, fence string) int {
	for i := 0; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if n == len(fence) {
			return i
		}
		i += n
	}
	return -1
}
