package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme runs every command of the README from the top of the repository, on free ports.
func TestReadme(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"python3", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("the README's commands need " + program + ": scripts/need " + program)
		}
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands, folder := 0, t.TempDir()
	s := serve(t, "127.0.0.1:0")
	for i, block := range strings.Split(string(readme), "```sh\n")[1:] {
		block, _, _ := strings.Cut(block, "```\n")
		for _, command := range strings.Split(strings.TrimSpace(block), "\n") {
			commands++
			if command != "genmeter serve &" {
				runCommand(t, s, strings.ReplaceAll(command, "runs/", folder+"/"))
			} else if i > 0 { // a sidecar of its own
				s = serve(t, "127.0.0.1:0")
			}
		}
	}
	if commands < 11 {
		t.Errorf("found %d commands in the README", commands)
	}
}

func runCommand(t *testing.T, s *program, command string) {
	t.Helper()
	here := strings.NewReplacer("127.0.0.1:9464", s.address(), "go run ./examples/go", "go run ./examples/go -address 127.0.0.1:0",
		"genmeter run", "genmeter run --web.listen-address=127.0.0.1:0 --linger=0s").Replace(command)
	cmd := exec.Command("sh", "-c", here)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "GENMETER_URL="+s.url)
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) == 0 {
		t.Errorf("%s: %v\n%s", here, err, out)
	}
	for start, want := range map[string]string{
		"python3": `"dropped": 0`, "genmeter run": "calls succeeded", "genmeter report": "calls succeeded", "go run": "rows accepted", "examples/curl": `"done":1,`,
		"curl -s http://127.0.0.1:9464/api/v1/tokens": `"total_tokens":640,`, "curl -s http://127.0.0.1:9464/api/v1/progress": `"done":1,`,
	} {
		if strings.HasPrefix(command, start) && !strings.Contains(string(out), want) {
			t.Errorf("%s does not print %q:\n%s", here, want, out)
		}
	}
}

// TestFrontPage runs the generator in Python that the project's README shows, as it says, beside a copy of the client.
func TestFrontPage(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("the README's generator needs python3: scripts/need python3")
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, program, found := strings.Cut(string(readme), "```python\n")
	program, _, ended := strings.Cut(program, "```\n")
	if !found || !ended || !strings.Contains(string(readme), "\ngenmeter run -- python3 gen.py\n") {
		t.Fatal("the README has no generator in Python, or does not say how to run it")
	}
	client, err := os.ReadFile("python/genmeter_client.py")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, text := range map[string][]byte{"gen.py": []byte(program), "genmeter_client.py": client} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("genmeter", "run", "--web.listen-address=127.0.0.1:0", "--linger=0s", "--", "python3", "gen.py")
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"100 % of 100 calls succeeded", "64,000 tokens", "100 % reached"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
}
