package main

import (
	"context"
	"log/slog"
	"net"
	"os"

	toolkit "github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v2"
)

// warnOpen warns of addresses that strangers can reach without a password or a client certificate.
func (s *server) warnOpen() {
	c := s.flags.webConfig()
	if len(c.Users) > 0 || c.TLSConfig.ClientAuth == "RequireAndVerifyClientCert" {
		return
	}
	for _, l := range s.listeners {
		if a, ok := l.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
			s.logger.Warn("anyone who can reach this address can read metrics and recorded texts: set passwords in "+
				"--web.config.file, or listen on loopback", "address", a.String(), "tls", c.TLSConfig.IsEnabled())
		}
	}
}

// webConfig reads the web configuration for what we say about it; whether it is valid is not decided here.
func (f *webFlags) webConfig() toolkit.Config {
	var c toolkit.Config
	if text, err := os.ReadFile(*f.toolkit.WebConfigFile); err == nil {
		_ = yaml.Unmarshal(text, &c)
	}
	return c
}

// url is where the server can be reached from this host.
func (s *server) url() string {
	scheme := "http://"
	if c := s.flags.webConfig(); c.TLSConfig.IsEnabled() {
		scheme = "https://"
	}
	return scheme + reachable(s.listeners[0].Addr())
}

// sayWhere logs where to look, for people who see this for the first time.
func (s *server) sayWhere() {
	s.logger.Info("live page", "url", s.url()+"/")
	s.logger.Info("metrics for Prometheus", "url", s.url()+*s.flags.telemetryPath)
	s.logger.Info("tokens by model", "url", s.url()+"/api/v1/tokens")
	s.logger.Info("to ask in Prometheus", "promql", "sum by (gen_ai_request_model, type) (genmeter_tokens_total)")
}

// quiet is logger without what exporter-toolkit says when all is well: the address is logged already.
func quiet(logger *slog.Logger) *slog.Logger { return slog.New(quietHandler{logger.Handler()}) }

type quietHandler struct{ slog.Handler }

func (h quietHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quietHandler{h.Handler.WithAttrs(attrs)}
}

func (h quietHandler) WithGroup(name string) slog.Handler {
	return quietHandler{h.Handler.WithGroup(name)}
}
