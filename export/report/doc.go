// Package report says how a run went, or several side by side: what became of its calls, how long they took, what they cost,
// what the records and scores came to, when it was fast and when it stood still, and which alerts would have fired.
//
// [New] reads the events of one run, once, and [Write] writes what it says:
//
//	src, err := ingest.Open("runs/today")
//	if err != nil {
//		return err
//	}
//	today, err := report.New(ctx, ingest.Clean(src), report.Options{Name: "today", Prices: prices, Plots: true})
//	if err != nil {
//		return err // no events in today: there is nothing to report
//	}
//	return report.Write(os.Stdout, report.Text, today)
//
// Given several reports, Write compares each with the first: Write(w, report.HTML, yesterday, today). [Compare] gives
// the same as values.
//
// # Exact, and honest
//
// Counts, tokens and costs are those of a monitor that was given the same events, whatever their number: totals are sums, and
// quantiles come from every call's duration. What is not known is not zero: it is null in JSON, and ? for a person. A
// cost with a plus leaves out tokens without a price; such a cost is compared with nothing.
//
// Names and error texts come from the run and may hold anything. They never reach a terminal, a table or a page as more than
// text. Of the names of one kind as many are told apart as the monitor does, of models the largest; the others are together in
// the row "other".
//
// # Formats
//
// [Text] is for a terminal of 80 columns, [Markdown] for a pull request, [HTML] one page without scripts that needs nothing
// from elsewhere and shows the figures of package plot. [JSON] holds the exported fields of [Report], or of [Comparison]; its
// keys say their units and stay.
//
// # Alerts
//
// The run is judged by alert rules as the commands replay and check judge it: by a monitor that is fed in the same pass, with
// the clock of the run. That takes a second goroutine, and the memory of a monitor's ring (65,536 events).
package report
