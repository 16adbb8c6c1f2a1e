package exporter

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/prometheus/client_golang/prometheus/promhttp/zstd" // without it promhttp has no zstd
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protodelim"
)

const protobufType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding="

// accepts are all formats that promhttp negotiates, and two that it does not
// know and answers with text.
var accepts = []string{
	"", textType, "text/plain; version=1.0.0",
	openType, "application/openmetrics-text; version=0.0.1", "application/openmetrics-text; version=2.0.0",
	protobufType + "delimited", protobufType + "compact-text", protobufType + "text",
}

var escapings = []string{"", "; escaping=allow-utf-8", "; escaping=underscores", "; escaping=dots", "; escaping=values"}

// TestFormats compares the answers of all handlers byte for byte: in every
// format for all options, and in every escaping too for those that name things
// differently.
func TestFormats(t *testing.T) {
	for i, o := range optionPairs {
		t.Run(o.name, func(t *testing.T) {
			d := newDuo(t, o)
			rec := newRecorder(t, d.provider, uint64(100+i))
			roads := d.roads()
			for round := range 3 { // the same reader again: series come, values change
				rec.record(20)
				for j, accept := range accepts {
					roads.compare(t, request{accept: accept + escapings[(i+j+round)%len(escapings)]})
				}
			}
			if len(o.ours) == 0 || o.strategy {
				compareFormats(t, roads)
			}
		})
	}
}

// compareFormats compares the answers in every format and escaping.
func compareFormats(t *testing.T, r roads) {
	t.Helper()
	for i, accept := range accepts {
		for j, escaping := range escapings {
			// Bytes are no matter of races.
			if !raceEnabled || i%len(escapings) == j {
				r.compare(t, request{accept: accept + escaping})
			}
		}
	}
}

// TestFilter: name[] picks the same families as promhttp does.
func TestFilter(t *testing.T) {
	d := newDuo(t, pairOfOptions{})
	newRecorder(t, d.provider, 7).record(40)
	var names []string
	for _, f := range must(d.theirs.Gather())(t) {
		names = append(names, f.GetName())
	}
	for _, q := range []url.Values{
		{"name[]": {names[2]}},
		{"name[]": {names[0], names[4], names[4], "nothing_has_this_name"}},
		{"name[]": {"nothing_has_this_name"}},
		{"name[]": {strings.TrimSuffix(names[0], "_total"), names[1] + "_bucket", ""}},
		{"name": {names[0]}, "other": {"x"}},
		{"name[]": names},
	} {
		for _, accept := range accepts {
			d.roads().compare(t, request{accept: accept, query: q.Encode()})
		}
	}
	filtered := scrape(t, d.reader.Handler(), textType)
	if body := ask(t, d.reader.Handler(), request{accept: textType, query: "name[]=target_info"}).body; !strings.Contains(filtered, body) ||
		strings.Count(body, "\n") != 3 || !strings.HasPrefix(body, "# HELP target_info") {
		t.Error(body)
	}
}

// TestCompression: an answer that is compressed is the same one.
func TestCompression(t *testing.T) {
	d := newDuo(t, pairOfOptions{})
	newRecorder(t, d.provider, 8).record(20)
	for encoding, want := range map[string]string{
		"": "", "gzip": "gzip", "gzip;q=0": "", "br": "", "identity;q=0, gzip": "gzip", "deflate, gzip;q=0.5": "gzip",
		"zstd": "zstd", "zstd, gzip": "gzip", "gzip;q=0.1, zstd": "zstd",
	} {
		for _, accept := range accepts {
			req := request{accept: accept, encoding: encoding}
			d.roads().compare(t, req)
			if got := ask(t, d.reader.Handler(), req).header.Get("Content-Encoding"); got != want {
				t.Errorf("%q: Content-Encoding %q, want %q", encoding, got, want)
			}
		}
	}
}

// roads are the handlers that have to give the same answer.
type roads struct{ theirs, registry, handler http.Handler }

