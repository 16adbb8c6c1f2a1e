package plot

import "time"

const day = 24 * time.Hour

// storedWidths are the widths that bins may have while a run is read. Each divides the next, so that bins can be merged
// when there are too many, and nothing is lost but detail.
var storedWidths = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond,
	200 * time.Millisecond, time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute,
	5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day,
	2 * day, 10 * day, 50 * day, 200 * day, 1000 * day, 5000 * day,
}

// shownWidths are the widths that bins have in pictures: round ones.
var shownWidths = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second,
	2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute,
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour,
	6 * time.Hour, 12 * time.Hour, day, 2 * day, 5 * day, 10 * day, 50 * day, 100 * day, 200 * day, 1000 * day, 5000 * day,
}

// shownWidth returns the least round width that is a multiple of the stored one and covers the span in at most most bins.
func shownWidth(stored, span time.Duration, most int) time.Duration {
	for _, w := range shownWidths {
		if w >= stored && w%stored == 0 && int64(span/w) < int64(most) {
			return w
		}
	}
	return stored
}

// binCount returns how many bins suit n samples: enough of them in each for a mean that says something.
func binCount(n uint64) int { return int(min(max(n/20, 16), 200)) }
