package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
)

// runLineInterval is how often a line of progress is written while a generator runs.
const runLineInterval = 30 * time.Second

// usualColumns is taken for the width of a terminal that does not tell.
const usualColumns = 80

// runLine writes how far a run is to a terminal now and then. The generator writes to the same terminal, and what it writes is
// not ours to hold back: so these are whole lines, and nothing of its own is written over. A nil one does nothing.
type runLine struct {
	w     io.Writer
	width func() int // of the terminal, in columns
	next  time.Time
}

func (f *wrapFlags) newRunLine(e env) *runLine {
	file, ok := e.stderr.(*os.File)
	if *f.noProgress || !ok || !isTerminal(file) {
		return nil
	}
	width := func() int {
		columns, _, err := term.GetSize(int(file.Fd()))
		if err != nil || columns <= 0 {
			return usualColumns
		}
		return columns
	}
	return &runLine{w: file, width: width, next: time.Now().Add(runLineInterval)}
}

// show writes a line when it is time for one.
func (l *runLine) show(s *sidecar, now time.Time) {
	if l == nil || now.Before(l.next) {
		return
	}
	l.next = now.Add(runLineInterval)
	l.write(runStatus(s))
}

// write writes a line by itself, wherever the cursor is: spaces as wide as the terminal less one go on to the next line unless
// the cursor is at the beginning of one, as shells do it before their prompt.
func (l *runLine) write(text string) {
	fmt.Fprintf(l.w, "%s\rgenmeter: %s\x1b[K\r\n", strings.Repeat(" ", l.width()-1), text)
}

// runStatus says how far a run is: what is done of what is wanted, how fast, how long it will take, cost and failures.
func runStatus(s *sidecar) string {
	p := s.Progress()
	parts := []string{}
	switch {
	case p.Target > 0:
		part := fmt.Sprintf("%d/%d records (%.0f%%)", p.Done, p.Target, 100*float64(p.Done)/float64(p.Target))
		parts = append(parts, part)
	case p.Done > 0:
		parts = append(parts, fmt.Sprintf("%d records", p.Done))
	}
	if p.Rate > 0 {
		parts = append(parts, rateText(p.Rate))
	}
	if p.ETA > 0 {
		parts = append(parts, "ETA "+p.ETA.Round(time.Second).String())
	}
	if p.Calls > 0 || p.Done == 0 {
		parts = append(parts, plural(int(p.Calls), "call"))
	}
	if p.Failures > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", p.Failures))
	}
	if p.CostUSD > 0 {
		parts = append(parts, "$"+strconv.FormatFloat(p.CostUSD, 'f', 2, 64))
	}
	return strings.Join(parts, ", ")
}

// rateText writes records a second in a unit that has digits.
func rateText(perSecond float64) string {
	switch {
	case perSecond >= 1:
		return fmt.Sprintf("%.1f/s", perSecond)
	case perSecond*60 >= 1:
		return fmt.Sprintf("%.1f/min", perSecond*60)
	}
	return fmt.Sprintf("%.1f/h", perSecond*3600)
}
