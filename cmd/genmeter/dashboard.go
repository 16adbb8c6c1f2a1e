package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/grafana"
	"github.com/genmeter/genmeter/internal/wholefile"
)

type dashboardFlags struct{ name, output *string }

func addDashboard(app *kingpin.Application) (string, runner) {
	cmd := app.Command("dashboard", "Print a dashboard for Grafana, of what Prometheus has scraped. Without a name, say which there are and "+
		"what each answers.")
	cmd.HelpLong(dashboardExamples)
	var f dashboardFlags
	f.name = cmd.Arg("name", "Which: "+strings.Join(dashboardNames(), ", ")+".").HintOptions(dashboardNames()...).String()
	f.output = cmd.Flag("output", "File to write; it appears whole or not at all. \"-\" is standard output.").Short('o').
		Default("-").PlaceHolder("FILE").String()
	return cmd.FullCommand(), f.run
}

const dashboardExamples = `
  genmeter dashboard
      Which are there?
  genmeter dashboard overview -o overview.json
      To be imported: in Grafana, Dashboards, New, Import. It asks for no data source: choose one at the top of the dashboard.
  genmeter dashboard models >/var/lib/grafana/dashboards/models.json
      Where a Grafana that is provisioned by files looks; grafana/README.md has its settings, and alerts.
`

func (f *dashboardFlags) run(_ context.Context, e env) error {
	toStdout := *f.output == "" || *f.output == "-"
	if *f.name == "" {
		if !toStdout {
			return wrongUsage("which dashboard is to be written to %s? Want one of %s", *f.output, strings.Join(dashboardNames(), ", "))
		}
		return listDashboards(e.stdout)
	}
	all := grafana.Dashboards()
	i := slices.IndexFunc(all, func(d grafana.Dashboard) bool { return d.Name == *f.name })
	if i < 0 {
		return wrongUsage("no dashboard is named %q: want one of %s", *f.name, strings.Join(dashboardNames(), ", "))
	}
	write := func(w io.Writer) error {
		_, err := w.Write(all[i].JSON)
		return err
	}
	if toStdout {
		return write(e.stdout)
	}
	return wholefile.Write(*f.output, write)
}

func listDashboards(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, d := range grafana.Dashboards() {
		fmt.Fprintf(t, "%s\t%s\n", d.Name, d.About)
	}
	return t.Flush()
}

func dashboardNames() (names []string) {
	for _, d := range grafana.Dashboards() {
		names = append(names, d.Name)
	}
	return names
}
