package docs

import (
	"strings"
	"testing"
)

// TestComparison: each neighbour has a source, and each figure is one of the page of them.
func TestComparison(t *testing.T) {
	page, performance := read(t, "docs/comparison.md"), read(t, "docs/performance.md")
	neighbours, figures := 0, 0
	claims, measured, _ := strings.Cut(page, "\n## Measured\n")
	for _, row := range rows(claims) {
		if neighbours++; !strings.Contains(row, "](https://") {
			t.Errorf("no source: %s", row)
		}
	}
	for _, row := range rows(measured) {
		if figures++; !strings.Contains(performance, "\n"+row+"\n") {
			t.Errorf("docs/performance.md has no %s", row)
		}
	}
	if neighbours < 15 || figures < 7 {
		t.Errorf("only %d neighbours and %d rows of figures are found", neighbours, figures)
	}
}

// rows returns the rows of a page's tables, without their heads.
func rows(page string) (rows []string) {
	body := false
	for line := range strings.SplitSeq(page, "\n") {
		switch {
		case !strings.HasPrefix(line, "|"):
			body = false
		case strings.HasPrefix(line, "|---"):
			body = true
		case body:
			rows = append(rows, line)
		}
	}
	return rows
}
