package report

import (
	"time"
)

// throughput tells how fast the run went.
func (c *counter) throughput(r *Report, zone *time.Location) Throughput {
	t := Throughput{Buckets: []Bucket{}}
	if !c.times.known {
		return t
	}
	t.Buckets = c.timeline.buckets(zone)
	t.BucketWidth = new(float64(c.timeline.width))
	if length := known(r.Span.Length); length >= leastSpan {
		c.peaks.find()
		t.rate(r, length/minute, &c.peaks)
	}
	if s, ok := c.times.silences.longest(); ok {
		t.LongestSilence = &Silence{From: moment(s.from, zone), Length: seconds(time.Duration(s.length()))}
	}
	return t
}

// leastSpan is how many seconds a run must take for rates to say anything.
const leastSpan = 1

// rate tells what came in a minute, on the whole and at most.
func (t *Throughput) rate(r *Report, minutes float64, fullest *peaks) {
	t.CallsPerMinute = ratio(float64(r.Calls.Total), minutes)
	t.TokensPerMinute = ratio(float64(r.Usage.Total), minutes)
	t.AcceptedPerMinute = ratio(float64(r.Records.Accepted), minutes)
	if minutes < 1 {
		return
	}
	from := *r.Span.From
	t.PeakCallsPerMinute, t.PeakCallsAt = fullest.calls.of(known(t.CallsPerMinute), from)
	t.PeakTokensPerMinute, t.PeakTokensAt = fullest.tokens.of(known(t.TokensPerMinute), from)
}
