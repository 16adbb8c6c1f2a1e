package report

import (
	"bytes"
	"fmt"

	"github.com/genmeter/genmeter/export/plot"
	"github.com/genmeter/genmeter/monitor"
)

// figure is a picture of the run.
type figure struct {
	title, words string // the latter for those who do not see it
	svg          []byte
}

// Inches of a figure: small, so that its texts can be read where two stand side by side on the page, and on a phone.
const (
	figureWidth  = 7
	figureHeight = 4.2
)

// artist draws the figures of package plot as the run passes. A nil one draws none.
type artist struct {
	collector *plot.Collector
	prices    *monitor.Prices
}

func newArtist(o *Options) *artist {
	if !o.Plots {
		return nil
	}
	return &artist{plot.NewCollector(plot.Options{Width: figureWidth, Height: figureHeight}), o.Prices}
}

// add takes the next event, which has its price meanwhile: pictures ask for no price file.
func (a *artist) add(ev *monitor.Event) {
	if a == nil || ev.Kind == 0 {
		return
	}
	own := ev.CostUSD
	ev.CostUSD, _ = a.prices.Cost(ev)
	a.collector.Add(ev)
	ev.CostUSD = own
}

func (a *artist) figures() ([]figure, error) {
	if a == nil {
		return nil, nil
	}
	drawn := a.collector.Figures()
	list := make([]figure, len(drawn))
	for i := range drawn {
		var svg bytes.Buffer
		if err := plot.Write(&svg, drawn[i], plot.SVG); err != nil {
			return nil, fmt.Errorf("drawing %s: %w", drawn[i].Name, err)
		}
		list[i] = figure{drawn[i].Title, drawn[i].Description, svg.Bytes()}
	}
	return list, nil
}
