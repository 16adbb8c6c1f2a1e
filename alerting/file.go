package alerting

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// maxFileSize bounds a file of thresholds: one with every rule that is allowed is smaller.
const maxFileSize = 1 << 20

// File is what a file of thresholds and rules says. [File.Options] are for [New]:
//
//	al, err := alerting.New(mon, f.Thresholds, f.Options()...)
type File struct {
	Thresholds Thresholds // of DefaultThresholds where the file says nothing
	Rules      []Rule

	Interval    *time.Duration // of [WithInterval]; nil when the file does not say
	RepeatEvery *time.Duration // of [WithRepeatEvery]; nil when the file does not say
}

// Options returns what the file says beside the thresholds.
func (f File) Options() []Option {
	opts := []Option{WithRules(f.Rules...)}
	if f.Interval != nil {
		opts = append(opts, WithInterval(*f.Interval))
	}
	if f.RepeatEvery != nil {
		opts = append(opts, WithRepeatEvery(*f.RepeatEvery))
	}
	return opts
}

// LoadFile reads a file of thresholds and rules; see [Parse].
func LoadFile(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close() // only read: nothing can be lost
	return Parse(f, path)
}

// Parse reads thresholds and rules in YAML. All of it is optional; an empty text is the defaults:
//
//	thresholds:                 # one that is left out keeps its default; off switches its rule off
//	  min_success_rate: 0.8
//	  max_generation_time: 30s  # durations: 30s, 5m, 1h30m, 1d
//	  max_error_rate: 0.2
//	  max_prompt_token_mean: 4096
//	  max_completion_token_mean: 4096
//	  max_total_token_mean: 8192
//	  max_conversation_length_mean: 2
//	  max_stall: 10m
//	  max_cost_usd: 50          # off by default
//	  events_lost: true
//	  window: 5m                # of all of these; for and min_samples too
//	  for: 0s
//	  min_samples: 5
//	interval: 1m                # how often the rules are evaluated; 0 is never
//	repeat_every: 1h            # how often handlers are reminded of what goes on firing; 0 is never
//	rules:
//	  - name: slow_first_token
//	    metric: time_to_first_token
//	    statistic: p95          # mean (default), min, max, sum, rate, count, p50, p90, p95, p99
//	    above: 2                # or below
//	    window: 5m
//	    for: 1m
//	    level: warning          # info, warning (default), error
//	    min_samples: 5
//	    model: gpt-4o-mini      # or step
//
// name is how errors call the text. The error tells every fault, one a line: the name, the line, what was found and what is
// allowed. [New] takes every File that Parse returns without one.
func Parse(r io.Reader, name string) (File, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return File{}, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(text) > maxFileSize {
		return File{}, fmt.Errorf("%s: larger than 1 MiB, the most that is read", name)
	}
	p := fileParser{file: File{Thresholds: DefaultThresholds()}}
	p.parse(text)
	if len(p.faults) > 0 {
		return File{}, errors.New(p.faults.text(name))
	}
	return p.file, nil
}
