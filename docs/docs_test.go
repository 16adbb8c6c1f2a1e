// Package docs holds what the pages of this repository say to what there is.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

const root = ".."

// TestLinks: every link of every page to a file or heading of this repository leads there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`(?:\]\(|\b(?:src|srcset|href)=")([^)"\s]+)[)"]`)
	links := 0
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(prose(read(t, page)), -1) {
			file, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(file, "://") || strings.HasPrefix(file, "mailto:") {
				continue
			}
			links++
			target := page
			if file != "" {
				target = path.Join(path.Dir(page), file)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s: %s: %v", page, m[1], err)
				continue
			}
			if anchor != "" && !anchors(read(t, target))[anchor] {
				t.Errorf("%s: %s has no heading %s", page, target, anchor)
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links are found", links)
	}
}

// TestAnchors: headings have the anchors that GitHub gives them.
func TestAnchors(t *testing.T) {
	got := anchors("# One\n## See `a.b`, and: c\n```sh\n# no heading\n```\n## One\n### [Docs](x.md) of it\n")
	for _, want := range []string{"one", "see-ab-and-c", "one-1", "docs-of-it"} {
		if !got[want] {
			t.Errorf("no %s among %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("%v", got)
	}
}

// TestArchitecture: the files and tests that the page names are there, a test in the file named before it.
func TestArchitecture(t *testing.T) {
	text := read(t, "docs/architecture.md")
	file := regexp.MustCompile("`([\\w./]+\\.(?:go|txtar))`((?: (?:Test|Fuzz)\\w+,?)*)")
	tests := 0
	for _, m := range file.FindAllStringSubmatch(strings.ReplaceAll(text, "\n", " "), -1) {
		if m[1] == "doc.go" { // of each package
			continue
		}
		source := read(t, m[1])
		for _, name := range regexp.MustCompile(`\w+`).FindAllString(m[2], -1) {
			tests++
			if !strings.Contains(source, "\nfunc "+name+"(") {
				t.Errorf("%s has no %s", m[1], name)
			}
		}
	}
	named := len(regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`).FindAllString(text, -1))
	if tests != named || tests < 60 {
		t.Errorf("%d tests are named, %d of them behind their file", named, tests)
	}
	for line := range strings.Lines(text) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == 3 && !strings.HasSuffix(cells[2], "held by") &&
			!strings.Contains(cells[2], "Test") {
			t.Errorf("no test holds %q", cells[0])
		}
	}
}

// TestNames: what the pages and the picture call package.Name, or mon.Name for a method of Monitor, is exported there.
func TestNames(t *testing.T) {
	packages := map[string]string{
		"monitor": "monitor", "exporter": "exporter", "alerting": "alerting", "ingest": "ingest", "journal": "ingest/journal",
		"export": "export", "plot": "export/plot", "report": "export/report", "web": "web", "mon": "monitor", "Monitor": "monitor", "Intake": "ingest",
	}
	exported := make(map[string]map[string]bool)
	for _, folder := range packages {
		if exported[folder] == nil {
			exported[folder] = exports(t, folder)
		}
	}
	name := regexp.MustCompile(`\b(\w+)\.([A-Z]\w*)`)
	found := 0
	for _, page := range docs(t, "*.md", "*.svg") {
		for _, m := range name.FindAllStringSubmatch(read(t, page), -1) {
			folder, ok := packages[m[1]]
			if !ok {
				continue
			}
			if found++; !exported[folder][m[2]] {
				t.Errorf("%s: %s: package %s has no %s", page, m[0], folder, m[2])
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d names are found", found)
	}
}

// TestPicture: the methods that the picture of the architecture shows are the Monitor's.
func TestPicture(t *testing.T) {
	exported, found := exports(t, "monitor"), 0
	for _, name := range regexp.MustCompile(`\b(?:Track|Record|Set)[A-Z]\w*|\b(?:Begin|Snapshot|Cursor|MetricHandler)\b`).FindAllString(read(t, "docs/architecture.svg"), -1) {
		if found++; !exported[name] {
			t.Errorf("package monitor has no %s", name)
		}
	}
	if found < 8 {
		t.Errorf("only %d names are found", found)
	}
}

// exports returns the exported names of a package, its methods' too.
func exports(t *testing.T, folder string) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				names[decl.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						names[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							names[name.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}

// pages returns the Markdown pages of the repository, but for what tests compare with.
func pages(t *testing.T) (pages []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" && !strings.HasSuffix(file, "ingest/testdata") || strings.HasPrefix(d.Name(), ".") && file != root) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(file, ".md") {
			page, err := filepath.Rel(root, file)
			pages = append(pages, filepath.ToSlash(page))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// docs returns the files of this folder of those names.
func docs(t *testing.T, patterns ...string) (files []string) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			files = append(files, "docs/"+file)
		}
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// prose is a page without its blocks and spans of code.
func prose(text string) string {
	text = regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(text, "")
}

// anchors returns the anchors of a page's headings.
func anchors(text string) map[string]bool {
	text = regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
	text = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(text, "$1")
	seen := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^#+ +(.*?) *$`).FindAllStringSubmatch(text, -1) {
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		anchor := slug
		for n := 1; seen[anchor]; n++ {
			anchor = slug + "-" + strconv.Itoa(n)
		}
		seen[anchor] = true
	}
	return seen
}
