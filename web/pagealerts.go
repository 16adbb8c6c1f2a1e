package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// alertsView says whether something is wrong.
type alertsView struct {
	Verdict, Class string // Class is calm, pending, firing or unknown
	Firing         int
	Judged         stamp
	Rows           []alertRow
	Peace          []string // rules with nothing to say
}

type alertRow struct {
	State, Level, Name, Message, Since string
	At                                 stamp
}

func (h *handler) alertsView(now time.Time) alertsView {
	if h.alerter == nil {
		return alertsView{Verdict: "No alert rules are judged here.", Class: "unknown"}
	}
	alerts := h.alerter.Alerts()
	if len(alerts) == 0 || alerts[0].Time.IsZero() {
		return alertsView{Verdict: "The alert rules have not been judged yet.", Class: "unknown"}
	}
	v := alertsView{Judged: stampOf(alerts[0].Time, now)}
	slices.SortStableFunc(alerts, byUrgency)
	names := make(map[alerting.State][]string)
	for _, a := range alerts {
		names[a.State] = append(names[a.State], a.Name)
		if a.State != alerting.Inactive {
			v.Rows = append(v.Rows, newAlertRow(&a, now))
		}
	}
	v.Firing, v.Peace = len(names[alerting.Firing]), names[alerting.Inactive]
	v.Verdict, v.Class = verdict(names[alerting.Firing], names[alerting.Pending])
	return v
}

// byUrgency puts what fires first, and of that what is grave.
func byUrgency(a, b alerting.Alert) int {
	order := [...]int{alerting.Firing: 0, alerting.Pending: 1, alerting.Resolved: 2, alerting.Inactive: 3}
	return cmp.Or(cmp.Compare(order[a.State], order[b.State]), cmp.Compare(b.Level, a.Level))
}

// verdict changes only when a rule does: a screen reader says it each time.
func verdict(firing, pending []string) (text, class string) {
	var parts []string
	class = "calm"
	if len(pending) > 0 {
		class = "pending"
		parts = append(parts, "Pending: "+strings.Join(pending, ", ")+".")
	}
	if len(firing) > 0 {
		class = "firing"
		parts = append([]string{"Firing: " + strings.Join(firing, ", ") + "."}, parts...)
	}
	if len(parts) == 0 {
		return "No alert fires.", class
	}
	return strings.Join(parts, " "), class
}

func newAlertRow(a *alerting.Alert, now time.Time) alertRow {
	row := alertRow{State: a.State.String(), Level: a.Level.String(), Name: a.Name, Message: text(a.Message)}
	if a.State == alerting.Resolved {
		row.Since, row.At = ago(a.EndsAt, now)+", at ", stampOf(a.EndsAt, now)
	} else {
		row.Since, row.At = "for "+rounded(now.Sub(a.StartsAt))+", since ", stampOf(a.StartsAt, now)
	}
	return row
}
