package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// lines shows series over time.
func lines(s spec, queries ...query) panel {
	return s.finish(newLines(common.StackingModeNone).LineWidth(2).FillOpacity(0), rangedAll(queries)...)
}

// shares shows ratios, from 0 to 1, over time.
func shares(s spec, queries ...query) panel {
	s.unit = "percentunit"
	return s.finish(newLines(common.StackingModeNone).LineWidth(2).FillOpacity(0).Max(1), rangedAll(queries)...)
}

// stack shows series that add up over time, as bars, so that no line is drawn through what is missing.
func stack(s spec, queries ...query) panel {
	return s.finish(newLines(common.StackingModeNormal).DrawStyle(common.GraphDrawStyleBars).LineWidth(0).FillOpacity(80),
		rangedAll(queries)...)
}

func newLines(stacking common.StackingMode) *timeseries.PanelBuilder {
	return timeseries.NewPanelBuilder().Min(0).ShowPoints(common.VisibilityModeAuto).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdPaletteClassicByName)).
		Stacking(common.NewStackingConfigBuilder().Mode(stacking).Group("A")).
		Legend(legend()).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending))
}

func legend() cog.Builder[common.VizLegendOptions] {
	return common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeList).
		Placement(common.LegendPlacementBottom).ShowLegend(true).Calcs([]string{"lastNotNull"})
}

// heat shows how observations are spread over the buckets of a histogram, over time. The unit is the observations'.
func heat(s spec, buckets string) panel {
	unit := s.unit
	s.unit = "short" // of a cell, which counts
	return s.finish(heatmap.NewPanelBuilder().Calculate(false).HideLegend().
		YAxis(heatmap.NewYAxisConfigBuilder().Unit(unit)).
		Color(heatmap.NewHeatmapColorOptionsBuilder().Mode(heatmap.HeatmapColorModeScheme).Scheme("Oranges").
			Fill("dark-orange").Scale(heatmap.HeatmapColorScaleExponential).Exponent(0.5).Steps(64)).
		Tooltip(heatmap.NewHeatmapTooltipBuilder().Mode(common.TooltipDisplayModeSingle).YHistogram(true)),
		query{expr: sumBy("le", buckets), legend: "{{le}}"}.ranged().Format(prometheus.PromQueryFormatHeatmap))
}

// states shows which of the series are 1, over time.
func states(s spec, q query) panel {
	return s.finish(statetimeline.NewPanelBuilder().MergeValues(true).ShowValue(common.VisibilityModeNever).RowHeight(0.8).
		Legend(common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeList).
			Placement(common.LegendPlacementBottom).ShowLegend(false).Calcs([]string{})).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeSingle).Sort(common.SortOrderNone)).
		Mappings([]dashboard.ValueMapping{asText("0", "quiet"), asText("1", "fires")}).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds)).
		Thresholds(steps("green", threshold{1, "red"})), q.ranged())
}
