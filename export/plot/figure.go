package plot

import (
	"fmt"
	"slices"
	"strings"

	gplot "gonum.org/v1/plot"

	"github.com/genmeter/genmeter/monitor"
)

// Figure is a picture: what to draw, and how large.
type Figure struct {
	Name        string // what [Save] names the file after, such as "generation_time"
	Title       string // as it stands in the picture
	Description string // notes and legend in words, for those who do not see the picture
	Plot        *gplot.Plot

	Width, Height float64 // inches
	DPI           int     // pixels an inch of a PNG; 0 means 100
}

// drawers are the pictures of a run, in the order in which they tell of it. Each returns false when it has no data.
var drawers = []struct {
	name string
	draw func(*run, Options) (Figure, bool)
}{
	{"progress", drawProgress},
	{"success_error_rate", drawRates},
	{"failures", drawFailures},
	{"generation_time", drawGenerationTime},
	{"latency_heatmap", drawHeatmap},
	{"time_to_first_token", drawFirstToken},
	{"total_token_count", drawTotalTokens},
	{"prompt_token_count", drawPromptTokens},
	{"completion_token_count", drawCompletionTokens},
	{"tokens_by_model", drawModelTokens},
	{"cost", drawCost},
	{"evaluation_scores", drawScores},
	{"evaluation_time", drawEvaluationTime},
}

// Names returns the names of the pictures of the set, in the order in which [Collector.Figures] gives them.
func Names() []string {
	names := make([]string, len(drawers))
	for i, d := range drawers {
		names[i] = d.name
	}
	return names
}

// All draws the whole set. Pictures without data are left out; none at all is no error. The error is the first of src.
func All(src monitor.Source, o Options) ([]Figure, error) {
	c, err := collect(src, o)
	if err != nil {
		return nil, err
	}
	return c.Figures(), nil
}

// FigureOf draws the picture of that name alone, one of [Names]. It is an error when src has no data for it.
func FigureOf(src monitor.Source, name string, o Options) (Figure, error) {
	if !slices.Contains(Names(), name) {
		return Figure{}, fmt.Errorf("unknown figure %q: want %s", name, strings.Join(Names(), ", "))
	}
	c, err := collect(src, o)
	if err != nil {
		return Figure{}, err
	}
	var drawn []string
	for _, f := range c.Figures() {
		if f.Name == name {
			return f, nil
		}
		drawn = append(drawn, f.Name)
	}
	if len(drawn) == 0 {
		return Figure{}, fmt.Errorf("nothing to draw for figure %q: there are no events", name)
	}
	return Figure{}, fmt.Errorf("nothing to draw for figure %q: there is data for %s", name, strings.Join(drawn, ", "))
}

func collect(src monitor.Source, o Options) (*Collector, error) {
	c := NewCollector(o)
	for ev, err := range src {
		if err != nil {
			return nil, err
		}
		c.Add(&ev)
	}
	return c, nil
}
