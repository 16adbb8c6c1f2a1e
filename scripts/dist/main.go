// Command dist builds the archives of a release: for each platform the program, LICENSE, README and what completes it in shells,
// and SHA256SUMS of them all. The same commit, Go and flags give the same bytes, wherever and whenever. See make dist.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
)

// platforms are those that a release is for.
const platforms = "linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64"

type config struct {
	version   string
	date      string // of all files in the archives
	ldflags   string
	platforms string
	out       string
}

func main() {
	var c config
	flag.StringVar(&c.version, "version", "", "the version, in the names of the archives")
	flag.StringVar(&c.date, "date", "", "when the commit was made, RFC 3339")
	flag.StringVar(&c.ldflags, "ldflags", "", "flags of the linker, which stamp the version")
	flag.StringVar(&c.platforms, "platforms", platforms, "which are built")
	flag.StringVar(&c.out, "o", "dist", "folder of the archives")
	check := flag.Bool("check", false, "only compile for each platform, and keep nothing")
	types := flag.Bool("types", false, "only check the types of all packages for each platform: a tenth of the time")
	flag.Parse()
	run := c.release
	switch {
	case *check:
		run = c.check
	case *types:
		run = c.checkTypes
	}
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// check compiles, and links nothing.
func (c config) check(w io.Writer) error {
	for platform := range strings.FieldsSeq(c.platforms) {
		if err := build(platform, "-o", os.DevNull); err != nil {
			return err
		}
		fmt.Fprintln(w, "builds for", platform)
	}
	return nil
}

// checkTypes does what a compiler does before it makes code, the packages of others included.
func (c config) checkTypes(w io.Writer) error {
	for platform := range strings.FieldsSeq(c.platforms) {
		loaded, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Env: environ(platform)}, "./cmd/genmeter")
		if err != nil {
			return err
		}
		count := 0
		packages.Visit(loaded, nil, func(p *packages.Package) {
			count++
			for _, e := range p.Errors {
				err = errors.Join(err, fmt.Errorf("for %s: %s: %w", platform, p.PkgPath, e))
			}
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "the types of %d packages are right for %s\n", count, platform)
	}
	return nil
}

func (c config) release(w io.Writer) error {
	date, err := time.Parse(time.RFC3339, c.date)
	if err != nil || c.version == "" {
		return fmt.Errorf("want a version and its date, such as 2026-03-01T06:00:00Z, got %q and %q", c.version, c.date)
	}
	work, err := os.MkdirTemp("", "genmeter-dist")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	program, err := c.program(work, runtime.GOOS+"/"+runtime.GOARCH)
	if err != nil {
		return err
	}
	common, err := completions(work, program)
	if err != nil {
		return err
	}
	common = append(common, file{"LICENSE", "LICENSE", 0o644}, file{"README.md", "README.md", 0o644})
	if err := os.MkdirAll(c.out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for platform := range strings.FieldsSeq(c.platforms) {
		name, sum, err := c.archive(work, platform, date, common)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, name)
		fmt.Fprintln(w, filepath.Join(c.out, name))
	}
	return os.WriteFile(filepath.Join(c.out, "SHA256SUMS"), []byte(sums.String()), 0o644) //nolint:gosec // to be published
}

// archive builds for a platform, and returns the archive's name and checksum.
func (c config) archive(work, platform string, date time.Time, common []file) (name, sum string, err error) {
	path, err := c.program(work, platform)
	if err != nil {
		return "", "", err
	}
	program := file{"genmeter", path, 0o755}
	folder := "genmeter-" + strings.TrimPrefix(c.version, "v") + "." + dashed(platform)
	name, pack := folder+".tar.gz", tarball
	if strings.HasPrefix(platform, "windows/") {
		program.name += ".exe"
		name, pack = folder+".zip", zipped
	}
	sum, err = write(filepath.Join(c.out, name), folder, date, append([]file{program}, common...), pack)
	return name, sum, err
}

// program builds for a platform, once.
func (c config) program(work, platform string) (path string, err error) {
	path = filepath.Join(work, dashed(platform)+".exe") // Windows runs no other
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, build(platform, "-ldflags", c.ldflags, "-o", path)
}

func dashed(platform string) string { return strings.ReplaceAll(platform, "/", "-") }

// completions writes what completes the program in each shell, as one that runs here says.
func completions(work, program string) ([]file, error) {
	var files []file
	for shell, name := range map[string]string{"bash": "genmeter.bash", "zsh": "_genmeter", "fish": "genmeter.fish"} {
		script, err := exec.Command(program, "--completion-script-"+shell).Output()
		path := filepath.Join(work, name)
		if err = errors.Join(err, os.WriteFile(path, script, 0o600)); err != nil {
			return nil, fmt.Errorf("completion for %s: %w", shell, err)
		}
		files = append(files, file{"completion/" + name, path, 0o644})
	}
	return files, nil
}

// build runs go build for a platform.
func build(platform string, args ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath"}, args...), "./cmd/genmeter")...)
	cmd.Env = environ(platform)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building for %s: %w", platform, err)
	}
	return nil
}

// environ is that of a go command for a platform.
func environ(platform string) []string {
	goos, goarch, _ := strings.Cut(platform, "/")
	return append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
}
