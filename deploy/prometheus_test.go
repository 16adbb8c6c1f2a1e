package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPrometheusConfig has promtool read each scrape configuration as a whole, the rule file that it names included.
func TestPrometheusConfig(t *testing.T) {
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS("prometheus")))
	for _, name := range []string{"static.yml", "file_sd.yml", "kubernetes.yml", "fleet.yml"} {
		config := filepath.Join(dir, name)
		cmd := program(t, "promtool", "prometheus", "check", "config", config)
		prometheus3 := os.Getenv("GENMETER_PROMETHEUS3")
		if prometheus3 != "" { // its promtool is beside it, and knows what the comments leave out
			uncomment(t, config)
			cmd = exec.Command(filepath.Join(filepath.Dir(prometheus3), "promtool"), "check", "config", config)
		} else {
			withoutKubernetes(t, config)
		}
		if out := output(t, cmd); !strings.Contains(out, "rule files found") {
			t.Errorf("%s: no rule file was found:\n%s", name, out)
		}
	}
}

// uncomment turns the lines on that are for Prometheus 3.
func uncomment(t *testing.T, config string) {
	edit(t, config, regexp.MustCompile(`# (scrape_native|always_scrape_classic)_`), "${1}_")
}

// withoutKubernetes takes out the discovery that Debian builds Prometheus without.
func withoutKubernetes(t *testing.T, config string) {
	edit(t, config, regexp.MustCompile(`(?s)    kubernetes_sd_configs:.*?    relabel_configs:`), "    relabel_configs:")
}

func edit(t *testing.T, path string, pattern *regexp.Regexp, with string) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err, os.WriteFile(path, pattern.ReplaceAll(text, []byte(with)), 0o600))
}
