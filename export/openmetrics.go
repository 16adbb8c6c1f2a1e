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

// encodeOpenMetrics writes the run as Prometheus would have it if it had scraped it while it went on: the same families,
// labels and buckets, with the time of each sample. src is read twice. Its memory is that of a monitor with a small ring,
// and some 3 to 60 bytes for each series and step at which the series changed, however many events that were.
func encodeOpenMetrics(ctx context.Context, w io.Writer, src monitor.Source, c *config) error {
	run, err := newOMRun(ctx, src)
	if err != nil {
		return err
	}
	families, err := run.chosen(c.metrics)
	if err != nil {
		return err
	}
	out := &omWriter{ctx: ctx, w: w, times: run.times, constant: omConstantLabels(c)}
	for _, f := range families {
		if err := out.family(f); err != nil {
			return err
		}
	}
	out.buf = append(out.buf, "# EOF\n"...)
	return out.flush()
}

// chosen returns the families that have series, by name: all, or those named as Prometheus has them.
func (r *omRun) chosen(names []string) ([]*omFamily, error) {
	families := slices.DeleteFunc(r.meter.families, func(f *omFamily) bool {
		return len(f.order) == 0 || slices.ContainsFunc(omHidden, func(p string) bool { return strings.HasPrefix(f.name, p) })
	})
	slices.SortFunc(families, func(a, b *omFamily) int { return strings.Compare(a.name, b.name) })
	if len(names) == 0 {
		return families, nil
	}
	for _, name := range names {
		if !slices.ContainsFunc(families, func(f *omFamily) bool { return f.sampleName() == name }) {
			var known []string
			for _, f := range families {
				known = append(known, f.sampleName())
			}
			return nil, unknownMetric(name, known)
		}
	}
	return slices.DeleteFunc(families, func(f *omFamily) bool { return !slices.Contains(names, f.sampleName()) }), nil
}

// sampleName is the name that queries use, but for the suffixes of histograms.
func (f *omFamily) sampleName() string {
	if f.kind == omCounter {
		return f.name + "_total"
	}
	return f.name
}

// omConstantLabels are on every series: dashboards and rules choose by job and instance, and, as with --run, by run.
func omConstantLabels(c *config) map[string]string {
	labels := map[string]string{"job": "genmeter", "instance": "backfill"}
	for _, p := range c.info {
		if (p.key == "run" || p.key == "job" || p.key == "instance") && p.value != "" {
			labels[p.key] = p.value
		}
	}
	return labels
}

// omWriter writes the text format.
type omWriter struct {
	ctx      context.Context
	w        io.Writer
	times    []int64
	constant map[string]string
	buf      []byte
}

var omTypes = [...]string{omCounter: "counter", omGauge: "gauge", omHistogram: "histogram"}

func (o *omWriter) family(f *omFamily) error {
	o.buf = append(o.buf, "# HELP "+f.name+" "+omEscape(f.help)+"\n# TYPE "+f.name+" "+omTypes[f.kind]+"\n"...)
	type series struct {
		labels string
		point  *omPoint
	}
	list := make([]series, 0, len(f.order))
	for _, p := range f.order {
		list = append(list, series{o.labels(p), p})
	}
	slices.SortFunc(list, func(a, b series) int { return strings.Compare(a.labels, b.labels) })
	for _, s := range list {
		if err := o.series(f, s.point, s.labels); err != nil {
			return err
		}
	}
	return nil
}

// labels returns a series' labels, without braces.
func (o *omWriter) labels(p *omPoint) string {
	labels := make([]string, 0, p.set.Len()+len(o.constant))
	for name, value := range o.constant {
		if !p.set.HasValue("run") || name != "run" {
			labels = append(labels, name+`="`+omEscape(value)+`"`)
		}
	}
	for _, kv := range p.set.ToSlice() {
		labels = append(labels, strings.ReplaceAll(string(kv.Key), ".", "_")+`="`+omEscape(kv.Value.String())+`"`)
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
func (o *omWriter) series(f *omFamily, p *omPoint, labels string) error {
	lines := f.lines(labels)
	r := p.replay()
	from := p.first
	if f.kind != omGauge {
		from = max(0, from-1)
	}
	for step := from; step < len(o.times); step++ {
		r.at(step)
		if f.kind == omHistogram {
			var n uint64
			for i, added := range r.buckets {
				n += added
				o.line(lines[i], strconv.AppendUint(nil, n, 10), step)
			}
			o.line(lines[len(lines)-2], strconv.AppendUint(nil, n, 10), step)
		}
		o.line(lines[len(lines)-1], strconv.AppendFloat(nil, r.value, 'g', -1, 64), step)
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

func (o *omWriter) line(begin string, value []byte, step int) {
	o.buf = append(append(append(o.buf, begin...), value...), ' ')
	o.buf = append(strconv.AppendInt(o.buf, o.times[step], 10), '\n')
}

func (o *omWriter) flush() error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}
