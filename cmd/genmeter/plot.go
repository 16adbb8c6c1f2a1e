package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/export/plot"
	"github.com/genmeter/genmeter/internal/wholefile"
	"github.com/genmeter/genmeter/monitor"
)

type plotFlags struct {
	runs             *runFlags
	metrics, figures *[]string
	format, output   *string
	size             sizeValue
	rolling, dpi     *int
	threshold        *float64
	thresholdSet     bool
}

func addPlot(app *kingpin.Application) (string, runner) {
	cmd := app.Command("plot", "Draw recorded runs, or what a sidecar's ring holds: success, latency, tokens, cost, scores, failures "+
		"and progress over time.")
	cmd.HelpLong(plotExamples)
	f := &plotFlags{runs: addRunFlags(cmd)}
	f.figures = cmd.Flag("figure", "Only this picture of the set, repeatable: "+strings.Join(plot.Names(), ", ")+".").
		PlaceHolder("NAME").HintOptions(plot.Names()...).Strings()
	f.metrics = cmd.Flag("metric", "The samples of this metric over time, with their rolling mean, repeatable.").PlaceHolder("NAME").Strings()
	f.format = cmd.Flag("format", "png, svg or pdf. Without it the name of the output tells, else it is png.").PlaceHolder("FORMAT").
		HintOptions("png", "svg", "pdf").String()
	f.output = cmd.Flag("output", "Directory for the pictures, one file each; several runs get one each in it. For a single picture also a "+
		"file with the ending .png, .svg or .pdf, or \"-\" for standard output.").Short('o').Default("plots").PlaceHolder("PATH").String()
	cmd.Flag("size", "Width and height in inches, such as 12x8.").PlaceHolder("WxH").SetValue(&f.size)
	f.dpi = cmd.Flag("dpi", "Pixels an inch, for png.").Default("100").Int()
	f.rolling = cmd.Flag("rolling", "Samples of the rolling mean.").Default("10").Int()
	f.threshold = cmd.Flag("threshold", "Draw a line at this value of the metric.").PlaceHolder("N").IsSetByUser(&f.thresholdSet).Float64()
	return cmd.FullCommand(), f.run
}

const plotExamples = `
  genmeter plot runs/monday
      The whole set, into plots/.
  genmeter plot --figure=latency_heatmap -o heatmap.svg runs/monday
      One picture of it.
  genmeter plot --metric=generation_time --threshold=30 --window=2h -o - http://127.0.0.1:9464 >latency.png
      A metric of a running sidecar, with a line at 30 s.
  genmeter plot --format=pdf --size=8x4 -o figures runs/*
      The set of each run, for a paper.
`