func (d *duo) roads() roads {
	opts := promhttp.HandlerOpts{EnableOpenMetrics: true}
	return roads{
		promhttp.HandlerFor(prometheus.GathererFunc(d.their), opts),
		promhttp.HandlerFor(d.ours, opts),
		d.reader.Handler(),
	}
}

func (r roads) compare(t testing.TB, req request) {
	t.Helper()
	want := ask(t, r.theirs, req)
	for name, h := range map[string]http.Handler{"registry": r.registry, "Reader.Handler": r.handler} {
		got := ask(t, h, req)
		for _, key := range []string{"Content-Type", "Content-Encoding", "Vary"} {
			if g, w := slices.Sorted(slices.Values(got.header.Values(key))), slices.Sorted(slices.Values(want.header.Values(key))); !slices.Equal(g, w) {
				t.Errorf("%s, %+v: %s is %q, want %q", name, req, key, g, w)
			}
		}
		if g, w := got.comparable(t), want.comparable(t); g != w {
			t.Errorf("%s, %+v: %s", name, req, firstDifference(g, w))
		}
	}
}

type request struct{ accept, encoding, query string }

type answer struct {
	header http.Header
	body   string
}

func ask(t testing.TB, h http.Handler, r request) answer {
	t.Helper()
	req := newRequest(r.accept)
	req.URL.RawQuery = r.query
	if r.encoding != "" {
		req.Header.Set("Accept-Encoding", r.encoding)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		t.Fatalf("%+v: status %d: %s", r, rec.Code, rec.Body)
	}
	body := io.Reader(rec.Body)
	switch rec.Header().Get("Content-Encoding") {
	case "gzip":
		body = must(gzip.NewReader(body))(t)
	case "zstd":
		d := must(zstd.NewReader(body))(t)
		defer d.Close()
		body = d
	}
	return answer{rec.Header(), string(must(io.ReadAll(body))(t))}
}

// comparable returns the body without the handler's own metrics and without
// what we alone have, created timestamps in protobuf.
func (a answer) comparable(t testing.TB) string {
	t.Helper()
	switch expfmt.Format(a.header.Get("Content-Type")).FormatType() {
	case expfmt.TypeProtoDelim:
		return encodeAll(t, decodeAll(t, a.body))
	case expfmt.TypeProtoCompact, expfmt.TypeProtoText:
		var b strings.Builder
		for family := range strings.SplitSeq("\n"+a.body, "\nname:") { // a name stands in the first column
			if !strings.HasPrefix(strings.TrimLeft(family, " "), `"promhttp_`) {
				b.WriteString("name:" + strings.TrimRight(withoutCreated(family), "\n") + "\n")
			}
		}
		return b.String()
	}
	return without(a.body, "promhttp_")
}

func withoutCreated(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "created_timestamp:")
		if !found {
			return b.String() + text
		}
		b.WriteString(strings.TrimRight(before, " \n"))
		_, text, _ = strings.Cut(after, "}")
	}
}

func decodeAll(t testing.TB, body string) []*dto.MetricFamily {
	t.Helper()
	r := strings.NewReader(body)
	var out []*dto.MetricFamily
	for {
		f := new(dto.MetricFamily)
		switch err := protodelim.UnmarshalFrom(r, f); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatal(err)
		}
		out = append(out, f)
	}
}

func encodeAll(t testing.TB, families []*dto.MetricFamily) string {
	t.Helper()
	var b strings.Builder
	for _, f := range timeless(families) {
		if !strings.HasPrefix(f.GetName(), "promhttp_") {
			must(protodelim.MarshalTo(&b, f))(t)
		}
	}
	return b.String()
}

// firstDifference shows the place where two texts part.
func firstDifference(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	line := strings.LastIndexByte(got[:i], '\n') + 1
	around := func(s string) string { return s[max(line, i-200):min(len(s), i+200)] }
	return "got\n" + around(got) + "\nwant\n" + around(want)
}
