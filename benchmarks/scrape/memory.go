package main

import (
	"fmt"
	"io"
	"runtime"
)

// memory shows that what is kept between scrapes does not grow with them: the live heap of genmeter's and of the
// official exporter, one after the other, after 100 scrapes, 1,000 and so on.
func memory(w io.Writer, scrapes int) error {
	runtime.GOMAXPROCS(1)
	t := trial{text, usual}
	for _, e := range entries {
		if e.key != "provider" && e.key != "official" {
			continue
		}
		empty := liveHeap()
		s, err := newScraper(e, t)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s, %v\n", e.name, t)
		printHeap(w, 0, liveHeap()-empty)
		done := 0
		for _, mark := range marks(scrapes) {
			for ; done < mark; done++ {
				s.scrape()
			}
			printHeap(w, done, liveHeap()-empty)
		}
		runtime.KeepAlive(s)
	}
	return nil
}

func printHeap(w io.Writer, scrapes int, bytes float64) {
	fmt.Fprintf(w, "  after %7s scrapes %7.2f MB live\n", thousands(scrapes), bytes/1e6)
}

// marks returns 100, 1,000, 10,000 and so on, and last itself.
func marks(last int) []int {
	var marks []int
	for m := 100; m < last; m *= 10 {
		marks = append(marks, m)
	}
	return append(marks, last)
}

// liveHeap collects what is not used, twice because pools give up theirs at the second time, and returns the rest.
func liveHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
