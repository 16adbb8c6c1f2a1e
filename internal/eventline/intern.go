package eventline

import "hash/maphash"

// internSets times internWays is how many strings a decoder remembers, the sets a power of two; internMax is the
// longest that it remembers. A run has few models, steps and reasons, so they are nearly always found, and one event's
// strings cost no allocation.
const (
	internSets = 128
	internWays = 4
	internMax  = 128
)

// interner gives one string for equal texts. It is a table in which a new text takes the place of the oldest of its
// set, so that it is bounded whatever is fed to it. One way would do but for the two strings of every line that share a
// slot now and then.
type interner struct {
	seed maphash.Seed
	sets [internSets][internWays]string
}

func (in *interner) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > internMax {
		return string(b)
	}
	set := &in.sets[maphash.Bytes(in.seed, b)%internSets]
	for i := range set {
		if set[i] == string(b) {
			return set[i]
		}
	}
	copy(set[1:], set[:])
	set[0] = string(b)
	return set[0]
}
