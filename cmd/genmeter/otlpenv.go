package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The OTLP push is set up by OpenTelemetry's variables. The exporter and its reader read most of them themselves:
// headers, compression, temporality, timeouts. What stands here decides whether there is a push at all, must be refused
// in words that help, or belongs to the HTTP client, which is ours.

// defaultOTLP is the specification's; otlpmetrichttp's own default is https.
const defaultOTLP = "http://localhost:4318"

// otlpConfig is what the environment says of the OTLP push.
type otlpConfig struct {
	endpoint *url.URL // of the metrics
	timeout  time.Duration
	interval time.Duration
	tls      *tls.Config // nil for the system's
}

// otlpEnv reads the variables.
type otlpEnv func(string) string

// signal returns a variable of the exporter, the one for metrics first, and its name.
func (getenv otlpEnv) signal(name string) (value, from string) {
	for _, from := range []string{"OTEL_EXPORTER_OTLP_METRICS_" + name, "OTEL_EXPORTER_OTLP_" + name} {
		if value := getenv.get(from); value != "" {
			return value, from
		}
	}
	return "", ""
}

func (getenv otlpEnv) get(name string) string { return strings.TrimSpace(getenv(name)) }

// config returns nil when nothing is to be pushed.
func (getenv otlpEnv) config() (*otlpConfig, error) {
	on, err := getenv.wanted()
	if err != nil || !on {
		return nil, err
	}
	if protocol, from := getenv.signal("PROTOCOL"); protocol != "" && !strings.EqualFold(protocol, "http/protobuf") {
		return nil, wrongUsage("%s=%s: genmeter pushes OTLP as http/protobuf only; set it to that, or leave it out", from, protocol)
	}
	var c otlpConfig
	if c.endpoint, err = getenv.endpoint(); err != nil {
		return nil, err
	}
	if compression, from := getenv.signal("COMPRESSION"); compression != "" && compression != "gzip" && compression != "none" {
		return nil, wrongUsage("%s=%s: want gzip or none", from, compression)
	}
	var errs [3]error
	c.timeout, errs[0] = getenv.millis(10*time.Second, "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
	c.interval, errs[1] = getenv.millis(time.Minute, "OTEL_METRIC_EXPORT_INTERVAL")
	c.tls, errs[2] = getenv.tls()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// wanted tells whether to push. OTEL_METRICS_EXPORTER, where it is set, names all that is done with metrics.
func (getenv otlpEnv) wanted() (bool, error) {
	if strings.EqualFold(getenv.get("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	var names []string
	for name := range strings.SplitSeq(strings.ToLower(getenv.get("OTEL_METRICS_EXPORTER")), ",") {
		switch name = strings.TrimSpace(name); name {
		case "":
		case "otlp", "prometheus", "none":
			names = append(names, name)
		default:
			return false, wrongUsage("OTEL_METRICS_EXPORTER=%s: want otlp, prometheus (what genmeter always is), or none", name)
		}
	}
	if len(names) == 0 {
		endpoint, _ := getenv.signal("ENDPOINT")
		return endpoint != "", nil
	}
	if slices.Contains(names, "none") && slices.Contains(names, "otlp") {
		return false, wrongUsage("OTEL_METRICS_EXPORTER has both otlp and none: want one of them")
	}
	return slices.Contains(names, "otlp"), nil
}

// endpoint returns where metrics go. The variable for all signals is a base, the one for metrics is taken as it is.
func (getenv otlpEnv) endpoint() (*url.URL, error) {
	text, from := getenv.signal("ENDPOINT")
	if text == "" {
		text = defaultOTLP
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, wrongUsage("%s: want a URL such as %s", from, defaultOTLP) // it may hold a password: not quoted
	}
	if from != "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" {
		u.Path, u.RawPath = path.Join("/", u.Path, "v1/metrics"), ""
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, wrongUsage("%s: a password, query or fragment in the URL is not sent; give it in OTEL_EXPORTER_OTLP_HEADERS, "+
			"such as Authorization=Basic%%20…", from)
	}
	return u, nil
}

// millis returns the first variable that is set, or the default. OpenTelemetry's libraries would warn of what is no number
// above 0, and go on with their own.
func (getenv otlpEnv) millis(unset time.Duration, names ...string) (time.Duration, error) {
	for _, name := range names {
		if text := getenv.get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n <= 0 {
				return 0, wrongUsage("%s=%s: want milliseconds, a whole number above 0", name, text)
			}
			return time.Duration(n) * time.Millisecond, nil
		}
	}
	return unset, nil
}

// tls returns the certificates to trust and to show, nil when none are named.
func (getenv otlpEnv) tls() (*tls.Config, error) {
	var c tls.Config
	if file, from := getenv.signal("CERTIFICATE"); file != "" {
		pem, err := os.ReadFile(file)
		if c.RootCAs = x509.NewCertPool(); err == nil && !c.RootCAs.AppendCertsFromPEM(pem) {
			err = errors.New("no certificates in it")
		}
		if err != nil {
			return nil, wrongUsage("%s=%s: %v", from, file, err)
		}
	}
	cert, from := getenv.signal("CLIENT_CERTIFICATE")
	key, _ := getenv.signal("CLIENT_KEY")
	if (cert == "") != (key == "") {
		return nil, wrongUsage("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY: want both, or none")
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, wrongUsage("%s=%s: %v", from, cert, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if c.RootCAs == nil && c.Certificates == nil {
		return nil, nil
	}
	return &c, nil
}
