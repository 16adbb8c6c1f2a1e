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
		t.rate(r, length/60)
	}
	if s, ok := c.times.silences.longest(); ok {
		t.LongestSilence = &Silence{From: moment(s.from, zone), Length: seconds(s.length())}
	}
	return t
}

// leastSpan is how many seconds a run must take for rates to say anything.
const leastSpan = 1

// rate tells what came in a minute, on the whole and at most.
func (t *Throughput) rate(r *Report, minutes float64) {
	t.CallsPerMinute = ratio(float64(r.Calls.Total), minutes)
	t.TokensPerMinute = ratio(float64(r.Usage.Total), minutes)
	t.AcceptedPerMinute = ratio(float64(r.Records.Accepted), minutes)
	perMinute := 60 / *t.BucketWidth
	t.PeakCallsPerMinute, t.PeakCallsAt = peak(t.Buckets, func(b *Bucket) float64 { return float64(b.Calls) * perMinute })
	t.PeakTokensPerMinute, t.PeakTokensAt = peak(t.Buckets, func(b *Bucket) float64 { return float64(b.Tokens) * perMinute })
}

// peak returns the greatest value of a bucket and when that begins; nil when there is nothing but zeros.
func peak(buckets []Bucket, of func(*Bucket) float64) (top *float64, at *time.Time) {
	for i := range buckets {
		if v := of(&buckets[i]); v > known(top) {
			top, at = &v, &buckets[i].Start
		}
	}
	return top, at
}
