// Package nearest finds the names that a misspelt one may have meant.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// Of returns those of names that name may be a misspelling of, the nearest first, equally near ones in the order of names. Case,
// underscores and other punctuation make no difference; otherwise one letter in five may be wrong, missing, too many or
// swapped with its neighbour, and two at most.
func Of(name string, names []string) []string {
	type candidate struct {
		name string
		away int
	}
	var near []candidate
	letters := lettersOf(name)
	for _, n := range names {
		other := lettersOf(n)
		if away := distance(letters, other); away <= min(len(letters), len(other), 10)/5 {
			near = append(near, candidate{n, away})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.away, b.away) })
	found := make([]string, len(near))
	for i, c := range near {
		found[i] = c.name
	}
	return found
}

// lettersOf returns the letters and digits of a name, in lower case.
func lettersOf(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r >= 0x80:
			return r
		}
		return -1
	}, name)
}

// distance returns how many letters must be put in, taken out, replaced or swapped with their neighbours to make b of a, each
// at most once (the optimal string alignment); or more than 2 at once when it is more for the difference in length alone.
func distance(a, b string) int {
	if d := len(a) - len(b); d < -2 || d > 2 {
		return 3
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			wrong := 1
			if a[i] == b[j] {
				wrong = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+wrong)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
