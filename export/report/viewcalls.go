package report

import "fmt"

func (r *Report) callSection() section {
	s, c := section{title: "Calls"}, &r.Calls
	if c.Total == 0 {
		return s
	}
	s.pieces(c.Total, piece{"succeeded", c.Succeeded}, piece{"failed", c.Failed}, piece{"rejected", c.Rejected})
	optional := func(label string, n uint64, note string) {
		if n > 0 {
			s.fact(label, grouped(n), note)
		}
	}
	optional("retries", c.Retries, "second and further attempts")
	optional("cache hits", c.CacheHits, "no tokens, cost or latency")
	optional("batch", c.Batch, "no latency")
	optional("not ended", c.NotEnded, "begun, and no end in the run")
	if c.MeanTurns != nil {
		s.fact("turns", digits(*c.MeanTurns), fmt.Sprintf("on average, %s at most", grouped(c.MaxTurns)))
	}
	s.addFailures("Failed calls by class", "calls", r.Failures)
	if r.namelessFailures() {
		s.notes = append(s.notes, "No failed call says its model: they stand under \"unknown\", and the failures of the others "+
			"are not known.")
	}
	s.addFinishReasons(r.FinishReasons, c.Succeeded)
	return s
}

// unknownShares makes null which part of their calls failed of models of which that is not known.
func (r *Report) unknownShares() {
	if !r.namelessFailures() {
		return
	}
	for i := range r.Models {
		if m := &r.Models[i]; m.Name != nameUnknown {
			m.FailureShare = nil
		}
	}
}

// namelessFailures tells whether all failed calls are without a model while there are models.
func (r *Report) namelessFailures() bool {
	for i := range r.Models {
		if m := &r.Models[i]; m.Name == nameUnknown {
			return len(r.Models) > 1 && m.Failed > 0 && m.Failed == r.Calls.Failed
		}
	}
	return false
}

func (s *section) addFailures(caption, what string, list []Failure) {
	if len(list) == 0 {
		return
	}
	t := table{caption: caption, columns: append(numbers("class", what, "share"), column{title: "latest error", text: true})}
	for _, f := range list {
		t.rows = append(t.rows, []cell{plain(f.Class), counted(f.Count), plain(share(&f.Share)), named(f.Example)})
	}
	s.add(t)
}

func (s *section) addFinishReasons(list []FinishReason, of uint64) {
	t := table{caption: "Finish reasons of successful calls", columns: numbers("reason", "calls", "share")}
	reported := false
	for _, f := range list {
		name := f.Reason
		if name == "" {
			name = "not reported"
		} else {
			reported = true
		}
		t.rows = append(t.rows, []cell{plain(name), counted(f.Calls), plain(shareOf(f.Calls, of))})
	}
	if reported {
		s.add(t)
	}
}