func (f *plotFlags) run(ctx context.Context, e env) error {
	format, single, err := f.target()
	if err != nil {
		return err
	}
	return f.runs.work(ctx, e, func(runs []*recordedRun, prices *monitor.Prices) error {
		for _, r := range runs {
			figures, err := f.draw(priced(r.events(ctx), prices))
			if err != nil && len(runs) > 1 {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			if err != nil {
				return err
			}
			if err := f.save(e, r, figures, format, single, len(runs) > 1); err != nil {
				return err
			}
		}
		return nil
	})
}

// target checks the flags: the format, and whether the output is a single picture instead of a directory.
func (f *plotFlags) target() (format plot.Format, single bool, err error) {
	format = plot.PNG
	byName, nameErr := plot.ParseFormat(strings.TrimPrefix(ending(*f.output), "."))
	if nameErr == nil {
		format = byName
	}
	if *f.format != "" {
		if format, err = plot.ParseFormat(*f.format); err != nil {
			return 0, false, wrongUsage("--format: %v", err)
		}
	}
	single = *f.output == "" || *f.output == "-" || nameErr == nil
	switch n := len(*f.metrics) + len(*f.figures); {
	case !single && ending(*f.output) != "" && !isDir(*f.output):
		return 0, false, unknownEnding("-o", *f.output, ".png, .svg or .pdf for a picture; a directory of that name is "+*f.output+"/")
	case single && (n != 1 || len(f.runs.inputs) != 1):
		return 0, false, wrongUsage("-o %s is one picture: want one run and one --figure or --metric, or a directory", *f.output)
	case *f.rolling < 1:
		return 0, false, wrongUsage("--rolling=%d: want 1 or more samples", *f.rolling)
	case *f.dpi < 10 || *f.dpi > 1200:
		return 0, false, wrongUsage("--dpi=%d: want 10 to 1200", *f.dpi)
	case math.IsNaN(*f.threshold) || math.IsInf(*f.threshold, 0):
		return 0, false, wrongUsage("--threshold=%v: want a number", *f.threshold)
	case f.thresholdSet && len(*f.metrics) == 0:
		return 0, false, wrongUsage("--threshold is for a --metric")
	}
	for _, name := range *f.figures {
		if !slices.Contains(plot.Names(), name) {
			return 0, false, wrongUsage("--figure=%s: want %s", name, strings.Join(plot.Names(), ", "))
		}
	}
	return format, single, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// sizeValue is a width and a height in inches; zeros are the pictures' own.
type sizeValue struct{ width, height float64 }

func (s *sizeValue) String() string { return "" }

func (s *sizeValue) Set(text string) error {
	const most = 100
	w, h, _ := strings.Cut(text, "x")
	width, err1 := strconv.ParseFloat(w, 64)
	height, err2 := strconv.ParseFloat(h, 64)
	if errors.Join(err1, err2) != nil || !(width >= 1 && width <= most && height >= 1 && height <= most) {
		return fmt.Errorf("--size=%s: want WIDTHxHEIGHT in inches, such as 12x8", text)
	}
	s.width, s.height = width, height
	return nil
}

// draw draws what was asked for of a run; the whole set when nothing was.
func (f *plotFlags) draw(src monitor.Source) (figures []plot.Figure, err error) {
	o := plot.Options{Rolling: *f.rolling, DPI: *f.dpi, Width: f.size.width, Height: f.size.height}
	if len(*f.metrics)+len(*f.figures) == 0 {
		figures, err := plot.All(src, o)
		if err == nil && len(figures) == 0 {
			err = noPicture(src)
		}
		return figures, err
	}
	for _, name := range *f.figures {
		figure, err := plot.FigureOf(src, name, o)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure)
	}
	if f.thresholdSet {
		o.Threshold = f.threshold
	}
	for _, name := range *f.metrics {
		figure, err := plot.MetricFigure(src, name, o)
		if err != nil {
			return nil, err
		}
		if slices.Contains(*f.figures, figure.Name) {
			figure.Name += "_samples"
		}
		figures = append(figures, figure)
	}
	return figures, nil
}

// noPicture says that src has nothing for the set, and which metric of its own can be drawn.
func noPicture(src monitor.Source) error {
	for ev, err := range src {
		if err == nil && ev.Kind == monitor.KindMetric && !ev.Time.IsZero() {
			return fmt.Errorf("nothing to draw: the set has no picture of the run's own metrics; --metric=%q draws one", ev.Name)
		}
	}
	return errors.New("nothing to draw: no events that any picture is made of")
}

// save writes the figures of a run where they were asked for, and prints the paths of the files.
func (f *plotFlags) save(e env, r *recordedRun, figures []plot.Figure, format plot.Format, single, several bool) error {
	if single {
		write := func(w io.Writer) error { return plot.Write(w, figures[0], format) }
		if *f.output == "" || *f.output == "-" {
			return write(e.stdout)
		}
		return wholefile.Write(*f.output, write)
	}
	dir := *f.output
	if several {
		dir = filepath.Join(dir, strings.ReplaceAll(r.name, "/", "-"))
	}
	paths, err := plot.Save(dir, format, figures...)
	return errors.Join(err, printLines(e.stdout, paths))
}
