package main

import (
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// screen is what a terminal of so many columns shows, as far as it is written here.
type screen struct {
	columns, column int
	lines           []string
}

func (s *screen) Write(p []byte) (int, error) {
	text := strings.ReplaceAll(string(p), "\x1b[K", "\x00")
	for _, r := range text {
		row := &s.lines[len(s.lines)-1]
		switch r {
		case '\x00':
			*row = (*row)[:min(len(*row), s.column)]
		case '\r':
			s.column = 0
		case '\n':
			s.lines = append(s.lines, "")
		default:
			if s.column == s.columns {
				s.lines, s.column = append(s.lines, ""), 0
				row = &s.lines[len(s.lines)-1]
			}
			padded := *row + strings.Repeat(" ", max(0, s.column-len(*row)+1))
			*row = padded[:s.column] + string(r) + padded[s.column+1:]
			s.column++
		}
	}
	return len(p), nil
}

// TestRunLine: what the generator has written stays, wherever it left the cursor, and the line stands by itself.
func TestRunLine(t *testing.T) {
	for _, before := range []string{"", "done 3\r\n", "45% [####     ]", "\r45% [####     ]", strings.Repeat("x", 40), strings.Repeat("x", 39)} {
		s := &screen{columns: 40, lines: []string{""}}
		_, _ = s.Write([]byte(before))
		l := &runLine{w: s, width: func() int { return s.columns }}
		l.write("7 calls")
		_, _ = s.Write([]byte("next"))
		want := strings.Split(strings.Trim(before, "\r\n"), "\r\n")
		if before == "" {
			want = nil
		}
		want = append(want, "genmeter: 7 calls", "next")
		for i := range s.lines {
			s.lines[i] = strings.TrimRight(s.lines[i], " ")
		}
		if got := strings.Join(s.lines, "|"); got != strings.Join(want, "|") {
			t.Errorf("after %q:\n got %s\nwant %s", before, got, strings.Join(want, "|"))
		}
	}
}

func TestRunLineNowAndThen(t *testing.T) {
	mon, err := monitor.New(nil)
	must(t, err)
	defer func() { must(t, mon.Shutdown(t.Context())) }()
	mon.SetTarget(4)
	mon.TrackRecord(t.Context(), monitor.Record{Outcome: monitor.Accepted})
	mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, CostUSD: 1.5, TotalTokens: 10})
	mon.TrackGeneration(t.Context(), monitor.Generation{Error: "timeout"})
	s := &sidecar{meter: &meter{Monitor: mon}}

	var out strings.Builder
	start := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	l := &runLine{w: &out, width: func() int { return 1 }, next: start.Add(runLineInterval)}
	for second := range 61 {
		l.show(s, start.Add(time.Duration(second)*time.Second))
	}
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("%d lines in a minute: %q", n, &out)
	}
	if !strings.HasPrefix(out.String(), "\rgenmeter: 1/4 records (25%), ") || !strings.Contains(out.String(), "2 calls, 1 failed, $1.50") {
		t.Errorf("%q", &out)
	}
	(*runLine)(nil).show(s, start) // no terminal
}
