// Package deploy_test holds what an operator applies to what genmeter really does: names, labels and paths, and the
// programs that read the files.
package deploy_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// files returns the texts of this folder by path.
func files(t *testing.T, suffixes ...string) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	must(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(suffixes, filepath.Ext(path)) {
			return err
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	}))
	return texts
}

// program returns a command that must succeed. The test is skipped where the program is not, but for CI, where a skipped
// test would be a lie.
func program(t *testing.T, name, debian string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		install := fmt.Sprintf("no %s in $PATH: apt-get install --no-install-recommends %s", name, debian)
		if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
			t.Fatal(install)
		}
		t.Skip(install)
	}
	return exec.Command(path, args...)
}

// output runs the command and returns what it prints.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", cmd, err, out)
	}
	return string(out)
}

func status(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
