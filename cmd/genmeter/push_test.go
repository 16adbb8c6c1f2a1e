package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	colmetricpb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
)

// twoCalls are events to meter.
const twoCalls = `{"event":"generation","duration":1.5,"success":true,"model_name":"m","prompt_token_count":10}
{"event":"generation","duration":1.5,"success":false,"model_name":"m","error":"Request timed out."}
`

// shortLimits are for receivers that would use the usual ones up.
var shortLimits = limits{alerts: patience, drain: patience, attempt: 500 * time.Millisecond, push: time.Second, otlp: time.Second}

// pushTo replays twoCalls and pushes them to a Pushgateway and by OTLP to one URL.
func pushTo(t *testing.T, url string, l limits, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", url+"/otlp")
	var out, errs lockedBuffer
	args := append([]string{"replay", "-", "--push.gateway=" + url, "--push.interval=0"}, flags...)
	code = runWithin(t.Context(), l, args, strings.NewReader(twoCalls), &out, &errs)
	return code, out.String(), errs.String()
}

var withinTime = regexp.MustCompile(`within [0-9.]+m?s;`)

// TestPushFails: whatever a receiver does, the command ends in time, prints its summary, says what came back and what to
// do, and fails.
func TestPushFails(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Location", "https://me:secret@elsewhere/login?secret")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	hang := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not see its client leave
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	const lost = " The metrics of this run are not in it\n"
	for _, c := range []struct {
		name          string
		receiver      http.HandlerFunc
		limits        limits
		gateway, otlp string // what is said of URL
	}{
		{
			"refused", nil, shortLimits,
			"connection refused; is the Pushgateway running?" + lost, "connection refused; is the OTLP receiver running?" + lost,
		},
		{
			"silent", func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			}, shortLimits,
			"no answer within T; is this the address of the Pushgateway?" + lost,
			"no answer within T; is this the address of the OTLP receiver?" + lost,
		},
		{
			"slow body", func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(500)
				_, _ = io.WriteString(w, "out of luck\n")
				hang(w, r)
			}, shortLimits,
			"500 Internal Server Error: out of luck; its log may say more." + lost,
			"500 Internal Server Error: out of luck; its log may say more." + lost,
		},
		{
			"broken off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, shortLimits,
			"the connection was closed without an answer; is this the address of the Pushgateway?" + lost,
			"the connection was closed without an answer; is this the address of the OTLP receiver?" + lost,
		},
		{
			"302", status(302, ""), usualLimits,
			"302 Found; redirects are not followed: push to https://elsewhere/login." + lost,
			"302 Found; redirects are not followed: push to https://elsewhere/login." + lost,
		},
		{
			"400", status(400, "text format parsing error\nin line 7"), usualLimits,
			"400 Bad Request: text format parsing error; its log may say more." + lost,
			"400 Bad Request: text format parsing error; its log may say more." + lost,
		},
		{
			"401", status(401, "Unauthorized\n"), usualLimits,
			"401 Unauthorized: Unauthorized; are the user name and password in --push.gateway right?" + lost,
			"401 Unauthorized: Unauthorized; are the credentials in OTEL_EXPORTER_OTLP_HEADERS right?" + lost,
		},
		{
			"404", status(404, "404 page not found"), usualLimits,
			"404 Not Found: 404 page not found; is this the address of a Pushgateway, and nothing more?" + lost,
			"404 Not Found: 404 page not found; is the path right? Prometheus wants --web.enable-otlp-receiver, and " +
				"OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:9090/api/v1/otlp." + lost,
		},
		{
			"413", status(413, strings.Repeat("too large ", 1e5)), usualLimits,
			"413 Request Entity Too Large: " + strings.Repeat("too large ", 20) + "…; raise the size of a request that it, or a proxy before it, takes." + lost,
			"413 Request Entity Too Large: " + strings.Repeat("too large ", 20) + "…; raise the size of a request that it, or a proxy before it, takes." + lost,
		},
		{
			"429", status(429, ""), shortLimits,
			"429 Too Many Requests; it is asked to do too much; push less often." + lost,
			"429 Too Many Requests; it is asked to do too much; push less often." + lost,
		},
		{
			"503", status(503, "starting"), shortLimits,
			"503 Service Unavailable: starting; its log may say more." + lost,
			"503 Service Unavailable: starting; its log may say more." + lost,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := "http://" + freeAddress(t)
			if c.receiver != nil {
				s := httptest.NewServer(c.receiver)
				defer s.Close()
				url = s.URL
			}
			code, stdout, stderr := pushTo(t, url, c.limits)
			stderr = withinTime.ReplaceAllString(stderr, "within T;")
			if code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			if !strings.Contains(stdout, "1 succeeded, 1 failed") {
				t.Errorf("no summary:\n%s", stdout)
			}
			for to, want := range map[string]string{"": c.gateway, "/otlp": c.otlp} {
				if want = "pushing to " + url + to + ": " + want; !strings.Contains(stderr, want) {
					t.Errorf("said\n%s\nwant\n%s", stderr, want)
				}
			}
			if strings.Contains(stderr, "secret") {
				t.Errorf("a password is shown:\n%s", stderr)
			}
		})
	}
}

