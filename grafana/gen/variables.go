package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Selectors, from wide to narrow. Each variable narrows what is below it. Series that Prometheus makes itself, such as
// up, have job and instance alone.
const (
	ofTarget = `job=~"$job",instance=~"$instance"`
	ofRun    = ofTarget + `,run=~"$run"`
	ofModel  = ofRun + `,gen_ai_provider_name=~"$provider",gen_ai_request_model=~"$model"`
	ofStep   = ofModel + `,step=~"$step"`
)

// variables are those that all dashboards have. Every series has a job. Some have no instance (a Pushgateway's), no run and
// no step, and "All" must keep these: it is .* for them.
func variables() []cog.Builder[dashboard.VariableModel] {
	return []cog.Builder[dashboard.VariableModel]{
		dashboard.NewDatasourceVariableBuilder("datasource").Label("Data source").Type("prometheus").
			Description("The Prometheus that scrapes genmeter.").Current(dashboard.VariableOption{
			Text: text(""), Value: text(""),
		}),
		values("job", "Job", "Jobs of Prometheus that have genmeter.", ".+",
			`label_values(genmeter_events_total, job)`),
		values("instance", "Instance", "Sidecars, or generators that embed genmeter.", ".*",
			`label_values(genmeter_events_total{job=~"$job"}, instance)`),
		values("run", "Run", "Runs that were named by --run. All includes those without a name.", ".*",
			`label_values(genmeter_events_total{`+ofTarget+`}, run)`),
		values("provider", "Provider", "Narrows what is known by provider: calls, tokens, cost, latency; not records, evaluations and events.",
			".*", `label_values({__name__=~"genmeter_generations_total|genmeter_tokens_total",`+ofRun+`}, gen_ai_provider_name)`),
		values("model", "Model", "Narrows what is known by model: calls, tokens, cost, latency; not records, evaluations and events.",
			".*", `label_values({__name__=~"genmeter_generations_total|genmeter_tokens_total",`+ofRun+`}, gen_ai_request_model)`),
		values("step", "Step", "Steps of the pipeline. Narrows calls, failures, tokens and cost; latencies are not known by step.",
			".*", `label_values(genmeter_generations_total{`+ofModel+`}, step)`),
	}
}

// values is a variable with the values of a label.
func values(name, label, about, all, query string) *dashboard.QueryVariableBuilder {
	return dashboard.NewQueryVariableBuilder(name).Label(label).Description(about).Datasource(datasource()).
		Query(dashboard.StringOrMap{String: &query}).Definition(query).
		Multi(true).IncludeAll(true).AllValue(all).
		Current(dashboard.VariableOption{Selected: new(true), Text: texts("All"), Value: texts("$__all")}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).Sort(dashboard.VariableSortAlphabeticalAsc)
}

// datasource is whatever the variable of that name says.
func datasource() common.DataSourceRef {
	return common.DataSourceRef{Type: new("prometheus"), Uid: new("${datasource}")}
}

func text(s string) dashboard.StringOrArrayOfString {
	return dashboard.StringOrArrayOfString{String: &s}
}

func texts(s ...string) dashboard.StringOrArrayOfString {
	return dashboard.StringOrArrayOfString{ArrayOfString: s}
}
