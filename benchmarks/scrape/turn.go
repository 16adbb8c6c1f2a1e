package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
)

// turn is how much CPU time a contestant gets at a time, in whole scrapes.
const turn = 100 * time.Millisecond

// sit is a contestant's process. It writes its footprint when it is ready, then after each line that it reads how many
// milliseconds a scrape takes, and at the end of input checks that the last answers were as right as the first.
func sit(e entry, t trial, in io.Reader, out io.Writer) error {
	runtime.GOMAXPROCS(1)
	s, err := newScraper(e, t)
	if err != nil {
		return err
	}
	if err := check(s.contents, t.format); err != nil {
		return err
	}
	debug.FreeOSMemory() // parsing takes far more memory than anything measured
	s.scrape()           // warm-up: whatever is kept between scrapes is there now
	scrapes := max(1, int((turn+turn/10)/s.turn(1)))
	answers := json.NewEncoder(out)
	if err := answers.Encode(s.footprint()); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if err := answers.Encode(s.turn(scrapes).Seconds() * 1000); err != nil {
			return err
		}
	}
	return check(s.contents, t.format)
}

// turn returns what one of some scrapes takes.
func (s *scraper) turn(scrapes int) (each time.Duration) {
	for range scrapes {
		each += s.scrape()
	}
	return each / time.Duration(scrapes)
}

// rival is a contestant's process as the others' see it.
type rival struct {
	entry
	process *exec.Cmd
	ask     io.WriteCloser
	answers *json.Decoder

	footprint    footprint
	milliseconds []float64 // by round
}

// start returns when the contestant is ready.
func start(e entry, t trial) (*rival, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	process := exec.Command(program, "-sit", e.key, "-n", strconv.Itoa(t.n), "-format", t.format.name)
	process.Stderr = os.Stderr
	ask, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	r := &rival{entry: e, process: process, ask: ask, answers: json.NewDecoder(out)}
	if err := r.answers.Decode(&r.footprint); err != nil {
		_ = r.stop() // it has said on standard error what it failed of
		return nil, fmt.Errorf("%s, %v: not ready: %w", e.name, t, err)
	}
	return r, nil
}

// round lets the contestant have its turn.
func (r *rival) round() error {
	if _, err := io.WriteString(r.ask, "go\n"); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	var ms float64
	if err := r.answers.Decode(&ms); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	r.milliseconds = append(r.milliseconds, ms)
	return nil
}

// stop ends the process; the error says that its last answers were wrong.
func (r *rival) stop() error {
	_ = r.ask.Close()
	if err := r.process.Wait(); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return nil
}
