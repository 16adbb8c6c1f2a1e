package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/monitor"
)

type exportFlags struct {
	runs    *runFlags
	format  *string
	output  *string
	metrics *[]string
	rawText *bool
}

func addExport(app *kingpin.Application) (string, runner) {
	cmd := app.Command("export", "Write recorded runs, or what a sidecar's ring holds, into a file that other programs open: "+
		"spreadsheets, DuckDB, pandas, Prometheus.")
	cmd.HelpLong(exportExamples)
	f := &exportFlags{runs: addRunFlags(cmd)}
	f.format = cmd.Flag("format", "By sample, as afterimage has it: json, csv (a file a metric), excel (a sheet a metric), parquet. "+
		"A row a call, evaluation or record: wide-csv, wide-parquet, wide-excel. The events: ndjson. For promtool tsdb "+
		"create-blocks-from openmetrics: openmetrics. Without it the name of the output tells, else it is json.").
		PlaceHolder("FORMAT").String()
	f.output = cmd.Flag("output", "File to write; it appears whole or not at all. \"-\" is standard output.").Short('o').
		Default("-").PlaceHolder("FILE").String()
	f.metrics = cmd.Flag("metric", "Only samples of this metric, repeatable; for the formats by sample.").PlaceHolder("NAME").Strings()
	f.rawText = cmd.Flag("raw-text", "Leave text in CSV as it is. Otherwise a text that a spreadsheet would run as a formula gets "+
		"an apostrophe before it.").Bool()
	return cmd.FullCommand(), f.run
}

const exportExamples = `
  genmeter export -o monday.xlsx runs/monday
      A workbook with a sheet a metric.
  genmeter export --format=wide-parquet -o monday.parquet runs/monday
      One typed row a call, evaluation or record, for DuckDB, pandas or polars.
  genmeter export --format=wide-csv --window=1h --model=gpt-4o-mini runs/monday >last-hour.csv
      The last hour of one model, to standard output.
  genmeter export --format=csv --metric=generation_time runs/monday
      The samples of one metric.
  genmeter export --format=openmetrics -o monday.om runs/monday && promtool tsdb create-blocks-from openmetrics monday.om data
      Into the past of a Prometheus.
  genmeter export --format=wide-parquet -o all.parquet runs/*
      Several runs in one table; the column attr_run tells which.
  genmeter export --format=ndjson http://127.0.0.1:9464 >events.ndjson
      What a running sidecar remembers, to be read again by every command.
`

func (f *exportFlags) run(ctx context.Context, e env) error {
	format, err := f.formatOf()
	if err != nil {
		return err
	}
	toStdout := *f.output == "" || *f.output == "-"
	if toStdout && binary(format, len(*f.metrics)) && isTerminal(e.stdout) {
		return wrongUsage("%s is nothing for a terminal: want -o FILE", format)
	}
	prices, err := loadPrices(*f.runs.prices)
	if err != nil {
		return err
	}
	runs, err := f.runs.open(ctx, e)
	if err != nil {
		return err
	}
	defer closeRuns(runs)
	opts := []export.Option{export.WithMetrics(*f.metrics...)}
	for _, r := range runs {
		opts = append(opts, export.WithInfo("run", r.name))
	}
	if *f.rawText {
		opts = append(opts, export.WithRawText())
	}
	src := priced(merged(ctx, runs), prices)
	if toStdout {
		err = export.Encode(ctx, e.stdout, format, src, opts...)
	} else {
		err = export.Write(ctx, *f.output, format, src, opts...)
	}
	if err != nil {
		return f.runs.explain(ctx, err, runs)
	}
	return damaged(runs)
}

// formatOf is the format that was asked for, or that the name of the output tells.
func (f *exportFlags) formatOf() (export.Format, error) {
	if *f.format == "" {
		return formatByName(*f.output), nil
	}
	format, err := export.ParseFormat(*f.format)
	if err != nil {
		return 0, wrongUsage("--format: %v", err)
	}
	return format, nil
}

// formatByName returns JSON for a name that tells nothing.
func formatByName(output string) export.Format {
	extension := strings.ToLower(filepath.Ext(output))
	if extension == ".jsonl" {
		return export.NDJSON
	}
	for _, f := range export.Formats() { // of two with one extension the first, which is by sample
		if f.Extension() == extension {
			return f
		}
	}
	return export.JSON
}

func binary(f export.Format, metrics int) bool {
	return slices.Contains([]export.Format{export.Excel, export.Parquet, export.WideExcel, export.WideParquet}, f) ||
		f == export.CSV && metrics != 1
}

// merged gives the events of all runs, one run after the other. Of several, each event has its run as an attribute.
func merged(ctx context.Context, runs []*recordedRun) monitor.Source {
	if len(runs) == 1 {
		return runs[0].events(ctx)
	}
	return func(yield func(monitor.Event, error) bool) {
		for _, r := range runs {
			for ev, err := range r.events(ctx) {
				if err == nil {
					ev.Attrs = append([]monitor.Attr{monitor.String("run", r.name)}, ev.Attrs...)
				}
				if !yield(ev, err) {
					return
				}
			}
		}
	}
}

// priced gives the events of src with what they cost.
func priced(src monitor.Source, prices *monitor.Prices) monitor.Source {
	if prices == nil {
		return src
	}
	return func(yield func(monitor.Event, error) bool) {
		for ev, err := range src {
			if err == nil {
				ev.CostUSD, _ = prices.Cost(&ev)
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
