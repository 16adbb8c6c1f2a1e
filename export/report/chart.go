package report

import (
	"fmt"
	"strings"
)

func (r *Report) throughputSection() section {
	s, t := section{title: "Throughput"}, &r.Throughput
	rate := func(label string, v, top *float64) {
		if v == nil || *v == 0 {
			return
		}
		note := ""
		if top != nil {
			note = "at most " + amount(*top)
		}
		s.fact(label, digits(*v), note)
	}
	rate("calls a minute", t.CallsPerMinute, t.PeakCallsPerMinute)
	rate("tokens a minute", t.TokensPerMinute, t.PeakTokensPerMinute)
	rate("accepted a minute", t.AcceptedPerMinute, nil)
	if q := t.LongestSilence; q != nil {
		s.fact("longest silence", took(q.Length), "from "+clockAfter(q.From, *r.Span.From))
	}
	if len(t.Buckets) > 1 && r.Calls.Total > 0 {
		s.chart = r.callChart()
	}
	return s
}

// callChart shows the calls of each bucket, and which part of them did not succeed.
func (r *Report) callChart() *chart {
	buckets := r.Throughput.Buckets
	top := uint64(0)
	for i := range buckets {
		top = max(top, buckets[i].Calls)
	}
	width := every(*r.Throughput.BucketWidth)
	c := &chart{title: fmt.Sprintf("Calls over time, %s a bar, %s at most", width, grouped(top))}
	for i := range buckets {
		b := &buckets[i]
		x := bar{text: fmt.Sprintf("%s: %s, %s not successful", clock(b.Start), plural(b.Calls, "call"), grouped(b.Failed))}
		if top > 0 {
			x.height = float64(b.Calls) / float64(top)
			x.part = known(ratio(float64(b.Failed), float64(b.Calls)))
		}
		c.bars = append(c.bars, x)
	}
	first, last := buckets[0].Start, buckets[len(buckets)-1].Start
	c.labels = [2]string{clock(first), clockAfter(last, first)}
	return c
}

var blocks = []rune("▁▂▃▄▅▆▇█")

// sparkline draws the bars in one line; a dot is a bar of nothing.
func (c *chart) sparkline() string {
	var s strings.Builder
	for _, b := range c.bars {
		if b.height == 0 {
			s.WriteRune('·')
			continue
		}
		s.WriteRune(blocks[min(len(blocks)-1, int(b.height*float64(len(blocks))))])
	}
	return s.String()
}
