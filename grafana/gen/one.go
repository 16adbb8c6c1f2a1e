package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/gauge"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
)

// colours are what a stat's value stands on; nil is plain text.
type colours = cog.Builder[dashboard.ThresholdsConfig]

// one shows a value as a number.
func one(s spec, expr string, c colours, mappings ...dashboard.ValueMapping) panel {
	b := stat.NewPanelBuilder().ReduceOptions(lastOf()).Orientation(common.VizOrientationAuto).GraphMode(common.BigValueGraphModeNone).Mappings(mappings)
	if c == nil {
		b.ColorMode(common.BigValueColorModeNone)
	} else {
		b.ColorMode(common.BigValueColorModeBackground).Thresholds(c)
	}
	s.height = 4
	return s.finish(b, query{expr: expr}.atEnd())
}

// lately is one whose rates are over five minutes, as alerts and the command line have them, and not over four scrapes: a
// call may well take a minute.
func lately(s spec, expr string, c colours) panel {
	p := one(s, expr, c)
	p.Interval = new("5m")
	return p
}

// dial shows a value between 0 and 1.
func dial(s spec, expr string, c colours) panel {
	s.height = 4
	return s.finish(gauge.NewPanelBuilder().ReduceOptions(lastOf()).Orientation(common.VizOrientationAuto).Min(0).Max(1).Thresholds(c), query{expr: expr}.atEnd())
}

// bars shows a value of each series as a bar.
func bars(s spec, q query) panel {
	return s.finish(bargauge.NewPanelBuilder().ReduceOptions(lastOf()).Orientation(common.VizOrientationAuto).Min(0).
		Orientation(common.VizOrientationHorizontal).DisplayMode(common.BarGaugeDisplayModeGradient).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdPaletteClassicByName)), q.atEnd())
}

func lastOf() cog.Builder[common.ReduceDataOptions] {
	return common.NewReduceDataOptionsBuilder().Values(false).Calcs([]string{"lastNotNull"})
}
