package report

import "strings"

// maxBegun bounds how many calls in progress are remembered.
const maxBegun = 1 << 16

// begun remembers the calls that have begun and not ended, by their ids.
type begun struct {
	open map[string]struct{}
	lost uint64 // that there was no room for: taken for not ended
}

func (b *begun) begin(id string) {
	if id == "" {
		return
	}
	if b.open == nil {
		b.open = make(map[string]struct{})
	}
	if _, again := b.open[id]; again {
		return
	}
	if len(b.open) == maxBegun {
		b.lost++
		return
	}
	b.open[strings.Clone(id)] = struct{}{}
}

func (b *begun) end(id string) {
	if len(b.open) > 0 && id != "" {
		delete(b.open, id)
	}
}

func (b *begun) left() uint64 { return uint64(len(b.open)) + b.lost }
