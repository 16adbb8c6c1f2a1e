// Package grafana has dashboards of what genmeter tells Prometheus, as the JSON that Grafana imports.
//
// [Dashboards] returns them; "genmeter dashboard" prints them. They ask any Prometheus, by a variable. The folder
// provisioning has what a Grafana that is set up by files reads beside them: data source, folder of dashboards, alerts.
//
// The module in gen writes dashboards/*.json: change that, and run make generate. Tests hold that every metric and label
// exists, and that every query, asked of a real Prometheus that scraped a recorded run, answers what was recorded.
package grafana
