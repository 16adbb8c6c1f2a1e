package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestPrometheusRule: the object of the Prometheus Operator has the rules as they are now. make generate writes it.
func TestPrometheusRule(t *testing.T) {
	rules, err := os.ReadFile(filepath.Join("prometheus", "genmeter.rules.yml"))
	if err != nil {
		t.Fatal(err)
	}
	object, err := os.ReadFile(filepath.Join("kubernetes", "monitoring", "prometheusrule.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const head = `# Made by deploy/kubernetes/generate from deploy/prometheus/genmeter.rules.yml: change that, not this.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: genmeter
spec:
`
	if string(object) != head+regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(string(rules), "  $1") {
		t.Error("kubernetes/monitoring/prometheusrule.yaml is not what is in prometheus/genmeter.rules.yml: make generate")
	}
}
