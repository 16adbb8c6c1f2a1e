package main

import (
	"context"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/alerting"
)

func addRules(app *kingpin.Application) (string, runner) {
	cmd := app.Command("rules", "Print the alert rules for Prometheus: they fire on /metrics as genmeter's own fire on the events. "+
		"Recording rules for dashboards come with them.")
	cmd.HelpLong(rulesExamples)
	f := &ruleFlags{interval: new(defaultAlertInterval)}
	f.addFile(cmd)
	return cmd.FullCommand(), func(_ context.Context, e env) error {
		file, err := f.load()
		if err != nil {
			return err
		}
		return alerting.WriteRules(e.stdout, append(file.Thresholds.Rules(), file.Rules...))
	}
}

const rulesExamples = `
  genmeter rules >/etc/prometheus/genmeter.rules.yml
      The usual thresholds.
  genmeter rules --alerts.file=alerts.yml | promtool check rules
      Those of a file that serve, replay and check take too.
`
