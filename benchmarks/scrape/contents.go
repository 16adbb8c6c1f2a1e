package main

import (
	"fmt"
	"math/bits"
	"slices"
)

// What every contestant holds: a counter and a histogram, each with this many values in every label set.
const (
	counterName   = "generations_total"
	histogramName = "duration_seconds"
	valuesEach    = 20
)

var bounds = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}

var labelNames = []string{"provider", "model", "step"}

// labels returns the values of label set i.
func labels(i int) []string {
	return []string{"openai", fmt.Sprint("model-", i%200), fmt.Sprint("step-", i/200)}
}

// contents fills a contestant, changes some of it between scrapes, and knows what a scrape must then expose.
type contents struct {
	into     *contestant
	next     int      // the label set that changes next
	recorded []int    // by label set: the values recorded
	hit      []uint32 // by label set: a bit for each bucket that a value went into
	buckets  []int    // by bucket, over all label sets: the values in it alone
	sum      float64  // of all values
}

func newContents(into *contestant, n int) *contents {
	c := &contents{into: into, recorded: make([]int, n), hit: make([]uint32, n), buckets: make([]int, len(bounds)+1)}
	for i := range n {
		for range valuesEach {
			c.record(i)
		}
	}
	return c
}

func (c *contents) record(i int) {
	v := float64(i*c.recorded[i]%4000) / 7
	c.into.record(i, v)
	bucket, _ := slices.BinarySearch(bounds, v)
	c.recorded[i]++
	c.hit[i] |= 1 << bucket
	c.buckets[bucket]++
	c.sum += v
}

// change records one more value into one label set in a hundred, the next ones each time, so that nobody can serve a
// cached answer.
func (c *contents) change() {
	for range max(1, len(c.recorded)/100) {
		c.record(c.next)
		c.next = (c.next + 1) % len(c.recorded)
	}
}

// total is a number of series and the sum of their values.
type total struct {
	series int
	sum    float64
}

// totals returns what a scrape must expose now, by sample name; the buckets of each bound are one.
func (c *contents) totals() map[string]total {
	n, all := len(c.recorded), 0
	for _, r := range c.recorded {
		all += r
	}
	totals := map[string]total{
		counterName:              {n, float64(all)},
		histogramName + "_count": {n, float64(all)},
		histogramName + "_sum":   {n, c.sum},
		bucketName("+Inf"):       {n, float64(all)},
	}
	below := 0
	for i, bound := range bounds {
		below += c.buckets[i]
		totals[bucketName(fmt.Sprint(bound))] = total{n, float64(below)}
	}
	return totals
}

func bucketName(bound string) string { return histogramName + "_bucket{le=" + bound + "}" }

// exemplars returns how many there must be when each value came with one: the last of every counter and bucket.
func (c *contents) exemplars() int {
	n := len(c.hit)
	for _, h := range c.hit {
		n += bits.OnesCount32(h)
	}
	return n
}
