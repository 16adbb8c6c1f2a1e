package report

import (
	"cmp"
	"slices"
	"time"
)

const (
	minute     = 60      // seconds
	maxSeconds = 1 << 16 // that peaks keeps
)

// peaks finds the fullest minutes as the events pass: the 60 s from some whole second on that have the most calls, and those
// that have the most tokens. Events may come in any order: those that are older than the latest 32,768 seconds in which anything
// happened are in no minute with what is gone by then. Its memory is some MB at most.
type peaks struct {
	list          []second
	places        map[int64]int // of list, by time
	last          int           // the place of the second that was used last
	calls, tokens peak
}

// second is what happened within one.
type second struct {
	at int64 // since 1970
	count
}

type peak struct {
	most float64
	from int64 // the second at which it begins
}

func (p *peaks) add(nanos int64, n count) {
	if n.calls == 0 && n.tokens == 0 {
		return
	}
	at := floorDiv(nanos, int64(time.Second))
	if p.last >= len(p.list) || p.list[p.last].at != at {
		p.last = p.place(at)
	}
	p.list[p.last].merge(n)
}

// place returns the place of a second, making it when needed.
func (p *peaks) place(at int64) int {
	if i, ok := p.places[at]; ok {
		return i
	}
	if len(p.list) == maxSeconds {
		p.find()
		p.forget()
	}
	if p.places == nil {
		p.places = make(map[int64]int)
	}
	p.places[at] = len(p.list)
	p.list = append(p.list, second{at: at})
	return len(p.list) - 1
}

// find brings calls and tokens up to date, and sorts the list.
func (p *peaks) find() {
	slices.SortFunc(p.list, func(a, b second) int { return cmp.Compare(a.at, b.at) })
	var within count
	first := 0
	for _, s := range p.list {
		within.merge(s.count)
		for ; s.at-p.list[first].at >= minute; first++ {
			within.calls -= p.list[first].calls
			within.tokens -= p.list[first].tokens
		}
		p.calls.see(float64(within.calls), p.list[first].at)
		p.tokens.see(float64(within.tokens), p.list[first].at)
	}
}

func (p *peak) see(n float64, from int64) {
	if n > p.most {
		p.most, p.from = n, from
	}
}

// forget drops the older half of the sorted list, but for what is within a minute of the rest.
func (p *peaks) forget() {
	keep := p.list[len(p.list)/2].at - minute
	p.list = slices.DeleteFunc(p.list, func(s second) bool { return s.at < keep })
	clear(p.places)
	for i := range p.list {
		p.places[p.list[i].at] = i
	}
}

// of returns the peak of a run with that mean, and when it begins. A run that is no whole number of minutes may have more in a
// minute on average than any of its minutes: then it is all of the run that is the fullest. It is nil when there is nothing.
func (p *peak) of(mean float64, from time.Time) (most *float64, at *time.Time) {
	switch {
	case max(p.most, mean) == 0:
		return nil, nil
	case mean > p.most:
		return &mean, &from
	}
	return &p.most, new(time.Unix(p.from, 0).In(from.Location()))
}
