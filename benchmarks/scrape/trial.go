package main

import (
	"fmt"
	"net/http"
	"strings"
)

// trial is one question to ask all contestants.
type trial struct {
	format format
	n      int // label sets
}

// format is what a scraper asks for.
type format struct {
	name, accept, encoding string
	contentType            string // of the answer
	exemplars              bool
}

// The Accept headers are those of Prometheus 3: with its defaults, with scrape_native_histograms, and told to speak
// text.
const (
	acceptOpenMetrics = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7," +
		"application/openmetrics-text;version=0.0.1;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5," +
		"text/plain;version=0.0.4;q=0.4,*/*;q=0.3"
	acceptProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7," +
		"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
		"application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
		"text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
	acceptText = "text/plain;version=0.0.4;q=0.7,*/*;q=0.6"
)

const (
	typeOpenMetrics = "application/openmetrics-text"
	typeProtobuf    = "application/vnd.google.protobuf"
	typeText        = "text/plain"
)

var (
	text    = format{name: "text", accept: acceptText, contentType: typeText}
	formats = []format{
		text,
		{name: "openmetrics", accept: acceptOpenMetrics, contentType: typeOpenMetrics},
		{name: "protobuf", accept: acceptProtobuf, contentType: typeProtobuf},
		{name: "text+gzip", accept: acceptText, encoding: "gzip", contentType: typeText},
		{name: "openmetrics+gzip", accept: acceptOpenMetrics, encoding: "gzip", contentType: typeOpenMetrics},
		{name: "exemplars", accept: acceptOpenMetrics, contentType: typeOpenMetrics, exemplars: true},
	}
)

// Text is asked for at all sizes, the other formats at one, which is also where the targets are.
var sizes = []int{20, 200, usual, 20_000}

const usual = 2000

// trials returns those of n label sets and in the named format; 0 and "" stand for all.
func trials(n int, name string) ([]trial, error) {
	var chosen []trial
	for _, f := range formats {
		for _, size := range sizes {
			if (f == text || size == usual) && (n == 0 || n == size) && (name == "" || name == f.name) {
				chosen = append(chosen, trial{f, size})
			}
		}
	}
	if len(chosen) == 0 {
		var names []string
		for _, f := range formats {
			names = append(names, f.name)
		}
		return nil, fmt.Errorf("nothing to measure for -n %d -format %q: text has the sizes %v, %s only %d",
			n, name, sizes, strings.Join(names[1:], ", "), usual)
	}
	return chosen, nil
}

func (t trial) String() string {
	return fmt.Sprintf("%s, %s label sets", t.format.name, thousands(t.n))
}

// compressed says whether the answer must be.
func (f format) compressed() bool { return f.encoding == "gzip" }

func (f format) serves(e entry) bool { return f == text || !e.textOnly }

func (f format) request() *http.Request {
	req, err := http.NewRequest(http.MethodGet, "/metrics", http.NoBody)
	if err != nil {
		panic(err) // the arguments are constants
	}
	req.Header.Set("Accept", f.accept)
	req.Header.Set("Accept-Encoding", "identity")
	if f.compressed() {
		req.Header.Set("Accept-Encoding", f.encoding)
	}
	return req
}
