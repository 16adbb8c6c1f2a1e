package web

import (
	"html/template"
	"net/http"
	"strings"
)

// Links are relative, so that they hold wherever the handler is mounted.
var landingPage = template.Must(template.New("landing").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>genmeter</title></head>
<body>
<h1>genmeter</h1>
<ul>
{{- if .Metrics}}
<li><a href="{{.Metrics}}">metrics</a> for Prometheus</li>
{{- end}}
<li><a href="api/v1/progress">progress</a></li>
<li><a href="api/v1/tokens">tokens</a> by model, since the start</li>
<li><a href="api/v1/aggregate?metric=generation_time&amp;window=5m">generation time</a> of the last five minutes</li>
{{- if .Alerts}}
<li><a href="api/v1/alerts">alerts</a> that are pending or fire</li>
{{- end}}
<li><a href="-/healthy">healthy</a>, <a href="-/ready">ready</a></li>
</ul>
</body>
</html>
`))

func (h *handler) landing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	has := struct {
		Metrics string
		Alerts  bool
	}{strings.TrimPrefix(h.metricsPath, "/"), h.alerter != nil}
	_ = landingPage.Execute(w, has) // it can only fail on a client that left
}