// TestPushToTLSThatIsNotTrusted is not tried again: the certificate will be the same.
func TestPushToTLSThatIsNotTrusted(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our hanging up
	s.StartTLS()
	defer s.Close()
	code, _, stderr := pushTo(t, s.URL, usualLimits)
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	for _, want := range []string{
		"certificate signed by unknown authority; name a file of certificates to trust in SSL_CERT_FILE. The metrics",
		"certificate signed by unknown authority; name certificates to trust in OTEL_EXPORTER_OTLP_CERTIFICATE. The metrics",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("said\n%s\nwant\n%s", stderr, want)
		}
	}
}

// TestOTLPTrustsTheCertificatesNamed, which it reads itself because the HTTP client is its own.
func TestOTLPTrustsTheCertificatesNamed(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", s.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", file)
	var out, errs lockedBuffer
	if code := run(t.Context(), []string{"replay", "-"}, strings.NewReader(twoCalls), &out, &errs); code != exitGood {
		t.Errorf("exit code %d:\n%s", code, &errs)
	}
}

// TestOTLPPartialSuccess: data points that a receiver rejects are an error, a remark of one that took all is none.
func TestOTLPPartialSuccess(t *testing.T) {
	for rejected, want := range map[int64]string{
		3: "it took only a part: too old (3 metric data points rejected); its log may say more. A part of the metrics of this run is not in it\n",
		0: `msg="the OTLP receiver remarks"`,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer, _ := proto.Marshal(&colmetricpb.ExportMetricsServiceResponse{PartialSuccess: &colmetricpb.ExportMetricsPartialSuccess{
				RejectedDataPoints: rejected, ErrorMessage: "too old",
			}})
			w.Header().Set("Content-Type", "application/x-protobuf")
			_, _ = w.Write(answer)
		}))
		code, _, stderr := pushTo(t, s.URL, usualLimits)
		s.Close()
		if failed := rejected > 0; failed != (code == exitFailed) || !strings.Contains(stderr, want) {
			t.Errorf("with %d rejected: exit code %d and\n%s\nwant\n%s", rejected, code, stderr, want)
		}
	}
}

// TestPushRequests: what is sent, in the standard variables' way, and once only.
func TestPushRequests(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var mu sync.Mutex
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		text, _ := io.ReadAll(body)
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusAccepted) // as a Pushgateway answers
		}
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprint(r.Method, " ", r.URL.EscapedPath(), " ", user, ":", password, " ", r.Header.Get("X-Tenant"),
			" ", bytes.Contains(text, []byte("gen")), bytes.Contains(text, []byte("night 7/8"))))
	}))
	defer s.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", s.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
	t.Setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
	var out, errs lockedBuffer
	url := strings.Replace(s.URL, "//", "//me:secret@", 1)
	code := run(t.Context(), []string{
		"replay", "-", "--push.gateway=" + url + "/pg/", "--push.interval=0", "--push.job=a b+c", "--run=night 7/8", "--push.delete-after=0s",
	}, strings.NewReader(twoCalls), &out, &errs)
	if code != exitGood || strings.Contains(errs.String(), "secret") || strings.Count(errs.String(), `msg="pushing metrics"`) != 2 {
		t.Errorf("exit code %d:\n%s", code, &errs)
	}
	const group = "/pg/metrics/job/a%20b%2Bc/run@base64/bmlnaHQgNy84"
	want := []string{
		"PUT " + group + " me:secret  true false", // the Pushgateway puts the run on every series
		"POST /v1/metrics : blue true true",
		"DELETE " + group + " me:secret  false false",
	}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("requests\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
}

// TestRecordingDoesNotWaitForReceivers records, and is scraped, while receivers hold a push.
func TestRecordingDoesNotWaitForReceivers(t *testing.T) {
	const calls = 100_000
	held, release := make(chan string), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case held <- r.Method:
			<-release
		case <-release:
		}
	}))
	defer s.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", s.URL)
	t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", "1")
	events, feed := io.Pipe()
	var errs lockedBuffer
	code := make(chan int, 1)
	args := []string{"replay", "-", "--serve", "--web.listen-address=127.0.0.1:0", "--push.gateway=" + s.URL}
	g := &genmeter{log: &errs}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	go func() { code <- run(ctx, args, events, &errs, &errs) }()
	_, err := io.WriteString(feed, twoCalls) // a replay looks at its first event before all else
	must(t, err)
	g.address = g.waitLog(t, `msg="listening" address=(\S+)`)[1]
	if got := map[string]bool{<-held: true, <-held: true}; !got["PUT"] || !got["POST"] {
		t.Fatalf("held %v, want a PUT and a POST", got)
	}
	_, err = io.WriteString(feed, strings.Repeat(twoCalls, calls/2-1))
	must(t, err, feed.Close())
	g.waitLog(t, `msg="replay finished" events=100000`)
	_, body, err := fetch("http://"+g.address+"/metrics", "")
	must(t, err)
	if !strings.Contains(body, "\ngenmeter_events_total{kind=\"generation\",source=\"replay\"} 100000\n") {
		t.Error("the scrape does not have every event")
	}
	close(release)
	end()
	if c := <-code; c != exitGood {
		t.Errorf("exit code %d:\n%s", c, &errs)
	}
}

// blackHole accepts connections and never reads from them.
func blackHole(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return "http://" + l.Addr().String()
}

// TestBlackHole: connections that the system accepts, and nobody serves.
func TestBlackHole(t *testing.T) {
	code, _, stderr := pushTo(t, blackHole(t), shortLimits)
	if code != exitFailed || strings.Count(stderr, "no answer within") != 2 {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
}
