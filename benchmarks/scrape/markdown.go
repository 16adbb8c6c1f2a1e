package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

// printMarkdown writes one table for the sizes, one for the formats and one for what is allocated.
func printMarkdown(w io.Writer, results []result, rounds int) {
	fmt.Fprintf(w, "%s; %s. Milliseconds of CPU a scrape, medians of %d rounds; in brackets, the part of it that %s "+
		"takes.\n\n", bench.Machine(), strings.Join(modules(), ", "), rounds, entries[0].name)
	var bySize, byFormat []result
	for _, r := range results {
		if r.format == text {
			bySize = append(bySize, r)
		}
		if r.n == usual {
			byFormat = append(byFormat, r)
		}
	}
	times := func(r result, rival *rival) string {
		if rival == r.rivals[0] {
			return fmt.Sprintf("%.2f", rival.median())
		}
		return fmt.Sprintf("%.2f (%.2f)", rival.median(), r.part(rival))
	}
	table(w, "text, by label sets", bySize, func(r result) string { return thousands(r.n) }, times)
	name := func(r result) string { return r.format.name }
	table(w, thousands(usual)+" label sets", byFormat, name, times)
	table(w, thousands(usual)+" label sets: objects and kB allocated, kB served", byFormat, name,
		func(_ result, rival *rival) string {
			f := rival.footprint
			return fmt.Sprintf("%s; %s; %s", thousands(int(f.Objects)), thousands(int(f.Bytes/1000)), thousands(f.Body/1000))
		})
}

// table has a row for each contestant and a column for each result.
func table(w io.Writer, title string, results []result, head func(result) string, cell func(result, *rival) string) {
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(w, "| %s |", title)
	for _, r := range results {
		fmt.Fprintf(w, " %s |", head(r))
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---:|", len(results)))
	for _, e := range entries {
		fmt.Fprintf(w, "| %s |", e.name)
		for _, r := range results {
			i := slices.IndexFunc(r.rivals, func(rival *rival) bool { return rival.key == e.key })
			if i < 0 {
				fmt.Fprint(w, " – |")
				continue
			}
			fmt.Fprintf(w, " %s |", cell(r, r.rivals[i]))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// modules returns the versions of what is compared.
func modules() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var found []string
	for _, m := range info.Deps {
		switch m.Path {
		case "go.opentelemetry.io/otel/exporters/prometheus", "go.opentelemetry.io/otel/sdk/metric",
			"github.com/prometheus/client_golang", "github.com/VictoriaMetrics/metrics":
			_, short, _ := strings.Cut(m.Path, "/")
			found = append(found, short+" "+m.Version)
		}
	}
	return found
}
