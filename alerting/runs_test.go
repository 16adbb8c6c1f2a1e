package alerting_test

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// runs are what the two kinds of rules are compared over. second is called for each second of a run.
var runs = []struct {
	name    string
	minutes int
	fires   []string // sorted; nil is not said
	second  func(s *simulation, sec int)
}{
	{"quiet", 40, []string{}, func(s *simulation, sec int) {
		switch {
		case sec > 1200 && sec < 1800: // nothing at all
		case sec > 1800: // few calls, and they fail: too few to say anything
			if sec%80 == 0 {
				s.call(1, failed(sec))
			}
		case sec%7 == 0:
			s.call(1, mixed(sec, 0.02))
		}
	}},
	{"failing", 50, []string{"GenmeterHighErrorRate", "GenmeterLowSuccessRate"}, func(s *simulation, sec int) {
		switch minute := sec / 60; {
		case sec%3 != 0:
		case minute < 10, minute >= 20 && minute < 28:
			s.call(1, mixed(sec, 0.05))
		case minute < 20:
			s.call(1, mixed(sec, 0.6))
		case minute < 36: // no error: a judge said no
			s.call(1, monitor.Generation{Provider: "p", Model: "large"})
		default:
			s.call(1, good(sec))
		}
	}},
	{"slow", 50, []string{"GenmeterHighGenerationTime", "GenmeterSlowFirstToken", "GenmeterSlowSmallModel"},
		func(s *simulation, sec int) {
			g := good(sec)
			switch minute := sec / 60; {
			case minute >= 8 && minute < 14:
				g.Duration, g.TimeToFirstToken = 50*time.Second, 12*time.Second
			case minute >= 20 && minute < 21: // shorter than its For
				g.TimeToFirstToken = 12 * time.Second
			case minute >= 30 && minute < 38:
				g.Duration = time.Minute
				if g.Model == "small" {
					g.CompletionTokens = 20
				}
			}
			if sec%5 == 0 {
				s.call(1, g)
			}
		}},
	{"bursty", 60, []string{
		"GenmeterEventsLost", "GenmeterHighCompletionTokenUsage", "GenmeterHighErrorRate", "GenmeterHighGenerationTime",
		"GenmeterHighPromptTokenUsage", "GenmeterHighTotalTokenUsage", "GenmeterLongConversations", "GenmeterLowSuccessRate",
		"GenmeterOverBudget",
	}, bursts},
	{"gaps", 60, []string{"GenmeterHighErrorRate", "GenmeterLowSuccessRate", "GenmeterStalled"}, gaps},
	{"restarts", 60, []string{"GenmeterHighErrorRate", "GenmeterHighGenerationTime", "GenmeterLowSuccessRate"}, restarts},
	{"stormy", 60, nil, stormy(1, false)},
	{"stormier", 60, nil, stormy(4, true)},
	{"crashes", 50, []string{"GenmeterHighErrorRate", "GenmeterLowSuccessRate"}, crashes},
}

// bursts come out of nothing: what is in them is in the first scrape of its series.
func bursts(s *simulation, sec int) {
	g := good(sec)
	switch sec {
	case 130, 131, 132:
		s.call(8, failed(sec))
	case 700: // a model that nobody has seen
		g.Model, g.Duration = "new", 2*time.Minute
		s.call(30, g)
	case 1300:
		g.PromptTokens, g.CompletionTokens = 20_000, 9000
		s.call(12, g)
	case 1900:
		g.Turns, g.Step = 12, "dialogue"
		s.call(6, g)
	case 2500: // a value that is refused
		g.Duration = -time.Second
		s.call(3, g)
		s.tell(func(m *monitor.Monitor) { m.CountRejected("file", monitor.ReasonNegative, 2) }) // from a source that is new
	case 3000:
		g.CostUSD = 20
		s.call(1, g)
	case 3200:
		g.CostUSD = math.Nextafter(5, 10)
		s.call(1, g)
	}
}

