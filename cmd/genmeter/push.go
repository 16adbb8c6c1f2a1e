package main

import (
	"net/url"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// pushFlags say where metrics are pushed to, for what is too short, or too far away, to be scraped. OTLP has no flags but
// OpenTelemetry's variables.
type pushFlags struct {
	gateway, job, run *string
	interval          *time.Duration
	deleteAfter       *time.Duration

	intervalSet, jobSet, deleteAfterSet bool
}

func addPushFlags(cmd *kingpin.CmdClause, run *string) *pushFlags {
	f := pushFlags{run: run}
	f.gateway = cmd.Flag("push.gateway", "Push the metrics to this Pushgateway, for runs too short to be scraped: at intervals, "+
		"and at the end, which fails when they do not arrive. USER:PASSWORD@ may stand before the host. (To push OTLP, set "+
		"OpenTelemetry's variables, such as OTEL_EXPORTER_OTLP_ENDPOINT.)").PlaceHolder("URL").String()
	f.interval = cmd.Flag("push.interval", "How often to push to it; 0 is only at the end.").Default("15s").
		IsSetByUser(&f.intervalSet).Duration()
	f.job = cmd.Flag("push.job", "Job under which it groups the metrics, together with --run when that is given. A push "+
		"replaces the group.").Default("genmeter").IsSetByUser(&f.jobSet).String()
	f.deleteAfter = cmd.Flag("push.delete-after", "Delete the group this long after the last push, so that Prometheus can scrape "+
		"it once more: two scrape intervals. A signal ends the wait. Without it the last values stay in the Pushgateway.").
		PlaceHolder("DURATION").IsSetByUser(&f.deleteAfterSet).Duration()
	return &f
}

// check refuses what cannot be pushed to, before anything is opened.
func (f *pushFlags) check(getenv otlpEnv) error {
	if _, err := getenv.config(); err != nil {
		return err
	}
	switch {
	case *f.gateway == "" && f.deleteAfterSet:
		return wrongUsage("--push.delete-after needs --push.gateway")
	case *f.gateway == "" && f.intervalSet:
		return wrongUsage("--push.interval needs --push.gateway; for OTLP it is OTEL_METRIC_EXPORT_INTERVAL, in milliseconds")
	case *f.gateway == "" && f.jobSet:
		return wrongUsage("--push.job needs --push.gateway; for OTLP the job is OTEL_SERVICE_NAME")
	case *f.gateway == "":
		return nil
	case *f.interval < 0:
		return wrongUsage("--push.interval=%v: want 0 or more", *f.interval)
	case *f.deleteAfter < 0:
		return wrongUsage("--push.delete-after=%v: want 0 or more", *f.deleteAfter)
	case *f.job == "":
		return wrongUsage("--push.job is empty: want a name, such as genmeter")
	case isDots(*f.job), isDots(*f.run):
		return wrongUsage("a job or run named \".\" or \"..\" cannot be part of the Pushgateway's path: want another name")
	}
	u, err := url.Parse(*f.gateway)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.Fragment != "" {
		return wrongUsage("--push.gateway: want a URL such as http://127.0.0.1:9091") // it may hold a password: not quoted
	}
	if strings.Contains(u.Path, "/metrics/job") {
		return wrongUsage("--push.gateway: want the URL without /metrics/job/…, and the name of the job as --push.job")
	}
	return nil
}

func isDots(name string) bool { return name == "." || name == ".." }
