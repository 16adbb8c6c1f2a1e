package main

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated parts of docs/ anew")

const docs = "../../docs"

// docsPart is a part of a page of docs that is generated; all else there is written by hand.
var docsPart = regexp.MustCompile(`(?s)(<!-- generated: ([^\n]+?) -->\n).*?(<!-- end of generated -->\n)`)

// generateDocs compares the generated parts of a page of docs, by name, with what they should be, or writes them with -update.
// Every part must have its place in the page, and every place its part.
func generateDocs(t *testing.T, page string, parts map[string]string) {
	t.Helper()
	path := filepath.Join(docs, page)
	text := docsText(t, page)
	var placed []string
	generated := docsPart.ReplaceAllStringFunc(text, func(old string) string {
		found := docsPart.FindStringSubmatch(old)
		placed = append(placed, found[2])
		return found[1] + "\n" + strings.Trim(parts[found[2]], "\n") + "\n\n" + found[3]
	})
	slices.Sort(placed)
	if want := slices.Sorted(maps.Keys(parts)); !slices.Equal(placed, want) {
		t.Fatalf("docs/%s has places for the generated parts %q, want those for %q", page, placed, want)
	}
	switch {
	case generated == text:
	case *update:
		must(t, os.WriteFile(path, []byte(generated), 0o644))
	default:
		t.Errorf("docs/%s is not what the program says: run make generate, and look at what it changes\n%s", page, firstChange(text, generated))
	}
}

// firstChange shows the first line in which two texts differ.
func firstChange(old, now string) string {
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "- " + a[i] + "\n+ " + b[i]
		}
	}
	return "one of them ends before the other"
}

func docsText(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docs, page))
	must(t, err)
	return string(text)
}

// table writes rows as Markdown, the first one as its head.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		for _, cell := range row {
			b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

func code(s string) string { return "`" + s + "`" }

// codes writes words as code, commas between them.
func codes(words []string) string {
	written := make([]string, len(words))
	for i, w := range words {
		written[i] = code(w)
	}
	return strings.Join(written, ", ")
}

// TestDocsIndex: docs/README.md leads to every page.
func TestDocsIndex(t *testing.T) {
	pages, err := filepath.Glob(docs + "/*.md")
	must(t, err)
	index := docsText(t, "README.md")
	for _, path := range pages {
		if page := filepath.Base(path); page != "README.md" && !strings.Contains(index, "]("+page+")") {
			t.Errorf("docs/README.md has no link to %s", page)
		}
	}
}
