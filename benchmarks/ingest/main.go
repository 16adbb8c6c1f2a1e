// Command ingest measures how many events a second a genmeter sidecar takes, by road and size of batch, with and without a data
// directory (where each batch is on the disk before it is answered), and what an event costs the sidecar in CPU time.
//
// The sidecar is the real program in a process of its own; the senders are here, on the same machine, with bodies that were made
// beforehand: only ids are written into them, so that every event is a new one. Each measurement has a new sidecar and begins
// after a second of warming up. At the end the sidecar must have counted what it acknowledged.
//
// For scale, a real Prometheus 3 takes the same calls by OTLP in the same run, when GENMETER_PROMETHEUS3 has its path (scripts/prometheus3
// builds one): duration and tokens of each call, three samples. It writes them to its log, but answers before that is synced.
//
// Last, a sidecar takes an hour of 1,000 calls a second, with the hour's own times, and the memory it has is looked at.
//
//	go run ./ingest              everything, in two minutes
//	go run ./ingest -markdown    as a table
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	t := newTable(markdown, "road", "batch", "connections", "on the disk first", "events/s", "CPU µs/event", "p50", "p99", "peak MB")
	for _, trial := range trials {
		for _, kept := range []string{"no", "yes"} {
			err := t.measure(&trial, kept, duration, func() (*server, error) {
				if kept == "yes" {
					return startSidecar(program, filepath.Join(dir, "data"))
				}
				return startSidecar(program, "")
			})
			if err != nil {
				return err
			}
		}
	}
	if prometheus := os.Getenv("GENMETER_PROMETHEUS3"); prometheus != "" {
		trial := trial{"OTLP metrics into Prometheus 3", 100, 8, samples}
		err := t.measure(&trial, "unsynced", duration, func() (*server, error) { return startPrometheus(prometheus, filepath.Join(dir, "tsdb")) })
		if err != nil {
			return err
		}
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	fmt.Println()
	return hour(program, dir, time.Hour, markdown)
}
