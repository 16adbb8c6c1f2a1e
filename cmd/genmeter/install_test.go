package main

import (
	"archive/zip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoInstall installs the program as a stranger does, go install MODULE/cmd/genmeter@VERSION, from a module proxy that has
// what is published: the files of the module, without those of the modules within. It must build, and know its version.
func TestGoInstall(t *testing.T) {
	if os.Getenv("GENMETER_INSTALL") == "" {
		t.Skip("builds everything once more: set GENMETER_INSTALL=1, as make e2e does")
	}
	t.Parallel()
	const module, version = "github.com/genmeter/genmeter", "v1.2.3"
	proxy, bin := t.TempDir(), t.TempDir()
	publish(t, filepath.Join(proxy, filepath.FromSlash(module), "@v"), module, version)

	cached, err := exec.Command("go", "env", "GOMODCACHE").Output()
	must(t, err)
	cmd := exec.Command("go", "install", "-trimpath", "-modcacherw", module+"/cmd/genmeter@"+version)
	cmd.Dir = bin // in no module
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "CGO_ENABLED=0", "GOMODCACHE="+t.TempDir(), "GOFLAGS=", "GOSUMDB=off", "GOWORK=off", "GOOS=", "GOARCH=",
		"GOPROXY=file://"+filepath.ToSlash(proxy)+",file://"+strings.TrimSpace(string(cached))+"/cache/download")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	out, err := exec.Command(filepath.Join(bin, "genmeter"), "--version").Output()
	must(t, err)
	if !strings.HasPrefix(string(out), "genmeter, version "+version+" ") {
		t.Errorf("it says %q", out)
	}
}

// publish writes what a module proxy answers of a version.
func publish(t *testing.T, dir, module, version string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o755))
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	must(t, err)
	file, err := os.Create(filepath.Join(dir, version+".zip"))
	must(t, err)
	archive := zip.NewWriter(file)
	must(t,
		os.WriteFile(filepath.Join(dir, "list"), []byte(version+"\n"), 0o600),
		os.WriteFile(filepath.Join(dir, version+".mod"), mod, 0o600),
		os.WriteFile(filepath.Join(dir, version+".info"), []byte(`{"Version":"`+version+`"}`), 0o600),
		filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(root, path)
			switch {
			case err != nil:
				return err
			case d.IsDir() && (name == ".git" || name == "bin" || name == "dist" || ofOtherModule(root, path)):
				return fs.SkipDir
			case !d.Type().IsRegular():
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			w, err := archive.Create(module + "@" + version + "/" + filepath.ToSlash(name))
			if err != nil {
				return err
			}
			_, err = w.Write(text)
			return err
		}),
		archive.Close(), file.Close())
}

// ofOtherModule tells whether a folder is the root of a module within.
func ofOtherModule(root, dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil && dir != root
}
