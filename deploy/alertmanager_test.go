package deploy_test

import (
	"strings"
	"testing"
)

const alertmanagerConfig = "alertmanager/alertmanager.yml"

func amtool(t *testing.T, args ...string) string {
	t.Helper()
	return output(t, program(t, "amtool", "prometheus-alertmanager", args...))
}

func TestAlertmanagerConfig(t *testing.T) {
	out := amtool(t, "check-config", alertmanagerConfig)
	for _, want := range []string{"SUCCESS", "3 inhibit rules", "3 receivers"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestAlertmanagerRoutes(t *testing.T) {
	for labels, receiver := range map[string]string{
		"alertname=GenmeterStalled severity=critical":        "genmeter-critical",
		"alertname=GenmeterHighErrorRate severity=critical":  "genmeter-critical",
		"alertname=GenmeterLowSuccessRate severity=warning":  "genmeter-warnings",
		"alertname=SomethingElse severity=critical job=node": "others",
	} {
		args := []string{"config", "routes", "test", "--config.file=" + alertmanagerConfig, "--verify.receivers=" + receiver}
		amtool(t, append(args, strings.Fields(labels)...)...)
	}
}
