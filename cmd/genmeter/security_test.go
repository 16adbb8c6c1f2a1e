package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityDocument: every protection that SECURITY.md tells of has a test, which is where it says.
func TestSecurityDocument(t *testing.T) {
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	must(t, err)
	test := regexp.MustCompile("`([^` ]+_test\\.go)`((?: (?:Test|Fuzz)\\w+,?)+)")
	script := regexp.MustCompile("`([^` ]+\\.txtar)`")
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| threat") {
			continue
		}
		rows++
		named := 0
		for _, m := range test.FindAllStringSubmatch(line, -1) {
			source, err := os.ReadFile(filepath.Join(root, m[1]))
			if err != nil {
				t.Errorf("SECURITY.md: %v", err)
				continue
			}
			for _, name := range regexp.MustCompile(`\w+`).FindAllString(m[2], -1) {
				named++
				if !strings.Contains(string(source), "\nfunc "+name+"(") {
					t.Errorf("SECURITY.md: %s has no %s", m[1], name)
				}
			}
		}
		for _, m := range script.FindAllStringSubmatch(line, -1) {
			named++
			_, err := os.Stat(filepath.Join(root, m[1]))
			must(t, err)
		}
		if named == 0 {
			t.Errorf("SECURITY.md: no test holds %s", strings.TrimSpace(line))
		}
	}
	if rows < 30 {
		t.Error(fmt.Errorf("SECURITY.md: only %d rows are found", rows))
	}
}
