package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// firstSteps are the commands that one needs first, by example.
const firstSteps = `  genmeter run -- python3 gen.py
      Run a generator with a sidecar around it, which takes its events: progress meanwhile, a report at the end.
  genmeter serve
      The sidecar by itself: the live page, /metrics for Prometheus, alerts, on http://127.0.0.1:9464/.
  genmeter report -o monday.html runs/monday
      How did a run go? With pictures, in one file; several runs stand side by side.
  genmeter export -o monday.parquet --format=wide-parquet runs/monday
      A row a call, for DuckDB, pandas or a spreadsheet.
  genmeter check runs/monday
      Was it good enough? For scripts and CI: exit code 1 when an alert fired.
`

// sayUsage is for who starts genmeter to see what it is.
func sayUsage(w io.Writer) {
	fmt.Fprintf(w, "usage: genmeter <command> [<flags>] [<args>]\n\n%s\n\n%s\ngenmeter --help tells of the other commands.\n", about, firstSteps)
}

// commandRows are the commands with the first sentence of what they are for.
func commandRows(commands []*kingpin.CmdModel) (rows [][2]string) {
	for _, c := range commands {
		if !c.Hidden && c.Name != "help" {
			first, _, _ := strings.Cut(c.Help, ". ")
			rows = append(rows, [2]string{c.Name, strings.TrimSuffix(first, ".") + "."})
		}
	}
	return rows
}
