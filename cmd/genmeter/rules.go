package main

import (
	"context"

	"github.com/alecthomas/kingpin/v2"

	"github.com/genmeter/genmeter/alerting"
)

func addRules(app *kingpin.Application) (string, runner) {
	cmd := app.Command("rules", "Print the alert rules for Prometheus: they fire on /metrics as genmeter's own fire on the events. "+
		"Recording rules for dashboards come with them.")
	cmd.HelpLong(`  genmeter rules >/etc/prometheus/genmeter.rules.yml
  genmeter rules | promtool check rules
`)
	return cmd.FullCommand(), func(_ context.Context, e env) error {
		return alerting.WriteRules(e.stdout, alerting.DefaultThresholds().Rules())
	}
}
