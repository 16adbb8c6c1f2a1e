package main

import (
	"path"
	"regexp"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"
)

// defaultAddress has the port that is registered for OpenTelemetry's Prometheus exporters.
const defaultAddress = "127.0.0.1:9464"

// webFlags say where and to whom the HTTP server answers.
type webFlags struct {
	toolkit       *toolkit.FlagConfig
	telemetryPath *string
	maxRequests   *int
	allowedHosts  *[]string
	fileSD        *string
}

func addWebFlags(cmd *kingpin.CmdClause) *webFlags {
	f := &webFlags{toolkit: kingpinflag.AddFlags(cmd, defaultAddress)}
	cmd.GetFlag("web.listen-address").Help("Address to listen on, repeatable. With \":0\" the system chooses a " +
		"port of loopback, which is logged. Loopback only unless told otherwise; \":9464\" is every interface.")
	cmd.GetFlag("web.config.file").Help("File that turns on TLS or passwords. See: " +
		"https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md").PlaceHolder("FILE")
	f.telemetryPath = cmd.Flag("web.telemetry-path", "Path of the metrics for Prometheus.").Default("/metrics").String()
	f.maxRequests = cmd.Flag("web.max-requests", "Scrapes answered at the same time; 0 is no bound.").Default("40").Int()
	f.allowedHosts = cmd.Flag("web.allowed-host", "Host name, other than loopback's, under which the pages and the API "+
		"may be asked for, repeatable. The metrics and probes answer under any name.").PlaceHolder("NAME").Strings()
	f.fileSD = cmd.Flag("web.file-sd", "Write the address for Prometheus's file_sd_config to this file while it is served, for "+
		"several runs on one host with ports that the system chooses.").PlaceHolder("FILE").String()
	return f
}

// plainPath is a path that every client asks for in the same way.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9._~/-]+$`)

// check refuses what only shows when the server starts.
func (f *webFlags) check() error {
	p := *f.telemetryPath
	switch {
	case !plainPath.MatchString(p) || path.Clean(p) != p:
		return wrongUsage("--web.telemetry-path=%s: want a path such as /metrics", p)
	case strings.HasPrefix(p, "/api/"), strings.HasPrefix(p, "/v1/"), strings.HasPrefix(p, "/live/"), strings.HasPrefix(p, "/-/"):
		return wrongUsage("--web.telemetry-path=%s: /api/, /v1/, /live/ and /-/ are taken, want a path such as /metrics", p)
	case *f.maxRequests < 0:
		return wrongUsage("--web.max-requests=%d: want 0 or more", *f.maxRequests)
	}
	for _, address := range *f.toolkit.WebListenAddresses {
		if address == "" {
			return wrongUsage("--web.listen-address is empty: want HOST:PORT, such as %s", defaultAddress)
		}
	}
	if err := toolkit.Validate(*f.toolkit.WebConfigFile); err != nil {
		return wrongUsage("--web.config.file: %v", err)
	}
	return nil
}
