package grafana_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/genmeter/genmeter/grafana"
)

// board is what these tests look at in a dashboard.
type board struct {
	UID, Title, Description string
	Editable                *bool
	Inputs                  any `json:"__inputs"`
	Panels                  []panel
	Templating              struct{ List []variable }
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Interval                 string // at least
	Datasource               datasource
	Targets                  []target
	FieldConfig              struct {
		Defaults  struct{ Unit, NoValue string }
		Overrides []struct {
			Matcher    struct{ Options string }
			Properties []struct {
				ID    string
				Value any
			}
		}
	}
	Transformations []struct {
		ID      string
		Options struct{ RenameByName map[string]string }
	}
}

type target struct {
	RefID, Expr, LegendFormat string
	Instant                   bool
	Datasource                datasource
}

type datasource struct{ UID string }

type variable struct {
	Name, Type, AllValue, Description string
	Query                             any
	Current                           map[string]any
	Multi, IncludeAll                 bool
}

func boards(t *testing.T) map[string]board {
	t.Helper()
	all := make(map[string]board)
	for _, d := range grafana.Dashboards() {
		var b board
		must(t, json.Unmarshal(d.JSON, &b))
		all[d.Name] = b
	}
	return all
}

// eachPanel calls f with each panel that is no row.
func eachPanel(t *testing.T, f func(name string, p panel)) {
	t.Helper()
	for name, b := range boards(t) {
		for _, p := range b.Panels {
			if p.Type != "row" {
				f(name, p)
			}
		}
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
