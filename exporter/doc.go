// Package exporter lets Prometheus scrape OpenTelemetry metrics, several times
// cheaper than the official exporter does. It knows nothing of genmeter and
// serves any Go program.
//
// # A complete program
//
//	package main
//
//	import (
//		"context"
//		"log"
//		"net/http"
//
//		"github.com/genmeter/genmeter/exporter"
//	)
//
//	func main() {
//		prov, err := exporter.New(exporter.WithServiceName("shop"))
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer prov.Shutdown(context.Background())
//
//		orders, err := prov.MeterProvider().Meter("shop").Int64Counter("shop.orders")
//		if err != nil {
//			log.Fatal(err)
//		}
//		orders.Add(context.Background(), 1)
//
//		http.Handle("/metrics", prov.Handler())
//		log.Fatal(http.ListenAndServe("127.0.0.1:9464", nil))
//	}
//
// The scrape has shop_orders_total, target_info, and client_golang's go_*,
// process_* and promhttp_* metrics, as text, OpenMetrics or protobuf,
// whichever the client prefers.
//
// # Two ways in
//
// [New] builds a MeterProvider and serves it. It is for programs that have
// none. Nothing is registered globally; set the MeterProvider as
// OpenTelemetry's global one if libraries should use it.
//
// [NewReader] gives the same bridge to a program that builds its MeterProvider
// itself. It is a drop-in for go.opentelemetry.io/otel/exporters/prometheus, of
// the same options, defaults and output.
//
// # Switching from the official exporter
//
// Replace the import and the constructor; options keep their names:
//
//	// before: reader, err := prometheus.New(prometheus.WithNamespace("shop"))
//	reader, err := exporter.NewReader(exporter.WithNamespace("shop"))
//
// It registers with [prometheus.DefaultRegisterer] or the one of
// [WithRegisterer], so whatever serves that registry serves the metrics. That
// road is the compatible one, and costs what registries cost: they copy, check
// and sort everything in every scrape. The fast road is the reader's own
// handler, in place of promhttp's:
//
//	// before: http.Handle("/metrics", promhttp.Handler())
//	http.Handle("/metrics", reader.Handler())
//
// Both give the same families; the handler adds metrics of its own, like
// promhttp's. It also offers OpenMetrics, which promhttp.Handler does not: see
// [WithoutOpenMetrics] for a Prometheus before version 3. What else is
// registered with the default registry is served too with two more options:
//
//	reader, err := exporter.NewReader(exporter.WithoutRegisterer(),
//		exporter.WithGatherers(prometheus.DefaultGatherer))
//
// # What is kept between scrapes
//
// The metric families are built once, and so are the lines of the text formats,
// but for their values: a scrape only sets and writes values, adds the series
// that are new and forgets those that the SDK no longer reports. The lines are
// cut out of what Prometheus's own encoder makes of each series, which is also
// what encodes protobuf. Answers are compressed as the client asks, with gzip
// or zstd.
//
// A set of families belongs to one scrape until its client has read the answer;
// concurrent scrapes get sets of their own, so a slow client delays nobody. Two
// sets are kept for the next scrapes, each about as large as a scrape.
// [WithMaxRequestsInFlight] bounds the others.
//
// # Native histograms
//
// An exponential histogram becomes a native one, which travels in protobuf
// only. [WithNativeHistograms] gives all histograms native buckets beside their
// classic ones. They take no infinite values and no NaN; the classic buckets
// do, and are complete with a bucket +Inf of their own. A program with its own
// MeterProvider has the same from two
// views of an instrument, one for each aggregation: the first must be the
// classic one, and the second needs another description, without which the SDK
// takes the two for one.
//
// # Pushing
//
// Jobs too short to be scraped push. Readers of [WithReaders] are flushed by
// [Provider.Shutdown], an OTLP exporter in a periodic reader for example. A
// Pushgateway takes [Provider.Gatherer] by client_golang's push package.
//
// # When something cannot be exposed
//
// A clash of names or an impossible label costs the series in question, never
// the scrape. It is told in three places: in the error of [Reader.Gather], in
// promhttp_metric_handler_errors_total{cause="gathering"} at every scrape, and
// once through [go.opentelemetry.io/otel.Handle]. Through a registry it arrives
// as an invalid metric, and the registry's handler decides; promhttp's default
// is to answer 500.
//
// One thing costs more, as in the official exporter: with the translation
// strategies that allow UTF-8, names and labels that become the same when a
// client asks for escaped ones (a.b and a_b) stand there twice.
//
// Of two instruments that claim one metric name with different types the first
// stays for good; within one scrape, scopes are taken in the order of their
// names. The first help text stays likewise, which is not a problem.
//
// # Differences from the official exporter
//
// The output of [NewReader] is that of version 0.69.0, byte for byte in text,
// except:
//
//   - Series of several instruments with the same name and labels, which arise
//     without scope labels or from attributes like a.b and a_b, fail the
//     official gather. Here counters, up-down counters and histograms of the
//     same bounds are added up; of others the first by scope name is served and
//     the rest reported.
//   - An explicit-bucket and an exponential view of one instrument become one
//     histogram with classic and native buckets. There too the official gather
//     fails. The SDK needs the two views to differ in their description.
//   - Of two help texts the first stays, also when it is empty. There too the
//     official gather fails.
//   - Sums and histograms of delta temporality, which only a producer can send,
//     are left out and reported; the official exporter shows the deltas as if
//     they were totals.
//   - Bytes that are not UTF-8 in label values, label names and help become
//     U+FFFD; the official exporter drops the series.
//   - A label le on a histogram costs the series, because Prometheus would
//     reject the whole scrape.
//   - Where UTF-8 names are allowed, a label like a:b becomes a_b. The text
//     formats write such a name without quotes, and Prometheus cannot read it.
//   - Classic counters and histograms have created timestamps in protobuf.
//     Text and OpenMetrics do not show them.
//   - Exemplar labels are sorted by name, and made valid UTF-8; the official
//     order is random.
//   - An exemplar without a time is exposed without one; the official exporter
//     gives it the time of the scrape.
//   - An exemplar of NaN beside another one beyond the last bound does not give
//     a second bucket +Inf, which Prometheus would reject.
//   - Which of two clashing instruments is the first does not depend on chance.
//     A clash of a name with a histogram's _bucket, _count or _sum samples, or
//     with target_info, is found likewise.
//   - An error of a metrics callback is in the error of [Reader.Gather] and
//     counted by the handler. Through a registry it is logged only, as in the
//     official exporter.
//   - Problems are logged once, not at every scrape.
//   - The handler stops writing when its client is gone, compresses at the
//     fastest level, and its messages for errors are its own. Everything else
//     about it is promhttp's, metrics and name[] filter included.
//   - A panic in a metrics callback is an error of that scrape on all roads.
//   - Before the reader has a MeterProvider, [Reader.Gather] returns an error
//     and the handler answers with its own metrics; an empty scrape would look
//     healthy.
//   - If resource attributes cannot become labels, the series go without them,
//     reported; the official exporter serves nothing.
//   - Descriptors sent through a registry have no label names; registries do
//     not look at them.
//   - There are no experimental self-observability metrics.
//
// [New] differs in its defaults as well: no scope labels, no exemplars, a
// service.instance.id, nothing registered globally.
package exporter
