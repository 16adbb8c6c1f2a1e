package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// panel is one that is built but for its id.
type panel struct{ dashboard.Panel }

// Build makes a panel a builder, as the SDK wants them.
func (p panel) Build() (dashboard.Panel, error) { return p.Panel, nil }

// spec is what each panel has.
type spec struct {
	title, about string
	unit         string // of Grafana, "count:tok/s" for one of our own
	none         string // what is shown where there is no data
	width        uint32 // of 24
	height       uint32 // 8 when 0
}

// query is one of a panel's. It is asked at the end of the time range alone in panels that show one value.
type query struct{ expr, legend string }

// builder is what the builders of all kinds of panels have in common.
type builder interface {
	Build() (dashboard.Panel, error)
}

// finish gives a panel what all have. A panel of the SDK that does not build is a fault of this program.
func (s spec) finish(b builder, queries ...*prometheus.DataqueryBuilder) panel {
	p, err := b.Build()
	if err != nil {
		panic(err)
	}
	p.Title, p.Description, p.Datasource = new(s.title), new(s.about), new(datasource())
	p.FieldConfig.Defaults.Unit, p.FieldConfig.Defaults.NoValue = new(s.unit), new(s.none)
	if s.height == 0 {
		s.height = 8
	}
	p.GridPos = &dashboard.GridPos{W: s.width, H: s.height}
	for i, q := range queries {
		target, err := q.Datasource(datasource()).RefId(string(rune('A' + i))).Build()
		if err != nil {
			panic(err)
		}
		p.Targets = append(p.Targets, target)
	}
	return panel{p}
}

// ranged is asked over the time range.
func (q query) ranged() *prometheus.DataqueryBuilder {
	return prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).Range().
		Format(prometheus.PromQueryFormatTimeSeries)
}

// atEnd is asked at the end of the time range.
func (q query) atEnd() *prometheus.DataqueryBuilder {
	return prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).Instant().
		Format(prometheus.PromQueryFormatTimeSeries)
}

func rangedAll(queries []query) (all []*prometheus.DataqueryBuilder) {
	for _, q := range queries {
		all = append(all, q.ranged())
	}
	return all
}

// steps are the colours from a base and from each value on.
func steps(base string, from ...threshold) cog.Builder[dashboard.ThresholdsConfig] {
	all := []dashboard.Threshold{{Color: base}}
	for _, t := range from {
		all = append(all, dashboard.Threshold{Value: new(t.from), Color: t.color})
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(all)
}

type threshold struct {
	from  float64
	color string
}

// asText shows a value as a text.
func asText(value, text string) dashboard.ValueMapping {
	return dashboard.ValueMapping{ValueMap: &dashboard.ValueMap{
		Type:    dashboard.MappingTypeValueToText,
		Options: map[string]dashboard.ValueMappingResult{value: {Text: &text}},
	}}
}
