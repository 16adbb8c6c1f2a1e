package grafana_test

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// scrapeInterval is that of the Prometheus here, and what Grafana would be told of it.
const scrapeInterval = 500 * time.Millisecond

// timeRange is the dashboards' own.
const timeRange = time.Hour

// choice is what is chosen for variables; "All" for those that it has not.
type choice map[string]string

// interpolate replaces variables as Grafana's Prometheus data source does.
func (c choice) interpolate(vars []variable, expr string) string {
	for _, v := range vars {
		value := v.AllValue
		if one, ok := c[v.Name]; ok {
			value = escape(one)
		}
		expr = strings.ReplaceAll(expr, "$"+v.Name, value)
	}
	return expr
}

var special = regexp.MustCompile(`[$^*{}\[\]'+?.()|]`)

// escape makes a value match itself in a regular expression that stands in a PromQL string.
func escape(value string) string {
	return special.ReplaceAllString(strings.ReplaceAll(value, `\`, `\\\\`), `\\$0`)
}

// interval replaces Grafana's own variables. step is what lies between two points of a graph.
func (p panel) interval(expr string, step time.Duration) string {
	if least, err := time.ParseDuration(p.Interval); err == nil {
		step = max(step, least)
	}
	rate := max(step+scrapeInterval, 4*scrapeInterval)
	return strings.NewReplacer("$__rate_interval", fmt.Sprintf("%dms", rate.Milliseconds()),
		"$__range", fmt.Sprintf("%ds", int(timeRange.Seconds()))).Replace(expr)
}
