package plot

import (
	"fmt"
	"testing"
	"time"
)

func slotsAt(sizes map[int64]uint64) []placed[slot] {
	lines := newTimeline((*slot).merge)
	for index, n := range sizes {
		lines.at(time.UnixMilli(index)).calls = n
	}
	return lines.sorted()
}

func TestMainPart(t *testing.T) {
	for _, test := range []struct {
		sizes map[int64]uint64
		want  string
	}{
		{map[int64]uint64{}, "0 -1"},
		{map[int64]uint64{5: 1}, "0 0"},
		{map[int64]uint64{5: 1, 1e9: 1}, "0 1"},                        // two events are a run
		{map[int64]uint64{0: 1, 1e6: 500, 1e6 + 9: 500}, "1 2"},        // one of 1001 is not where the others are
		{map[int64]uint64{0: 1, 1e6: 500, 2e9: 1, 3e9: 1}, "1 1"},      // on both sides
		{map[int64]uint64{0: 400, 1e6: 500, 1e6 + 9: 500}, "0 2"},      // a run in two parts
		{map[int64]uint64{0: 1, 50: 500, 60: 500, 100: 1}, "0 3"},      // a slow start
		{map[int64]uint64{0: 10, 1e6: 45, 1e6 + 9: 40, 2e6: 5}, "0 3"}, // a tenth is not a few
	} {
		first, last := mainPart(slotsAt(test.sizes))
		if got := fmt.Sprint(first, last); got != test.want {
			t.Errorf("of %v: %s; want %s", test.sizes, got, test.want)
		}
	}
}

// TestWithoutThin: a bin that has just begun joins its neighbour, at the ends and beside a pause; nothing gets lost.
func TestWithoutThin(t *testing.T) {
	type bin struct {
		index int64
		size  uint64
	}
	for _, test := range []struct{ all, want []bin }{
		{[]bin{{1, 1}}, []bin{{1, 1}}},
		{[]bin{{1, 1}, {2, 9}, {3, 9}, {4, 1}}, []bin{{2, 10}, {3, 10}}},
		{[]bin{{1, 4}, {2, 9}, {3, 3}, {4, 9}, {5, 4}}, []bin{{1, 4}, {2, 9}, {3, 3}, {4, 9}, {5, 4}}},
		{[]bin{{1, 9}, {2, 1}, {8, 1}, {9, 9}}, []bin{{1, 10}, {9, 10}}},
		{[]bin{{1, 9}, {4, 1}, {8, 9}}, []bin{{1, 9}, {4, 1}, {8, 9}}},
		{[]bin{{1, 9}, {2, 1}, {3, 9}}, []bin{{1, 9}, {2, 1}, {3, 9}}},
	} {
		list := make([]*bin, len(test.all))
		for i := range test.all {
			b := test.all[i]
			list[i] = &b
		}
		var got []bin
		for _, b := range withoutThin(list, func(b *bin) (int64, uint64) { return b.index, b.size },
			func(into, from *bin) { into.size += from.size }) {
			got = append(got, *b)
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%v becomes %v; want %v", test.all, got, test.want)
		}
	}
}

func TestBroken(t *testing.T) {
	at := func(indexes ...int64) (groups []group) {
		for _, i := range indexes {
			groups = append(groups, group{index: i, slot: &slot{calls: 1}})
		}
		return groups
	}
	for _, test := range []struct {
		groups []group
		want   string
	}{
		{nil, "[]"}, {at(1), "[1]"}, {at(1, 2, 3, 6, 7), "[5]"}, {at(1, 2, 3, 7, 8), "[3 2]"},
		{at(1, 4, 7, 10, 19, 22), "[6]"}, {at(1, 4, 7, 10, 20), "[4 1]"}, // three apart is usual there
	} {
		sizes := []int{}
		for _, part := range broken(test.groups, func(s *slot) bool { return s.calls > 0 }) {
			sizes = append(sizes, len(part))
		}
		if got := fmt.Sprint(sizes); got != test.want {
			t.Errorf("parts of %s; want %s", got, test.want)
		}
	}
}
