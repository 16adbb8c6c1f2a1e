package alerting

import (
	"fmt"
	"strings"
)

// suggestion names the key that was probably meant, in front of the list of those there are.
func suggestion(given string, keys []key) string {
	const longest = 40 // a longer one is no typing error
	best, bestAt := len(given)/3+2, -1
	if len(given) > longest {
		return ""
	}
	for i, k := range keys {
		if d := distance(strings.ToLower(strings.ReplaceAll(given, "-", "_")), k.name); d < best {
			best, bestAt = d, i
		}
	}
	if bestAt < 0 {
		return ""
	}
	return fmt.Sprintf("is it %s? ", keys[bestAt].name)
}

// distance is how many characters must be changed, added or left out to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
