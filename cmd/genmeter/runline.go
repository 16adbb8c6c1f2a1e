package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// runLine is a line of progress on the terminal while a generator runs. A nil one does nothing.
type runLine struct {
	w     io.Writer
	shown bool
}

func (f *wrapFlags) newRunLine(e env) *runLine {
	if *f.noProgress || !isTerminal(e.stderr) {
		return nil
	}
	return &runLine{w: e.stderr}
}

func (l *runLine) show(s *sidecar) {
	if l == nil {
		return
	}
	l.shown = true
	fmt.Fprintf(l.w, "\r%s\x1b[K", runStatus(s))
}

func (l *runLine) clear() {
	if l != nil && l.shown {
		l.shown = false
		fmt.Fprint(l.w, "\r\x1b[K")
	}
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
	parts = append(parts, plural(int(p.Calls), "call"))
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
