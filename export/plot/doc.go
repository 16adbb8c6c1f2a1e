// Package plot draws what happened in a run: pictures that can go into a
// report as they are.
//
//	src, err := ingest.Open("runs/monday")
//	// …
//	figures, err := plot.All(ingest.Clean(src), plot.Options{})
//	// …
//	paths, err := plot.Save("plots", plot.PNG, figures...)
//
// # What there is
//
// [All] draws the set that [Names] lists: progress, success and failures,
// durations as a distribution and as a heat map over time, time to first token,
// tokens over time and by model, cost, scores. A picture without data is left
// out. [FigureOf] draws one of them.
//
// [Metric] draws the samples of one metric, any that a monitor's Aggregate
// knows, with their rolling mean; it returns a plot of gonum's, for you to add
// to. [MetricFigure] returns it ready for [Save] and [Write].
//
// A source is a monitor's Snapshot or a file that package ingest has opened.
// Its first error ends the drawing and is returned: a reader that wants to draw
// what can be read, as the genmeter command does, leaves errors out of the
// source. Who reads a source for something else too feeds a [Collector] on the
// way.
//
// # What you see
//
// Times are in UTC. A line breaks where there was nothing for a while. Titles
// and legends stand above the data and cover none of it. Runs of any length
// are drawn by bins of a round width, which the legend names; a bin that a run
// has only just begun is drawn with its neighbour. Nothing is hidden: where a few
// values are so large that they would flatten the rest, the axis ends before
// them, a mark shows when they were, and the legend says how many there are and
// how large. Events without a time, or far from all others in time, are counted
// in a note.
//
// Quantiles are within 1.1 %; counts and sums are exact.
//
// # Files
//
// PNG has [Options].DPI pixels an inch, and 1200 pixels across by default. SVG is a
// single file of some kilobytes, and at most 300, with text that stays text,
// a title and a description for screen readers, and a white background. Fonts
// are the ones that come with gonum (Liberation Sans); an SVG names Arial and
// Helvetica too, which have the same widths, and has any other font fit its texts. In PNG a character that the font does not
// have is a box, in PDF a question mark. The same events give the same bytes.
package plot
