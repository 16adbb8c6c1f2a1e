package export

import (
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// omHidden are the families that tell of the process at work, not of the run.
var omHidden = []string{"genmeter_ring_", "genmeter_pump_", "genmeter_events_dropped", "genmeter_handler_errors"}

// encodeOpenMetrics writes the runs as Prometheus would have them if it had scraped them while they went on: the same
// families, labels and buckets, with the time of each sample. src is read twice. Its memory is that of a monitor with a small
// ring for each run under way, and some 3 to 60 bytes for each series and step at which the series changed, however many
// events that were.
func encodeOpenMetrics(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	runs, err := newOMRuns(ctx, src, omRunName(c))
	if err != nil {
		return err
	}
	families, err := chosenFamilies(runs, c.metrics)
	if err != nil {
		return err
	}
	out := &omWriter{ctx: ctx, w: w, constant: omConstantLabels(c)}
	for _, f := range families {
		if err := out.family(f); err != nil {
			return err
		}
	}
	out.buf = append(out.buf, "# EOF\n"...)
	return out.flush()
}

// sampleName is the name that queries use, but for the suffixes of histograms.
func (f *omFamily) sampleName() string {
	if f.kind == omCounter {
		return f.name + "_total"
	}
	return f.name
}

// labelRun is the label, the attribute, and the key of [WithInfo] that name a run.
const labelRun = "run"

// omConstantLabels are on every series: dashboards and rules choose by job and instance.
func omConstantLabels(c *config) map[string]string {
	labels := map[string]string{"job": "genmeter", "instance": "backfill"}
	for _, p := range c.info {
		if (p.key == "job" || p.key == "instance") && p.value != "" {
			labels[p.key] = p.value
		}
	}
	return labels
}

// omWriter writes the text format.
type omWriter struct {
	ctx      context.Context
	w        io.Writer
	constant map[string]string
	buf      []byte
}

var omTypes = [...]string{omCounter: "counter", omGauge: "gauge", omHistogram: "histogram"}

func (o *omWriter) family(of []omFamilyOf) error {
	f := of[0]
	o.buf = append(o.buf, "# HELP "+f.name+" "+omEscape(f.help)+"\n# TYPE "+f.name+" "+omTypes[f.kind]+"\n"...)
	type series struct {
		labels string
		point  *omPoint
		times  []int64
	}
	var list []series
	for _, f := range of {
		for _, p := range f.order {
			list = append(list, series{o.labels(f.run.name, p), p, f.run.times})
		}
	}
	slices.SortFunc(list, func(a, b series) int { return strings.Compare(a.labels, b.labels) })
	for _, s := range list {
		if err := o.series(s.point, s.labels, s.times); err != nil {
			return err
		}
	}
	return nil
}

// labels returns the labels of a series of a run, without braces. As with --run, every series has the run's name.
func (o *omWriter) labels(run string, p *omPoint) string {
	labels := make([]string, 0, p.set.Len()+len(o.constant)+1)
	label := func(name, value string) { labels = append(labels, name+`="`+omEscape(value)+`"`) }
	for name, value := range o.constant {
		label(name, value)
	}
	if run != "" && !p.set.HasValue(labelRun) {
		label(labelRun, run)
	}
	for _, kv := range p.set.ToSlice() {
		label(strings.ReplaceAll(string(kv.Key), ".", "_"), kv.Value.String())
	}
	slices.Sort(labels)
	return strings.Join(labels, ",")
}

// omEscape writes a label's value, or a help, as the format wants it.
func omEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(validUTF8(s))
}

// series writes a series at every step from the one before it appeared, where it is 0, unless it is a gauge: otherwise
// increase() would not see what it began with.
func (o *omWriter) series(p *omPoint, labels string, times []int64) error {
	lines := p.family.lines(labels)
	r := p.replay()
	from := p.first
	if p.family.kind != omGauge {
		from = max(0, from-1)
	}
	for step := from; step < len(times); step++ {
		r.at(step)
		if p.family.kind == omHistogram {
			var n uint64
			for i, added := range r.buckets {
				n += added
				o.line(lines[i], strconv.AppendUint(nil, n, 10), times[step])
			}
			o.line(lines[len(lines)-2], strconv.AppendUint(nil, n, 10), times[step])
		}
		o.line(lines[len(lines)-1], strconv.AppendFloat(nil, r.value, 'g', -1, 64), times[step])
		if len(o.buf) >= writeSize {
			if err := o.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// lines returns what the lines of a series begin with, up to the value: the buckets, the count and the sum of a histogram.
func (f *omFamily) lines(labels string) []string {
	if f.kind != omHistogram {
		return []string{f.sampleName() + "{" + labels + "} "}
	}
	var lines []string
	for _, bound := range append(slices.Clone(f.bounds), math.Inf(1)) {
		lines = append(lines, f.name+"_bucket{"+labels+`,le="`+omBound(bound)+`"} `)
	}
	return append(lines, f.name+"_count{"+labels+"} ", f.name+"_sum{"+labels+"} ")
}

// omBound is a bucket's bound in OpenMetrics' canonical form: 1.0, 0.05, +Inf.
func omBound(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eI") {
		s += ".0"
	}
	return s
}

func (o *omWriter) line(begin string, value []byte, at int64) {
	o.buf = append(append(append(o.buf, begin...), value...), ' ')
	o.buf = append(strconv.AppendInt(o.buf, at, 10), '\n')
}

func (o *omWriter) flush() error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}
