// Command scrape measures what it costs to serve a scrape with genmeter's exporter, with the official OpenTelemetry
// exporter, with client_golang's own instruments and with VictoriaMetrics/metrics, side by side in one run, and prints
// the ratios.
//
// All hold the same: a counter and a histogram of 16 buckets in each of n label sets, 20 values in each. A scrape is
// the handler's answer to Prometheus' headers, into a writer that counts and drops it, garbage collected as ever.
// Before each scrape, uncounted, one label set in a hundred gets another value.
//
// Each contestant lives in a process of its own, so that it pays for its own garbage and nobody else's. Time is the CPU
// time of that process on one core; where nothing else runs, a clock shows the same. Before and after it is measured,
// its answer is parsed and compared with what was recorded, down to every bucket: only those who expose the same are
// compared.
//
// The contestants take turns of 100 ms, round by round; a ratio is the median over the rounds of the ratio within a
// round, so that a machine whose speed drifts does not favour anyone.
//
//	go run ./scrape                                  everything, in two to three minutes
//	go run ./scrape -n 2000 -format openmetrics      a part
//	go run ./scrape -markdown                        as tables
//	go run ./scrape -memory 10000                    instead: the live heap after up to that many scrapes;
//	                                                 a quarter of an hour, nearly all of it the official exporter's
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "scrape:", err)
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("scrape", flag.ExitOnError)
	rounds := flags.Int("rounds", 9, "rounds; each measures every contestant once")
	n := flags.Int("n", 0, "only this many label sets")
	name := flags.String("format", "", "only this format")
	markdown := flags.Bool("markdown", false, "print tables; progress goes to standard error")
	scrapes := flags.Int("memory", 0, "show the live heap after 100, 1,000, … up to this many scrapes instead")
	sitter := flags.String("sit", "", "be the process of this contestant, which the program itself starts")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("-rounds %d: at least one is needed", *rounds)
	}
	if *scrapes > 0 {
		return memory(stdout, *scrapes)
	}
	chosen, err := trials(*n, *name)
	if err != nil {
		return err
	}
	if *sitter != "" {
		i := slices.IndexFunc(entries, func(e entry) bool { return e.key == *sitter })
		if i < 0 {
			return fmt.Errorf("-sit %q: no such contestant", *sitter)
		}
		if err := sit(entries[i], chosen[0], stdin, stdout); err != nil {
			return fmt.Errorf("%s, %v: %w", entries[i].name, chosen[0], err)
		}
		return nil
	}
	progress := stdout
	if *markdown {
		progress = stderr
	}
	fmt.Fprintf(progress, "%s, %d rounds\n%s\n\n", bench.Machine(), *rounds, strings.Join(modules(), ", "))
	var results []result
	for _, t := range chosen {
		r, err := t.measure(*rounds)
		if err != nil {
			return err
		}
		r.print(progress)
		results = append(results, r)
	}
	if *markdown {
		printMarkdown(stdout, results, *rounds)
	}
	return nil
}

// result is a trial with the figures of all who took part.
type result struct {
	trial
	rivals []*rival
}

func (t trial) measure(rounds int) (r result, err error) {
	r.trial = t
	defer func() {
		for _, rival := range r.rivals {
			err = errors.Join(err, rival.stop())
		}
	}()
	for _, e := range entries {
		if !t.format.serves(e) {
			continue
		}
		rival, err := start(e, t)
		if err != nil {
			return r, err
		}
		r.rivals = append(r.rivals, rival)
	}
	for range rounds {
		for _, rival := range r.rivals {
			if err := rival.round(); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}