// gaps are times without calls, without answers, and without scrapes.
func gaps(s *simulation, sec int) {
	minute := sec / 60
	s.disturbed = true
	s.unreachable = sec%600 >= 80 && sec%600 < 100 || minute >= 44 && minute < 46
	switch {
	case sec == 360:
		s.begin(3)
	case sec == 1260:
		s.end()
	case minute < 6, minute >= 21 && minute < 30:
		if sec%4 == 0 {
			s.call(1, good(sec))
		}
	case minute >= 40 && minute < 50:
		if sec%4 == 0 {
			s.call(1, failed(sec))
		}
	}
}

// restarts of a run that is resumed.
func restarts(s *simulation, sec int) {
	switch sec {
	case 300, 920, 1000, 1500, 2400:
		s.down = true
	case 310, 940, 1030, 1740, 2401:
		s.restart(true)
	}
	if s.down || sec%4 != 0 {
		return
	}
	switch minute := sec / 60; {
	case minute >= 14 && minute < 22:
		s.call(1, mixed(sec, 0.7))
	case minute >= 38 && minute < 44:
		g := good(sec)
		g.Duration = 90 * time.Second
		s.call(1, g)
	default:
		s.call(1, good(sec))
	}
}

// stormy is a bit of everything, by chance. A process that falls stays up for two scrapes more: what was not scraped Prometheus
// cannot know.
func stormy(seed uint64, falls bool) func(s *simulation, sec int) {
	var every, end int
	var share float64
	var next monitor.Generation
	return func(s *simulation, sec int) {
		chance := rand.New(rand.NewPCG(seed, uint64(sec)))
		if sec%97 == 0 {
			every, share = []int{1, 3, 10, 40, 1000}[chance.IntN(5)], []float64{0, 0.1, 0.2, 0.3, 1}[chance.IntN(5)]
			next = good(sec)
			next.Duration = time.Duration(1+chance.IntN(60)) * time.Second
			next.Turns, next.PromptTokens = 1+chance.IntN(4), int64(1+chance.IntN(8000))
			next.Step = []string{"", "draft", "review"}[chance.IntN(3)]
		}
		switch {
		case s.down && chance.IntN(60) == 0:
			s.restart(true)
		case end == 0 && falls && !s.down && chance.IntN(500) == 0:
			end = sec + 30
		case sec == end:
			s.down, end = true, 0
		}
		if s.down || end > 0 || sec%every != 0 {
			return
		}
		g := next
		if chance.Float64() < share {
			g = failed(sec)
		}
		s.call(1+chance.IntN(2), g)
	}
}

// crashes of a run that knows nothing of what was before.
func crashes(s *simulation, sec int) {
	switch sec {
	case 900, 2200:
		s.down = true
	case 1300, 2620:
		s.restart(false)
	}
	if s.down || sec%4 != 0 {
		return
	}
	switch minute := sec / 60; {
	case minute >= 10 && minute < 16, minute >= 30 && minute < 34:
		s.call(1, failed(sec))
	default:
		s.call(1, good(sec))
	}
}

func good(sec int) monitor.Generation {
	g := monitor.Generation{
		Provider: "p", Model: "large", Success: true, Duration: 3 * time.Second, TimeToFirstToken: 400 * time.Millisecond,
		PromptTokens: 700, CompletionTokens: 200, FinishReason: "stop", Turns: 1, CostUSD: 0.001953125,
	}
	if sec%2 == 0 {
		g.Model = "small"
	}
	return g
}

func failed(sec int) monitor.Generation {
	texts := []string{"429 Too Many Requests", "connection reset", "timed out", "boom"}
	return monitor.Generation{Provider: "p", Model: "large", Duration: 2 * time.Second, Error: texts[sec/7%len(texts)]}
}

// mixed fails now and then, always at the same seconds.
func mixed(sec int, share float64) monitor.Generation {
	if rand.New(rand.NewPCG(7, uint64(sec))).Float64() < share {
		return failed(sec)
	}
	return good(sec)
}
