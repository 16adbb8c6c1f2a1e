package plot

import (
	"cmp"
	"image/color"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// drawFailures draws how many calls failed over time, stacked by class.
func drawFailures(r *run, o Options) (Figure, bool) {
	failed := func(s *slot) uint64 { return s.errors }
	var n uint64
	for _, s := range r.slots {
		n += failed(s.bin)
	}
	if n == 0 {
		return Figure{}, false
	}
	groups, width := r.groups(int(min(max(n/3, 16), 60)))
	var high uint64
	for _, g := range groups {
		high = max(high, g.errors)
	}
	c := newChart(o, "Failed calls by class",
		r.note(count(n)+" of "+plural(r.callsShown(), "call")+" failed", "counts per "+binLength(width)), r.missing())
	c.timeAxis(r.from, r.to)
	c.valueAxis(plain, 0, float64(high), true)
	c.plot.Y.Label.Text = "failed calls per " + binLength(width)
	c.grid(false, true)
	below := make([]float64, len(groups))
	for _, layer := range failureLayers(groups) {
		stack := boxes{color: layer.ink, gap: c.size / 10, least: c.size / 5}
		for i, g := range groups {
			if v := float64(layer.of(g.slot)); v > 0 {
				stack.at = append(stack.at, box{g.box.left, g.box.right, below[i], below[i] + v})
				below[i] += v
			}
		}
		c.add(stack)
		c.head.keys = append(c.head.keys, key{label: layer.name, fill: layer.ink})
	}
	return c.finish(""), true
}

type failureLayer struct {
	name string
	ink  color.Color
	of   func(*slot) uint64
}

// failureLayers are the classes, the most frequent first; those past the colours share the last layer.
func failureLayers(groups []group) []failureLayer {
	totals := make(map[monitor.ErrorType]uint64)
	for _, g := range groups {
		for class, n := range g.failures {
			totals[class] += n
		}
	}
	classes := make([]monitor.ErrorType, 0, len(totals))
	for class := range totals {
		classes = append(classes, class)
	}
	slices.SortFunc(classes, func(a, b monitor.ErrorType) int {
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(a, b))
	})
	var layers []failureLayer
	for i, class := range classes {
		if i == len(palette) && len(classes) > i+1 {
			rest := classes[i:]
			var n uint64
			for _, class := range rest {
				n += totals[class]
			}
			return append(layers, failureLayer{count(len(rest)) + " rarer: " + count(n), grey, func(s *slot) (n uint64) {
				for _, class := range rest {
					n += s.failures[class]
				}
				return n
			}})
		}
		layers = append(layers, failureLayer{printable(string(class)) + " " + count(totals[class]), colorOf(i),
			func(s *slot) uint64 { return s.failures[class] }})
	}
	return layers
}
