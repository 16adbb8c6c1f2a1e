package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityNamesTests: every test that SECURITY.md names is there.
func TestSecurityNamesTests(t *testing.T) {
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	must(t, err)
	there := make(map[string]bool)
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch {
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, found := range function.FindAllSubmatch(source, -1) {
				there[string(found[1])] = true
			}
		case strings.HasSuffix(path, ".txtar") || strings.HasSuffix(path, "-e2e"):
			there[d.Name()] = true
		}
		return nil
	}))
	named := regexp.MustCompile("`(Test\\w+|[\\w-]+\\.txtar|scripts/[\\w-]+)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 30 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, n := range named {
		if !there[filepath.Base(n[1])] {
			t.Errorf("there is no %s", n[1])
		}
	}
}
