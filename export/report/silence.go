package report

import "slices"

// silence is a time without any event.
type silence struct{ from, to int64 }

func (s silence) length() int64 { return s.to - s.from }

// silences keeps the longest ones. A run is read once and its events are not quite in order: an event may fall into one that
// was seen before, which makes two of it. So a few more are kept than are told.
type silences struct {
	kept     []silence
	shortest int64 // of those kept, once there is no room
}

const maxSilences = 32

func (s *silences) add(from, to int64) {
	length := to - from
	if length <= s.shortest || length <= 0 {
		return
	}
	if len(s.kept) < maxSilences {
		s.kept = append(s.kept, silence{from, to})
		if len(s.kept) < maxSilences {
			return
		}
	} else {
		s.kept[s.least()] = silence{from, to}
	}
	s.shortest = s.kept[s.least()].length()
}

func (s *silences) least() int {
	least := 0
	for i := range s.kept {
		if s.kept[i].length() < s.kept[least].length() {
			least = i
		}
	}
	return least
}

// split ends the silence that an event falls into.
func (s *silences) split(at int64) {
	for i, old := range s.kept {
		if old.from < at && at < old.to {
			s.kept = slices.Delete(s.kept, i, i+1)
			s.shortest = 0
			s.add(old.from, at)
			s.add(at, old.to)
			return
		}
	}
}

func (s *silences) longest() (silence, bool) {
	if len(s.kept) == 0 {
		return silence{}, false
	}
	return slices.MaxFunc(s.kept, func(a, b silence) int { return int(min(1, max(-1, a.length()-b.length()))) }), true
}
