package exporter

import "slices"

// merge is a plan to add one series to another in every scrape. Both have the
// same labels, for example because two scopes have an instrument of the same
// name and scope labels are off.
type merge struct {
	into, from *point
}

// canMerge reports whether p can take o in. n is how many series have these
// labels in all.
func (p *point) canMerge(o *point, n int) bool {
	a, b := &p.stream.key, &o.stream.key
	switch {
	case a.kind == kindClassic && b.kind == kindNative:
		// Two views of one instrument. With a third series in play the count
		// of the native buckets would no longer be the sum of all.
		return n == 2 && a.scope == b.scope && a.name == b.name && a.unit == b.unit
	case a.kind != b.kind:
		return false
	case a.kind == kindClassic:
		return slices.Equal(p.classic.bounds.values, o.classic.bounds.values)
	}
	return a.kind == kindCounter || a.kind == kindUpDown
}

// merge adds o to p, whose values were set anew in this scrape.
func (p *point) merge(o *point) {
	switch {
	case p.classic != nil && o.native != nil:
		p.classic.absorb(o.native)
	case p.classic != nil:
		p.classic.merge(o.classic)
	default:
		p.value += o.value
		if p.counter.Exemplar == nil {
			p.counter.Exemplar = o.counter.Exemplar
		}
	}
}
