package report

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// TestPeaks: the fullest minute is that of a slow look at each second, whatever the order of the events, and never below the
// mean of the run.
func TestPeaks(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		length := time.Minute + time.Duration(rnd.Int64N(int64(10*time.Minute)))
		var list []monitor.Event
		at := time.Duration(0)
		for at < length {
			list = append(list, monitor.Event{Kind: monitor.KindGeneration, Success: true, Time: dawn.Add(at), TotalTokens: rnd.Int64N(50)})
			at += time.Duration(rnd.ExpFloat64() * float64(time.Second) * float64(1+seed%20))
		}
		list = append(list, monitor.Event{Kind: monitor.KindUsage, Time: dawn.Add(length), TotalTokens: 7})
		calls, tokens := slowPeak(list)
		rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		got := made(t, source(list...), Options{}).Throughput
		for _, p := range []struct {
			what             string
			got, mean, fully float64
			at               *time.Time
			from             time.Time
		}{
			{"calls", *got.PeakCallsPerMinute, *got.CallsPerMinute, calls.most, got.PeakCallsAt, time.Unix(calls.from, 0)},
			{"tokens", *got.PeakTokensPerMinute, *got.TokensPerMinute, tokens.most, got.PeakTokensAt, time.Unix(tokens.from, 0)},
		} {
			if p.mean > p.fully {
				p.from = dawn
			}
			if p.got != max(p.fully, p.mean) || !p.at.Equal(p.from) {
				t.Errorf("%d: %v %s at %v, want %v at %v", seed, p.got, p.what, p.at, max(p.fully, p.mean), p.from)
			}
		}
	}
}

// slowPeak looks at the minute from every second on in which there was anything.
func slowPeak(list []monitor.Event) (calls, tokens peak) {
	slices.SortFunc(list, func(a, b monitor.Event) int { return a.Time.Compare(b.Time) })
	for _, first := range list {
		from := first.Time.Truncate(time.Second)
		var n, sum float64
		for _, ev := range list {
			if ev.Time.Before(from) || !ev.Time.Before(from.Add(time.Minute)) {
				continue
			}
			if ev.Kind == monitor.KindGeneration {
				n++
			}
			sum += float64(ev.TotalTokens)
		}
		calls.see(n, from.Unix())
		tokens.see(sum, from.Unix())
	}
	return calls, tokens
}

// TestPeaksOfALongRun: more seconds than are kept, and a minute about where the first ones are forgotten, which is only complete
// afterwards.
func TestPeaksOfALongRun(t *testing.T) {
	const middle = maxSeconds / 2
	var p peaks
	call := func(sec int64, calls uint64) { p.add(sec*int64(time.Second), count{calls: calls, tokens: 2}) }
	for sec := range int64(3 * maxSeconds) {
		n := uint64(1)
		if sec == 7 || sec == middle-30 {
			n = 40
		}
		call(sec, n)
		if sec == maxSeconds { // the first half has just gone; what is late for the second counts
			call(middle, 20)
		}
	}
	p.find()
	if want := (peak{58 + 40 + (1 + 20), middle - 59}); p.calls != want {
		t.Errorf("calls %v, want %v", p.calls, want)
	}
	if p.tokens.most != 122 || len(p.list) > maxSeconds || len(p.places) != len(p.list) {
		t.Errorf("tokens %v, %d seconds, %d places", p.tokens, len(p.list), len(p.places))
	}
}

// TestPeakOfOddLengths: of a run of a minute and a half with all calls at its ends no minute has as many as there are in a minute
// on average.
func TestPeakOfOddLengths(t *testing.T) {
	call := monitor.Event{Kind: monitor.KindGeneration, Success: true, Time: dawn}
	end := call
	end.Time = dawn.Add(90 * time.Second)
	got := made(t, source(call, end, call, end), Options{}).Throughput
	if mean := 4 / 1.5; *got.PeakCallsPerMinute != mean || *got.CallsPerMinute != mean || !got.PeakCallsAt.Equal(dawn) {
		t.Errorf("at most %v at %v, on average %v", *got.PeakCallsPerMinute, got.PeakCallsAt, *got.CallsPerMinute)
	}
	if got.PeakTokensPerMinute != nil || got.PeakTokensAt != nil {
		t.Error("a peak of no tokens")
	}
}
