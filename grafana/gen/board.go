package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// board is a dashboard.
type board struct {
	name         string // of the file; the uid is "genmeter-" and this
	title, about string
	rows         []row
	variables    []cog.Builder[dashboard.VariableModel] // besides those that all have
}

type row struct {
	title  string
	panels []panel
}

// tag is on all dashboards, and leads from one to the others.
const tag = "genmeter"

// build makes it in the schema that the SDK calls deprecated: Grafanas that are in use know no other yet.
func (b board) build() (dashboard.Dashboard, error) {
	d := dashboard.NewDashboardBuilder(b.title).Uid("genmeter-"+b.name).Description(b.about).Tags([]string{tag}).
		Readonly().Timezone("browser").Time("now-1h", "now").Refresh("30s").Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Link(dashboard.NewDashboardLinkBuilder("genmeter").Type(dashboard.DashboardLinkTypeDashboards).Tags([]string{tag}).
			IncludeVars(true).KeepTime(true)).
		Variables(append(variables(), b.variables...))
	id := uint32(0)
	next := func() uint32 { id++; return id }
	for _, r := range b.rows {
		d.WithRow(dashboard.NewRowBuilder(r.title).Id(next()))
		for _, p := range r.panels {
			p.Id = new(next())
			d.WithPanel(p)
		}
	}
	return d.Build()
}
