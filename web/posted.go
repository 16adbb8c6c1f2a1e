package web

import (
	"sync"

	"github.com/genmeter/genmeter/ingest"
)

// posted is a request's body under way: a buffer, and a reader that remembers strings that come again. It is used again.
type posted struct {
	data []byte
	body *ingest.Body
}

// Bounds of what is kept for the next body: any number of small ones, and a few that are large, for a sender that posts
// such bodies one after the other.
const (
	smallBody, smallEvents = 256 << 10, 1024
	largeBody, largeEvents = 8 << 20, 16_384
	keptLarge              = 2
)

var (
	smallPosted = sync.Pool{New: func() any { return &posted{} }}
	largePosted = make(chan *posted, keptLarge)
)

// takePosted returns what a body of so many bytes, -1 for not known, is read with.
func takePosted(length int64) *posted {
	if length < 0 || length > smallBody {
		select {
		case p := <-largePosted:
			return p
		default:
		}
	}
	return smallPosted.Get().(*posted)
}

func (p *posted) release() {
	switch {
	case p.within(smallBody, smallEvents):
		smallPosted.Put(p)
	case p.within(largeBody, largeEvents):
		select {
		case largePosted <- p:
		default:
		}
	}
}

func (p *posted) within(bytes, events int) bool {
	return cap(p.data) <= bytes && (p.body == nil || cap(p.body.Events)+cap(p.body.Problems) <= events)
}
