package web

import (
	"net/http"
	"time"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/ingest"
)

// An Option changes what [Handler] serves.
type Option func(*config)

type config struct {
	allowed     map[string]bool
	ready       func() error
	metricsPath string
	metrics     http.Handler
	alerter     *alerting.Alerter
	intake      *ingest.Intake
	otlpIn      *ingest.OTLPIntake
	location    *time.Location
	run         string
}

func newConfig(opts []Option) config {
	c := config{allowed: make(map[string]bool)}
	for _, opt := range opts {
		opt(&c)
	}
	return c
}

// WithAllowedHosts lets requests in whose Host header is one of these names or addresses, in any letter case and with
// any port; loopback is always allowed. Name here what users type into a browser, such as "gpu-7.lan".
func WithAllowedHosts(hosts ...string) Option {
	return func(c *config) {
		for _, host := range hosts {
			c.allowed[hostname(host)] = true
		}
	}
}

// WithMetrics also serves h, what Prometheus scrapes, at path, which begins with a slash. It is open to every Host, as
// scrapers name their targets as they like, and linked from the page at "/".
func WithMetrics(path string, h http.Handler) Option {
	return func(c *config) { c.metricsPath, c.metrics = path, h }
}

// WithReady asks ready at each GET /-/ready: nil is 200, an error 503 with its text. Without it the answer is 200.
func WithReady(ready func() error) Option {
	return func(c *config) { c.ready = ready }
}

// WithAlerts answers GET /api/v1/alerts with what a knows. Without it, or with nil, that is 404.
func WithAlerts(a *alerting.Alerter) Option {
	return func(c *config) { c.alerter = a }
}

// WithIntake takes events: POST /api/v1/events gives them to in. Times without a zone are of location; nil is local.
// Without it the handler only reads.
func WithIntake(in *ingest.Intake, location *time.Location) Option {
	return func(c *config) { c.intake, c.location = in, location }
}

// WithOTLP takes what OpenTelemetry's SDKs export: POST /v1/traces and /v1/logs give it to in, whose Flush is the caller's to
// call.
func WithOTLP(in *ingest.OTLPIntake) Option {
	return func(c *config) { c.otlpIn = in }
}

// WithRun names the run on the page at "/", for people who look at several. Empty is no name.
func WithRun(name string) Option {
	return func(c *config) { c.run = name }
}
