package monitor

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// heap returns the live bytes of the heap.
func heap() int {
	runtime.GC()
	runtime.GC() // what the first one's finalizers let go
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// cellBytes returns what the cells of all rollups take, counted anew.
func (s *stats) cellBytes() (bytes int) {
	count := func(_ string, r *rollup) { bytes += r.bytes() }
	s.all.each(count)
	for _, d := range s.byModel {
		d.each(count)
	}
	for _, d := range s.byStep {
		d.each(count)
	}
	for _, t := range s.tokens {
		bytes += t.bytes()
	}
	return bytes
}

// TestSeedFault2RollupsAreBounded: in the seed the lists in memory grow without bound. The rollups of 200 models with
// 50 scores each would take about 140 MB an hour here; they keep within 64 MiB, forget the oldest first, and Coverage
// tells.
func TestSeedFault2RollupsAreBounded(t *testing.T) {
	clock := newTestClock()
	m := newTestMonitor(t, WithClock(clock.now), WithRingSize(256))
	before := heap()
	stats := m.pump.stats
	var others []*rollup // what 199 models more would touch: the rollups alone, or the test takes half a minute
	for model := range maxModels - 1 {
		d := stats.dimension(stats.byModel, fmt.Sprint("model-", model))
		for score := range maxScores {
			others = append(others, d.name(fmt.Sprint(prefixScore, score)))
		}
	}
	const steps = 300 // of 10 s
	peak := 0
	for range steps {
		clock.advance(coarse * time.Second)
		m.TrackEvaluation(t.Context(), Evaluation{Model: "m", Scores: []Score{{Name: "s", Value: 1}}, TotalTokens: 1})
		m.pump.drain()
		m.pump.mu.Lock()
		for _, r := range others {
			stats.add(r, stats.moment(clock.now()), 1)
		}
		m.pump.mu.Unlock()
		if got := stats.cellBytes(); got != stats.bytes || got > rollupBudget {
			t.Fatalf("the cells take %d bytes, %d are accounted for, %d are allowed", got, stats.bytes, rollupBudget)
		}
		peak = max(peak, stats.bytes)
	}
	grown := heap() - before
	t.Logf("cells of at most %.1f MiB, heap grown by %.1f MiB", float64(peak)/(1<<20), float64(grown)/(1<<20))
	if grown > 64<<20 {
		t.Errorf("the heap has grown by %d bytes, want 64 MiB at most", grown)
	}
	if peak < rollupBudget*3/4 {
		t.Errorf("the cells took %d bytes at most: the test does not reach the bound", peak)
	}
	name := "evaluation_score_s"
	window := steps * coarse * time.Second
	s := m.Aggregate(name, window, ForModel("m"))
	if s.Coverage <= 0.2 || s.Coverage >= 0.7 {
		t.Errorf("the coverage is %v, want about 0.4", s.Coverage)
	}
	if want := s.Coverage * steps; float64(s.Count) < want-2 || float64(s.Count) > want+2 {
		t.Errorf("%d samples of a window with coverage %v, want about %v", s.Count, s.Coverage, want)
	}
	if s := m.Aggregate(name, 5*time.Minute, ForModel("m")); s.Coverage != 1 || s.Count < 30 {
		t.Errorf("the latest 5 min are %+v, want all of them: the oldest go first", s)
	}
	if s := m.Aggregate(name, 0, ForModel("m")); s.Count != steps || s.Coverage != 1 {
		t.Errorf("since the start %+v, want %d", s, steps)
	}
	if u := m.TokenUsage(0); u.TotalTokens != steps {
		t.Errorf("token usage is %d, want %d", u.TotalTokens, steps)
	}
	runtime.KeepAlive(m)
}

// TestTimelineKeepsWhatItIsTold drives a timeline past its retention, with gaps and late cells.
func TestTimelineKeepsWhatItIsTold(t *testing.T) {
	for _, span := range []int64{1, 10} {
		tl := rollup{span: span}
		bytes := 0
		for sec := int64(1000); sec < 20_000; sec += 1 + sec%3 {
			for _, late := range []int64{0, 7, 150, 3599} {
				at := sec - late
				cell, grown := tl.at(at, sec-3600)
				cell.add(1)
				bytes += grown
			}
			if bytes != tl.bytes() {
				t.Fatalf("accounted %d bytes, %d are taken", bytes, tl.bytes())
			}
		}
		for i := 1; i < len(tl.cells); i++ {
			if tl.cells[i].at <= tl.cells[i-1].at || tl.cells[i].at%span != 0 {
				t.Fatalf("cell %d starts at %d after %d", i, tl.cells[i].at, tl.cells[i-1].at)
			}
		}
		if n := int64(len(tl.cells)); n > 3600/span*5/4 {
			t.Errorf("%d cells of %d s are kept, want an hour of them and the slack of an array", n, span)
		}
		last := tl.cells[len(tl.cells)-1].at
		freed := tl.forget(last)
		if bytes -= freed; bytes != tl.bytes() || len(tl.cells) != 1 {
			t.Errorf("%d cells and %d bytes are left, want the last alone", len(tl.cells), tl.bytes())
		}
		if tl.forget(last + span); tl.cells != nil {
			t.Errorf("%d cells are left, want none", len(tl.cells))
		}
	}
}

func TestSummaryMeanStaysAmongItsSamples(t *testing.T) {
	var s summary
	for range 3 {
		s.add(0.1) // 0.1+0.1+0.1 is more than 0.3
	}
	if s.mean() != 0.1 {
		t.Errorf("the mean is %v, want 0.1", s.mean())
	}
}
