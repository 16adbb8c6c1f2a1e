package main

import (
	"cmp"
	"strings"
)

// childEnv is what a generator's environment gets: where the sidecar is, for clients of genmeter, and for OpenTelemetry's
// SDKs, whose traces and logs come here unless the generator has an OTLP endpoint already. Their metrics do not.
func (s *sidecar) childEnv(getenv func(string) string) []string {
	url := s.server.url()
	environ := []string{"GENMETER_URL=" + url}
	if getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" {
		return environ
	}
	for _, signal := range []string{"TRACES", "LOGS"} {
		name := "OTEL_EXPORTER_OTLP_" + signal + "_"
		if getenv(name+"ENDPOINT") != "" {
			continue
		}
		environ = append(environ,
			name+"ENDPOINT="+url+"/v1/"+strings.ToLower(signal),
			name+"PROTOCOL="+cmp.Or(httpProtocol(getenv(name+"PROTOCOL")), "http/protobuf"))
	}
	return environ
}

// httpProtocol is a protocol that the sidecar speaks, else empty.
func httpProtocol(p string) string {
	if p == "http/json" {
		return p
	}
	return ""
}
