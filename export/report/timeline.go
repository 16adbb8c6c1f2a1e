package report

import (
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// Throughput is how fast the run went. Rates are over its whole length; they are null when that is less than a second or not
// known. The peaks are null when it is less than a minute.
type Throughput struct {
	CallsPerMinute    *float64 `json:"calls_per_minute"`
	TokensPerMinute   *float64 `json:"tokens_per_minute"`
	AcceptedPerMinute *float64 `json:"accepted_records_per_minute"`

	// The peaks are the calls and tokens of the fullest 60 s that begin at a whole second. They are the rates over the whole
	// length where those are greater, as they may be when it is no whole number of minutes.
	PeakCallsPerMinute  *float64   `json:"peak_calls_per_minute"`
	PeakCallsAt         *time.Time `json:"peak_calls_at"` // when they begin
	PeakTokensPerMinute *float64   `json:"peak_tokens_per_minute"`
	PeakTokensAt        *time.Time `json:"peak_tokens_at"`

	LongestSilence *Silence `json:"longest_silence"` // null when there are no two times

	BucketWidth *float64 `json:"bucket_width_seconds"`
	Buckets     []Bucket `json:"buckets"` // 60 at most, without a gap; of the events that have a time
}

// Silence is a time in which nothing was recorded.
type Silence struct {
	From   time.Time `json:"from"`
	Length float64   `json:"length_seconds"`
}

// Bucket counts what happened from Start until the next bucket's.
type Bucket struct {
	Start    time.Time `json:"start"`
	Calls    uint64    `json:"calls"`
	Failed   uint64    `json:"failed_calls"`
	Tokens   int64     `json:"tokens"`
	Accepted uint64    `json:"accepted_records"`
}

// count is a Bucket whose place tells its time.
type count struct {
	calls, failed, accepted uint64
	tokens                  int64
}

func (c *count) merge(o count) {
	c.calls += o.calls
	c.failed += o.failed
	c.accepted += o.accepted
	c.tokens += o.tokens
}

func (c *count) add(ev *monitor.Event) {
	switch ev.Kind {
	case monitor.KindGeneration:
		c.calls++
		if !ev.Success {
			c.failed++
		}
		c.tokens += ev.TotalTokens
	case monitor.KindEvaluation, monitor.KindUsage:
		c.tokens += ev.TotalTokens
	case monitor.KindRecord:
		if ev.Outcome == monitor.Accepted {
			c.accepted++
		}
	}
}

const (
	maxCounts  = 300 // while reading: five times as many as are told, the greatest step of the widths
	maxBuckets = 60
)

// widths are what a bucket may be wide, in seconds, each a multiple of the one before; after the last it doubles.
var widths = [...]int64{1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400}

// timeline counts over time in a bounded number of buckets: when they run out, they become wider. How long the run is need
// not be known.
type timeline struct {
	width  int64 // seconds; 0 before the first event
	first  int64 // number of the first bucket: its start is first × width
	counts []count
}

func (t *timeline) at(nanos int64) *count {
	sec := floorDiv(nanos, int64(time.Second))
	if t.width == 0 {
		t.width = widths[0]
		t.first = sec
	}
	i := floorDiv(sec, t.width)
	for max(i, t.first+int64(len(t.counts))-1)-min(i, t.first) >= maxCounts {
		t.widen()
		i = floorDiv(sec, t.width)
	}
	if before := t.first - i; before > 0 {
		t.counts = append(make([]count, before, maxCounts), t.counts...)
		t.first = i
	}
	for int64(len(t.counts)) <= i-t.first {
		t.counts = append(t.counts, count{})
	}
	return &t.counts[i-t.first]
}

// widen makes buckets of the next width.
func (t *timeline) widen() {
	next := 2 * t.width
	for _, w := range widths {
		if w > t.width {
			next = w
			break
		}
	}
	t.merge(next / t.width)
}

// merge makes one bucket of each so many, on multiples of their width.
func (t *timeline) merge(n int64) {
	if len(t.counts) == 0 {
		t.first = floorDiv(t.first, n)
		t.width *= n
		return
	}
	first := floorDiv(t.first, n)
	last := floorDiv(t.first+int64(len(t.counts))-1, n)
	merged := make([]count, last-first+1, maxCounts+1)
	for i := range t.counts {
		merged[floorDiv(t.first+int64(i), n)-first].merge(t.counts[i])
	}
	t.first, t.counts = first, merged
	t.width *= n
}

// buckets returns what a report tells.
func (t *timeline) buckets(zone *time.Location) []Bucket {
	for n := int64(len(t.counts)+maxBuckets-1) / maxBuckets; len(t.counts) > maxBuckets; n++ {
		if t.spans(n) <= maxBuckets {
			t.merge(n)
		}
	}
	list := make([]Bucket, len(t.counts))
	for i, c := range t.counts {
		start := time.Unix((t.first+int64(i))*t.width, 0).In(zone)
		list[i] = Bucket{start, c.calls, c.failed, c.tokens, c.accepted}
	}
	return list
}

// spans returns how many buckets there would be after merge.
func (t *timeline) spans(n int64) int64 {
	return floorDiv(t.first+int64(len(t.counts))-1, n) - floorDiv(t.first, n) + 1
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
