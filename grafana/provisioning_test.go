package grafana_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"go.yaml.in/yaml/v3"
)

// The files of provisioning, by the fields that Grafana documents.
type (
	provider struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type    string
			AllowUIUpdates        bool `yaml:"allowUiUpdates"`
			UpdateIntervalSeconds int  `yaml:"updateIntervalSeconds"`
			Options               struct{ Path string }
		}
	}
	sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			JSONData                     struct {
				HTTPMethod   string        `yaml:"httpMethod"`
				TimeInterval time.Duration `yaml:"timeInterval"`
			} `yaml:"jsonData"`
		}
	}
	alerts struct {
		APIVersion int `yaml:"apiVersion"`
		Groups     []struct {
			OrgID        int `yaml:"orgId"`
			Name, Folder string
			Interval     time.Duration
			Rules        []rule
		}
	}
	rule struct {
		UID, Title, Condition string
		For                   time.Duration
		NoDataState           string `yaml:"noDataState"`
		ExecErrState          string `yaml:"execErrState"`
		Annotations           map[string]string
		Data                  []struct {
			RefID             string                 `yaml:"refId"`
			DatasourceUID     string                 `yaml:"datasourceUid"`
			RelativeTimeRange struct{ From, To int } `yaml:"relativeTimeRange"`
			Model             struct {
				RefID            string `yaml:"refId"`
				Instant, Range   bool
				Expr             string
				Type, Expression string
				Datasource       struct{ Type, UID string }
				Conditions       []struct {
					Type               string
					Operator           struct{ Type string }
					Evaluator, Reducer struct {
						Type   string
						Params []float64
					}
					Query struct{ Params []string }
				}
			}
		}
	}
)

// readYAML wants every field of the file to be one of the type's.
func readYAML[T any](t *testing.T, path string) (v T) {
	t.Helper()
	file, err := os.Open("provisioning/" + path)
	must(t, err)
	defer file.Close()
	d := yaml.NewDecoder(file)
	d.KnownFields(true)
	must(t, d.Decode(&v))
	return v
}

// TestProvisioning: the files fit each other, and the words in them are Grafana's.
func TestProvisioning(t *testing.T) {
	p := readYAML[provider](t, "dashboards/genmeter.yaml")
	if len(p.Providers) != 1 || p.APIVersion != 1 || p.Providers[0].Type != "file" || p.Providers[0].Options.Path != "/var/lib/grafana/dashboards/genmeter" {
		t.Errorf("%+v", p)
	}
	s := readYAML[sources](t, "datasources/prometheus.yaml")
	if len(s.Datasources) != 1 || s.APIVersion != 1 || s.Datasources[0].Type != "prometheus" || s.Datasources[0].Access != "proxy" {
		t.Errorf("%+v", s)
	}
	r := theRule(t)
	if r.Data[0].DatasourceUID != s.Datasources[0].UID {
		t.Errorf("the alert asks %q, the datasource is %q", r.Data[0].DatasourceUID, s.Datasources[0].UID)
	}
	if last := r.Data[1]; r.Condition != last.RefID || last.Model.Type != "threshold" || last.Model.Expression != r.Data[0].RefID ||
		last.DatasourceUID != "__expr__" || last.Model.Conditions[0].Evaluator.Type != "gt" || r.UID == "" || r.Title == "" {
		t.Errorf("%+v", r)
	}
	if !slices.Contains([]string{"OK", "NoData", "Alerting", "KeepLast"}, r.NoDataState) ||
		!slices.Contains([]string{"OK", "Error", "Alerting", "KeepLast"}, r.ExecErrState) {
		t.Errorf("%+v", r)
	}
}

func theRule(t *testing.T) rule {
	t.Helper()
	a := readYAML[alerts](t, "alerting/genmeter.yaml")
	if a.APIVersion != 1 || len(a.Groups) != 1 || len(a.Groups[0].Rules) != 1 || len(a.Groups[0].Rules[0].Data) != 2 || a.Groups[0].Interval <= 0 {
		t.Fatalf("want one rule of a query and a condition, found %+v", a)
	}
	return a.Groups[0].Rules[0]
}

// checkAlert: the alert's query gives what fires a value above 0, and all else 0; its texts name it and its page.
func checkAlert(t *testing.T, p *play) {
	r := theRule(t)
	found, err := p.instant(r.Data[0].Model.Expr, p.end)
	must(t, err)
	fires := 0
	for _, s := range found {
		if s.Value.value <= r.Data[1].Model.Conditions[0].Evaluator.Params[0] {
			continue
		}
		fires++
		texts := make(map[string]string)
		for name, text := range r.Annotations {
			var b strings.Builder
			must(t, template.Must(template.New(name).Parse(text)).Execute(&b, map[string]any{"Labels": s.Metric}))
			texts[name] = b.String()
		}
		page := strings.TrimPrefix(texts["runbook_url"], "https://github.com/genmeter/genmeter/blob/main/")
		if _, err := os.Stat("../" + page); err != nil {
			t.Errorf("%v: %v", texts, err)
		}
		if named := strings.Contains(texts["description"], "(run night-7)"); named != (s.Metric["job"] == "embedded") ||
			!strings.Contains(texts["summary"], s.Metric["alert"]) || s.Metric["severity"] == "" {
			t.Errorf("%v for %v", texts, s.Metric)
		}
	}
	if fires == 0 || fires == len(found) {
		t.Errorf("%d of %d alerts fire: that proves nothing", fires, len(found))
	}
}
