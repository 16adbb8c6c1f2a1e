package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/proto"
)

var promListening = regexp.MustCompile(`msg="Listening on" component=web address=(\S+)`)

// startPrometheus starts one that scrapes nothing and takes OTLP.
func startPrometheus(program, dir string) (*server, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("{}"), 0o600); err != nil {
		return nil, err
	}
	s, err := start(program, dir, promListening, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address=127.0.0.1:0", "--web.enable-otlp-receiver")
	if err != nil {
		return nil, err
	}
	s.counted = s.calledSamples
	if err := s.awaitReady(); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// awaitReady waits until a Prometheus takes samples, which is later than it listens.
func (s *server) awaitReady() error {
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		resp, err := http.Get("http://" + s.address + "/-/ready")
		if err != nil {
			return err
		}
		_ = resp.Body.Close() // nothing of it is read
		if resp.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.New("Prometheus is not ready after 30 s")
}

var appended = regexp.MustCompile(`(?m)^prometheus_tsdb_head_samples_appended_total\{type="float"\} (\S+)$`)

// calledSamples is how many calls a Prometheus has the samples of.
func (s *server) calledSamples() (int64, error) {
	resp, err := http.Get("http://" + s.address + "/metrics")
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	found := appended.FindSubmatch(text)
	if found == nil {
		return 0, errors.New("Prometheus does not say how many samples it took")
	}
	var samples float64
	_, err = fmt.Sscan(string(found[1]), &samples)
	return int64(samples) / samplesOfCall, err
}

const samplesOfCall = 3

// samples is a batch of calls as data points of gauges, a series for each place in the batch: duration, input and output tokens.
// What is numbered is their times, a millisecond later in each batch, and which connection sends them.
func samples(batch int) *body {
	b := &body{path: "/api/v1/otlp/v1/metrics", contentType: "application/x-protobuf", answer: func(int) string { return "" }}
	text := func(key, value string) *commonpb.KeyValue {
		return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
	}
	const mark = 0xf0676e6d61726b21
	const connection = "<sender>"
	metrics := &metricspb.ScopeMetrics{}
	for _, name := range []string{"call_duration_seconds", "call_input_tokens", "call_output_tokens"} {
		gauge := &metricspb.Gauge{}
		for i := range batch {
			gauge.DataPoints = append(gauge.DataPoints, &metricspb.NumberDataPoint{
				TimeUnixNano: mark, Value: &metricspb.NumberDataPoint_AsDouble{AsDouble: 0.5 + float64(i)},
				Attributes: []*commonpb.KeyValue{
					text("gen_ai.provider.name", "openai"), text("gen_ai.request.model", "gpt-4o-mini"),
					text("place", fmt.Sprint(i)), text("sender", connection),
				},
			})
		}
		metrics.Metrics = append(metrics.Metrics, &metricspb.Metric{Name: name, Data: &metricspb.Metric_Gauge{Gauge: gauge}})
	}
	data, err := proto.Marshal(&metricspb.MetricsData{ResourceMetrics: []*metricspb.ResourceMetrics{{ScopeMetrics: []*metricspb.ScopeMetrics{metrics}}}})
	if err != nil {
		panic(err) // of a message that was just made
	}
	b.data = data
	times := placesOf(data, binary.LittleEndian.AppendUint64(nil, mark))
	senders := placesOf(data, []byte(connection))
	b.ids = []int{0} // one number a batch says all
	begun := time.Now().Add(-time.Hour).UnixNano()
	b.write = func(data []byte, number uint64) {
		sender, at := number>>40, begun+int64(number&(1<<40-1))/int64(batch)*int64(time.Millisecond)
		for _, place := range times {
			binary.LittleEndian.PutUint64(data[place:], uint64(at))
		}
		for _, place := range senders {
			copy(data[place:], fmt.Sprintf("%08d", sender))
		}
	}
	return b
}

// placesOf returns where data has mark.
func placesOf(data, mark []byte) (places []int) {
	for at := 0; ; at += len(mark) {
		next := bytes.Index(data[at:], mark)
		if next < 0 {
			return places
		}
		at += next
		places = append(places, at)
	}
}
