package main

import (
	"context"
	"io"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/export/report"
	"github.com/genmeter/genmeter/internal/wholefile"
	"github.com/genmeter/genmeter/monitor"
)

type reportFlags struct {
	runs           *runFlags
	rules          *ruleFlags
	format, output *string
}

func addReport(app *kingpin.Application) (string, runner) {
	cmd := app.Command("report", "Say how a run went: calls, failures, latency, tokens, cost, scores, throughput, and the alerts that "+
		"would have fired. Several runs stand side by side, with their differences to the first.")
	cmd.HelpLong(reportExamples)
	f := &reportFlags{runs: addRunFlags(cmd), rules: addRuleFlags(cmd)}
	cmd.GetFlag("alerts.interval").Help("How often the rules are judged, by the run's own time; wins over the file's. 0 leaves alerts out.")
	f.format = cmd.Flag("format", "text for a terminal, md for a pull request, json for programs, html with pictures, in one file. "+
		"Without it the ending of the output tells, text when it has none.").PlaceHolder("FORMAT").HintOptions("text", "md", "json", "html").String()
	f.output = cmd.Flag("output", "File to write; it appears whole or not at all. \"-\" is standard output.").Short('o').
		Default("-").PlaceHolder("FILE").String()
	return cmd.FullCommand(), f.run
}

const reportExamples = `
  genmeter report runs/monday
      How did it go?
  genmeter report -o monday.html --prices=prices.json runs/monday
      With pictures, in one file that can be sent around.
  genmeter report runs/*
      Several runs side by side.
  genmeter report --format=md runs/golden runs/today >>"$GITHUB_STEP_SUMMARY"
      What a change did, for its pull request.
  genmeter report --window=1h http://127.0.0.1:9464
      The last hour of a running sidecar.
`

func (f *reportFlags) run(ctx context.Context, e env) error {
	format, err := f.formatOf()
	if err != nil {
		return err
	}
	if err := f.runs.spare(e.stdout, *f.output, false); err != nil {
		return err
	}
	file, err := f.rules.load()
	if err != nil {
		return err
	}
	return f.runs.work(ctx, e, func(runs []*recordedRun, prices *monitor.Prices) error {
		return f.report(ctx, e, format, report.Options{
			Prices: prices, Alerts: &file, Plots: format == report.HTML, Location: f.runs.timezone.Location,
		}, runs)
	})
}

// report writes the report on runs.
func (f *reportFlags) report(ctx context.Context, e env, format report.Format, o report.Options, runs []*recordedRun) error {
	var reports []*report.Report
	for _, r := range runs {
		o.Name = r.name
		rep, err := report.New(ctx, r.src, o)
		if err != nil {
			return err
		}
		reports = append(reports, rep)
	}
	if *f.output == "" || *f.output == "-" {
		return report.Write(e.stdout, format, reports...)
	}
	return writeReport(*f.output, format, reports...)
}

// writeReport writes reports to a file, which appears whole or not at all.
func writeReport(path string, format report.Format, reports ...*report.Report) error {
	return wholefile.Write(path, func(w io.Writer) error { return report.Write(w, format, reports...) })
}

// formatOf is the format that was asked for, or that the name of the output tells.
func (f *reportFlags) formatOf() (report.Format, error) {
	if *f.format == "" {
		return reportFormat("-o", *f.output, report.Text)
	}
	format, err := report.ParseFormat(*f.format)
	if err != nil {
		return 0, wrongUsage("--format: %v", err)
	}
	return format, nil
}

// reportFormat is the format that the ending of a flag's path tells, otherwise when it has none.
func reportFormat(flag, path string, otherwise report.Format) (report.Format, error) {
	extension := ending(path)
	if extension == "" {
		return otherwise, nil
	}
	format, err := report.ParseFormat(extension[1:])
	if err != nil {
		return 0, unknownEnding(flag, path, ".txt, .md, .json or .html")
	}
	return format, nil
}
