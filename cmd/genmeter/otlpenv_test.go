package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOTLPEnvironment(t *testing.T) {
	for vars, want := range map[string]string{
		"":                                      "no push",
		"OTEL_METRICS_EXPORTER=otlp":            "http://localhost:4318/v1/metrics",
		"OTEL_METRICS_EXPORTER=OTLP":            "http://localhost:4318/v1/metrics",
		"OTEL_METRICS_EXPORTER=prometheus,otlp": "http://localhost:4318/v1/metrics",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318":                                    "http://c:4318/v1/metrics",
		"OTEL_EXPORTER_OTLP_ENDPOINT=https://c/api/otlp/":                              "https://c/api/otlp/v1/metrics",
		"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c/m":                               "http://c/m",
		"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c/m OTEL_EXPORTER_OTLP_ENDPOINT=x": "http://c/m",

		"OTEL_METRICS_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://c":       "no push",
		"OTEL_METRICS_EXPORTER=prometheus OTEL_EXPORTER_OTLP_ENDPOINT=http://c": "no push",
		"OTEL_SDK_DISABLED=true OTEL_EXPORTER_OTLP_ENDPOINT=http://c":           "no push",
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc":                                      "no push",
		"OTEL_METRICS_EXPORTER=none OTEL_EXPORTER_OTLP_PROTOCOL=grpc":           "no push",

		"OTEL_METRICS_EXPORTER=console":                               "OTEL_METRICS_EXPORTER=console: want otlp, prometheus",
		"OTEL_METRICS_EXPORTER=otlp,none":                             "both otlp and none",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=grpc": "OTEL_EXPORTER_OTLP_PROTOCOL=grpc: genmeter pushes OTLP as http/protobuf only",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/json OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf": "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/json",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf OTEL_EXPORTER_OTLP_PROTOCOL=grpc":      "http://localhost:4318/v1/metrics",
		"OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318":                       "OTEL_EXPORTER_OTLP_ENDPOINT: want a URL such as http://localhost:4318",
		"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=unix:///run/o":                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: want a URL",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://me:secret@c":                   "OTEL_EXPORTER_OTLP_ENDPOINT: a password, query or fragment in the URL is not sent",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_CERTIFICATE=no.pem": "OTEL_EXPORTER_OTLP_CERTIFICATE=no.pem: ",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://c/#x":                          "OTEL_EXPORTER_OTLP_ENDPOINT: a password, query or fragment in the URL is not sent",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_CLIENT_KEY=k.pem":   "OTEL_EXPORTER_OTLP_CLIENT_KEY: want both, or none",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_COMPRESSION=zstd":   "OTEL_EXPORTER_OTLP_COMPRESSION=zstd: want gzip or none",
		"OTEL_METRICS_EXPORTER=otlp OTEL_EXPORTER_OTLP_TIMEOUT=5s":         "OTEL_EXPORTER_OTLP_TIMEOUT=5s: want milliseconds",
		"OTEL_METRICS_EXPORTER=otlp OTEL_METRIC_EXPORT_INTERVAL=-1":        "OTEL_METRIC_EXPORT_INTERVAL=-1: want milliseconds",
	} {
		c, err := environment(vars).config()
		got := "no push"
		if c != nil {
			got = c.endpoint.String()
		}
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%s\nmakes %s\nwant  %s", vars, got, want)
		}
		if strings.Contains(got, "secret") {
			t.Errorf("%s shows a password: %s", vars, got)
		}
		if _, usage := errors.AsType[usageError](err); err != nil && !usage {
			t.Errorf("%s is no wrong usage", vars)
		}
	}
}

func TestOTLPTimes(t *testing.T) {
	for vars, want := range map[string][2]time.Duration{
		"": {10 * time.Second, time.Minute},
		"OTEL_EXPORTER_OTLP_TIMEOUT=500 OTEL_METRIC_EXPORT_INTERVAL=2000":       {500 * time.Millisecond, 2 * time.Second},
		"OTEL_EXPORTER_OTLP_TIMEOUT=500 OTEL_EXPORTER_OTLP_METRICS_TIMEOUT=700": {700 * time.Millisecond, time.Minute},
	} {
		c, err := environment("OTEL_METRICS_EXPORTER=otlp " + vars).config()
		must(t, err)
		if c.timeout != want[0] || c.interval != want[1] {
			t.Errorf("%s: timeout %v, interval %v, want %v", vars, c.timeout, c.interval, want)
		}
	}
}

func environment(vars string) otlpEnv {
	return func(name string) string {
		for _, v := range strings.Fields(vars) {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
}
