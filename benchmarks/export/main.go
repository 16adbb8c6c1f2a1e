// Command export measures how fast package export writes a recorded run, how much memory it takes and how large the files
// are, beside DuckDB's COPY of the same rows to CSV, JSON and Parquet (zstd), in one run, with ratios.
//
//   - file: from the same file of event lines (genmeter reads it with package ingest, DuckDB with read_json and an explicit
//     schema) to the file written. Formats that need two passes read it twice.
//   - memory: the events are read beforehand, into a slice or a table of DuckDB's. The writing alone is measured.
//
// Each measurement is a process of its own, so that its peak memory (VmHWM) is its own. The contestants take turns, round
// by round; figures are medians over the rounds, and a ratio is the median of the ratio within a round. Give it two idle
// cores.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

func main() {
	n := flag.Int("events", 1_000_000, "events of the run that is written")
	rounds := flag.Int("rounds", 3, "rounds; each measures every contestant once")
	markdown := flag.Bool("markdown", false, "print tables in Markdown")
	excel := flag.Bool("excel", false, "measure the spreadsheet formats too, whose sheets hold a million rows and take minutes")
	child := flag.String("child", "", "a measurement to make in this process: for the program's own use")
	dir := flag.String("dir", "", "folder for the files, which are removed afterwards; a temporary one when empty")
	flag.Parse()
	var err error
	if *child != "" {
		err = measureHere(*child, *dir)
	} else {
		err = run(*n, *rounds, *markdown, *excel, *dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
}

func run(n, rounds int, markdown, excel bool, parent string) error {
	dir, err := os.MkdirTemp(parent, "genmeter-bench-export-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := writeEvents(filepath.Join(dir, eventsFile), n); err != nil {
		return err
	}
	rows := newRows(excel)
	for range rounds {
		for _, r := range rows {
			for _, c := range r.contestants() {
				m, err := measureChild(c, dir)
				if err != nil {
					return err
				}
				r.figures[c] = append(r.figures[c], m)
			}
		}
	}
	info, err := os.Stat(filepath.Join(dir, eventsFile))
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d rounds; %d events, %.0f MB of event lines\n\n", bench.Machine(), rounds, n, float64(info.Size())/1e6)
	printTable(os.Stdout, rows, n, markdown)
	return nil
}

// measurement is what one process found.
type measurement struct {
	Seconds float64
	Peak    float64 // MB
	Bytes   int64   // of the file
}

// measureChild measures in a process of its own.
func measureChild(contestant, dir string) (m measurement, err error) {
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	cmd := exec.Command(self, "-child", contestant, "-dir", dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return m, fmt.Errorf("%s: %w", contestant, err)
	}
	return m, json.Unmarshal(out, &m)
}
