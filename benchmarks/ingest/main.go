// Command ingest measures how many events a second a genmeter sidecar takes, by road and size of batch, with and without a data
// directory (where each batch is on the disk before it is answered), and what an event costs the sidecar in CPU time.
//
// The sidecar is the real program in a process of its own; the senders are here, on the same machine, with bodies that were made
// beforehand: only ids are written into them, so that every event is a new one. Each measurement has a new sidecar and begins
// after a second of warming up. At the end the sidecar must have counted what it acknowledged.
//
//	go run ./ingest              everything, in two minutes
//	go run ./ingest -markdown    as a table
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

func main() {
	duration := flag.Duration("duration", 5*time.Second, "of each measurement")
	markdown := flag.Bool("markdown", false, "print a table in Markdown")
	flag.Parse()
	if err := run(*duration, *markdown); err != nil {
		fmt.Fprintln(os.Stderr, "ingest:", err)
		os.Exit(1)
	}
}

// trial is one measurement.
type trial struct {
	road        string
	batch       int
	connections int
	body        func(batch int) *body
}

var trials = []trial{
	{"POST /api/v1/events", 1, 1, eventLines},
	{"POST /api/v1/events", 1, 8, eventLines},
	{"POST /api/v1/events", 100, 1, eventLines},
	{"POST /api/v1/events", 100, 8, eventLines},
	{"POST /api/v1/events", 10_000, 2, eventLines},
	{"POST /v1/traces, protobuf", 100, 8, spans},
	{"POST /v1/traces, protobuf", 1000, 2, spans},
}

// result is what a measurement gave.
type result struct {
	eventsPerSecond float64
	cpu             time.Duration // of the sidecar, an event
	p50, p99        time.Duration // from a request to its answer
	peak            int64         // bytes of memory
}

func run(duration time.Duration, markdown bool) error {
	dir, err := os.MkdirTemp("", "genmeter-bench-ingest-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "genmeter")
	build := exec.Command("go", "build", "-o", program, "./cmd/genmeter")
	build.Dir, build.Stderr = "..", os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building genmeter: %w", err)
	}
	fmt.Printf("%s, %v a measurement\n\n", bench.Machine(), duration)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	row := "%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\n"
	if markdown {
		row = "| %v | %v | %v | %v | %v | %v | %v | %v | %v |\n"
	}
	_, _ = fmt.Fprintf(out, row, "road", "batch", "connections", "data directory", "events/s", "CPU µs/event", "p50", "p99", "peak MB")
	if markdown {
		_, _ = fmt.Fprintf(out, row, "---", "---:", "---:", "---", "---:", "---:", "---:", "---:", "---:")
	}
	for _, t := range trials {
		for _, data := range []string{"", filepath.Join(dir, "data")} {
			r, err := t.measure(program, data, duration)
			if err != nil {
				return fmt.Errorf("%s in batches of %d: %w", t.road, t.batch, err)
			}
			_, _ = fmt.Fprintf(out, row, t.road, t.batch, t.connections, cmp.Or(map[bool]string{true: "yes"}[data != ""], "no"),
				int(r.eventsPerSecond), fmt.Sprintf("%.2f", float64(r.cpu.Nanoseconds())/1000), r.p50.Round(time.Microsecond),
				r.p99.Round(time.Microsecond), r.peak>>20)
			if !markdown {
				_ = out.Flush() // a row as it comes
			}
		}
	}
	return out.Flush()
}
