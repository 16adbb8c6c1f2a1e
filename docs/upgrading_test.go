package docs

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestUpgradingGo: the Go of the upgrade notes is that of the example, which is compiled and run.
func TestUpgradingGo(t *testing.T) {
	example := strings.ReplaceAll(read(t, "docs/example_test.go"), "\n\t", "\n")
	blocks := blocks(read(t, "docs/upgrading.md"), "go")
	if len(blocks) == 0 {
		t.Error("the page has no Go")
	}
	for _, block := range blocks {
		if !strings.Contains(example, block) {
			t.Errorf("the example has no\n%s", block)
		}
	}
}

// TestUpgradingCommands runs every command and the Python of the upgrade notes: those on old files over the recorded run, those
// that ask a sidecar after the Python.
func TestUpgradingCommands(t *testing.T) {
	need(t, "python3")
	need(t, "curl")
	page := read(t, "docs/upgrading.md")
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "PYTHONDONTWRITEBYTECODE=1", "GENMETER_SPOOL=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "genmeter"), "./cmd/genmeter")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0") // as make build does, whose packages are compiled already
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, from := range map[string]string{
		"genmeter_client.py": "examples/python/genmeter_client.py", "gen.py": "examples/afterimage/gen.py",
		"monitoring.py": "examples/afterimage/monitoring.py", "prices.json": "monitor/testdata/prices.json",
		"runs/old/afterimage.log": "ingest/testdata/afterimage-run/afterimage.log", "runs/old/metrics.jsonl": "ingest/testdata/afterimage-run/metrics.jsonl",
		"upgraded.py": "",
	} {
		text := strings.Join(blocks(page, "python"), "")
		if from != "" {
			text = read(t, from)
		}
		write(t, filepath.Join(dir, name), text)
	}

	old := strings.Split(strings.TrimSpace(strings.Join(blocks(page, "sh"), "")), "\n")
	for _, command := range old {
		run("sh", "-c", command)
	}
	if report := run("sh", "-c", old[0]); !strings.Contains(report, "2,990,820 tokens") {
		t.Errorf("%s prints\n%s", old[0], report)
	}

	const sidecar = "genmeter run --web.listen-address=127.0.0.1:0 --linger=0s"
	follow := regexp.MustCompile("`genmeter run( --follow [^`]*)`").FindStringSubmatch(page)
	if follow == nil {
		t.Fatal("the page does not say how to follow the old monitor's files")
	}
	if report := run("sh", "-c", sidecar+follow[1]); !strings.Contains(report, "100 records accepted") {
		t.Errorf("genmeter run%s prints\n%s", follow[1], report)
	}

	questions := regexp.MustCompile("`((?:curl|genmeter) [^`]*\"\\$GENMETER_URL[^`]*)`").FindAllStringSubmatch(page, -1)
	script := "set -e\npython3 upgraded.py\n"
	for _, question := range questions {
		script += strings.Replace(question[1], "curl ", "curl -sSf ", 1) + "\n"
	}
	report := run("sh", "-c", sidecar+` -- sh -c "$0"`, script)
	for _, want := range []string{`"count":2,`, `"total_tokens":640,`, "50.0 % of 2 calls succeeded", "own metrics  1"} {
		if !strings.Contains(report, want) {
			t.Errorf("%s prints no %s:\n%s", script, want, report)
		}
	}
	if len(old) < 6 || len(questions) < 6 {
		t.Errorf("only %d and %d commands are found", len(old), len(questions))
	}
}

// TestUpgradingQueries: Prometheus understands the queries of the upgrade notes, and a scrape has their metrics and labels.
func TestUpgradingQueries(t *testing.T) {
	page, exposition := read(t, "docs/upgrading.md"), read(t, "monitor/testdata/exposition.txt")
	names := make(map[string]bool)
	for _, name := range regexp.MustCompile(`\b(?:genmeter|gen_ai)_\w+[a-z]`).FindAllString(page, -1) {
		names[name] = true
	}
	delete(names, "genmeter_client") // the file
	for name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(exposition) {
			t.Errorf("a scrape has no %s", name)
		}
	}
	if len(names) < 15 {
		t.Errorf("only %d names are found: %v", len(names), slices.Sorted(maps.Keys(names)))
	}

	need(t, "promtool")
	rules := "groups:\n- name: upgrading\n  rules:\n"
	queries := regexp.MustCompile("(?m)`((?:sum\\b|genmeter_\\w+\\{)[^`]*)` \\|$").FindAllStringSubmatch(page, -1)
	for _, query := range queries {
		rules += "  - record: upgraded:query\n    expr: '" + query[1] + "'\n"
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	write(t, file, rules)
	if out, err := exec.Command("promtool", "check", "rules", "--lint=none", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, rules)
	}
	if len(queries) < 10 {
		t.Errorf("only %d queries are found", len(queries))
	}
}

// blocks returns the blocks of a page that are in a language.
func blocks(page, language string) (blocks []string) {
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// need skips the test where a program is not, but for CI, where a skipped test would be a lie.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
		t.Fatalf("no %s in $PATH", program)
	}
	t.Skipf("no %s in $PATH", program)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
