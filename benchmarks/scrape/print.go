package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
)

// median returns the milliseconds that a scrape took.
func (r *rival) median() float64 { return bench.Median(r.milliseconds) }

// part returns the part of rival's time that the first contestant takes.
func (r result) part(rival *rival) float64 {
	parts := make([]float64, len(rival.milliseconds))
	for round, ms := range rival.milliseconds {
		parts[round] = r.rivals[0].milliseconds[round] / ms
	}
	return bench.Median(parts)
}

func (r result) print(w io.Writer) {
	fmt.Fprintf(w, "%v\n", r.trial)
	for i, rival := range r.rivals {
		f := rival.footprint
		fmt.Fprintf(w, "  %-42s %9.3f ms %10s objects %8s kB allocated %7s kB served", rival.name, rival.median(),
			thousands(int(f.Objects)), thousands(int(f.Bytes/1000)), thousands(f.Body/1000))
		if i > 0 {
			fmt.Fprintf(w, "   exporter.New takes %.2f of its time", r.part(rival))
		}
		if r.format == text && r.n == usual {
			fmt.Fprint(w, target("", r.part(rival), rival.maxTime),
				target(fmt.Sprintf(", %.2f of its objects", r.objects(rival)), r.objects(rival), rival.maxObjects))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// objects returns the part of rival's allocated objects that the first contestant takes.
func (r result) objects(rival *rival) float64 {
	return r.rivals[0].footprint.Objects / rival.footprint.Objects
}

// target says whether a part is small enough, or nothing where there is no limit.
func target(what string, part, limit float64) string {
	switch {
	case limit == 0:
		return ""
	case part <= limit:
		return fmt.Sprintf("%s (target: %.2f at most, met)", what, limit)
	}
	return fmt.Sprintf("%s (target: %.2f at most, MISSED)", what, limit)
}

// thousands writes a number as 12,345.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
