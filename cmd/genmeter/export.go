package main

import (
	"context"
	"fmt"
	"io"
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
		"create-blocks-from openmetrics: openmetrics. Without it the ending of the output tells, json when it has none.").
		PlaceHolder("FORMAT").HintAction(exportFormats).String()
	f.output = cmd.Flag("output", "File to write; it appears whole or not at all. \"-\" is standard output. From csv come several files, whose names "+
		"begin as this one does, an index among them; they are printed.").Short('o').
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
	if err := f.runs.spare(e.stdout, *f.output, format == export.NDJSON); err != nil {
		return err
	}
	return f.runs.work(ctx, e, func(runs []*recordedRun, prices *monitor.Prices) error {
		src, opts := priced(merged(ctx, runs), prices), f.options(runs)
		if toStdout {
			return export.Encode(ctx, e.stdout, format, src, opts...)
		}
		return f.write(ctx, e.stdout, format, src, opts)
	})
}

// write writes the file or, of csv, the files, whose paths it prints.
func (f *exportFlags) write(ctx context.Context, stdout io.Writer, format export.Format, src monitor.Source, opts []export.Option) error {
	var paths []string
	opts = append(opts, export.WithOnFile(func(path string) { paths = append(paths, path) }))
	if err := export.Write(ctx, *f.output, format, src, opts...); err != nil || len(paths) == 1 {
		return err
	}
	return printLines(stdout, paths)
}

// printLines prints paths, a line each.
func printLines(w io.Writer, paths []string) error {
	for _, p := range paths {
		if _, err := fmt.Fprintln(w, p); err != nil {
			return err
		}
	}
	return nil
}

func (f *exportFlags) options(runs []*recordedRun) []export.Option {
	opts := []export.Option{export.WithMetrics(*f.metrics...)}
	for _, r := range runs {
		opts = append(opts, export.WithInfo("run", r.name))
	}
	if *f.rawText {
		opts = append(opts, export.WithRawText())
	}
	return opts
}

// formatOf is the format that was asked for, or that the name of the output tells.
func (f *exportFlags) formatOf() (export.Format, error) {
	if *f.format == "" {
		return formatByName(*f.output)
	}
	format, err := export.ParseFormat(*f.format)
	if err != nil {
		return 0, wrongUsage("--format: %v", err)
	}
	if ext := ending(*f.output); ext != format.Extension() && (ext == export.Excel.Extension() || ext == export.Parquet.Extension()) {
		return 0, wrongUsage("--format=%s -o %s: what opens %s files does not open %s: want the ending %s", format, *f.output, ext, format, format.Extension())
	}
	return format, nil
}

// formatByName returns JSON for a name without an ending.
func formatByName(output string) (export.Format, error) {
	extension := ending(output)
	switch extension {
	case "":
		return export.JSON, nil
	case ".jsonl":
		return export.NDJSON, nil
	}
	var known []string
	for _, f := range export.Formats() { // of two with one extension the first, which is by sample
		if f.Extension() == extension {
			return f, nil
		}
		if !slices.Contains(known, f.Extension()) {
			known = append(known, f.Extension())
		}
	}
	return 0, unknownEnding("-o", output, strings.Join(known, ", ")+", or --format")
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
