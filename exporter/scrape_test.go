package exporter

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/metric"
)

// TestSweep: series and families that are no longer reported go, and come back
// in their place.
func TestSweep(t *testing.T) {
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo())
	g := must(m.Int64ObservableGauge("g"))(t)
	var now []string
	must(m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for i, k := range now {
			o.ObserveInt64(g, int64(i), attrs("k", k))
		}
		return nil
	}, g))(t)
	for _, step := range []struct {
		report []string
		want   string
	}{
		{nil, ""},
		{[]string{"b", "c"}, "g{k=\"b\"} 0\ng{k=\"c\"} 1\n"},
		{[]string{"c", "b", "a"}, "g{k=\"a\"} 2\ng{k=\"b\"} 1\ng{k=\"c\"} 0\n"},
		{[]string{"c"}, "g{k=\"c\"} 0\n"},
		{[]string{"d", "c"}, "g{k=\"c\"} 1\ng{k=\"d\"} 0\n"},
		{[]string{"e"}, "g{k=\"e\"} 0\n"},
		{nil, ""},
		{[]string{"b"}, "g{k=\"b\"} 0\n"},
	} {
		now = step.report
		text, err := gather(t, r)
		if err != nil {
			t.Error(err)
		}
		if step.want != "" {
			step.want = "# HELP g \n# TYPE g gauge\n" + step.want
		}
		wantText(t, text, step.want)
	}
	if n := len(r.bridge.idle); n != 1 {
		t.Errorf("scrapes one after the other share one set, got %d", n)
	}
	now = nil
	gather(t, r)
	s := r.bridge.idle[0]
	s.expose()
	if len(s.streams)+len(s.byName)+len(s.sorted) != 0 {
		t.Errorf("ended series must not hold memory: %d streams, %d families", len(s.streams), len(s.byName))
	}
}

// TestSetsAgree: sets that were built at different times say the same.
func TestSetsAgree(t *testing.T) {
	r := must(NewReader(WithoutRegisterer()))(t)
	rec := newRecorder(t, newTestProvider(t, r), 3)
	for range 5 {
		rec.record(50)
		a, doneA, _ := r.Gather()
		b, doneB, _ := r.Gather()
		if &a[0] == &b[0] || a[0] == b[0] {
			t.Fatal("two scrapes in flight share memory")
		}
		wantText(t, toText(t, a), toText(t, b))
		doneA()
		rec.record(50) // the sets are now of different age
		gather(t, r)
		doneB()
		doneB() // once is enough, twice does no harm
	}
}

// TestSlowClient: a client that stops reading holds its own scrape and nothing
// else, and what it reads in the end is as of its beginning.
func TestSlowClient(t *testing.T) {
	p := must(New(WithoutRuntimeCollectors()))(t)
	defer p.Shutdown(background)
	m := p.MeterProvider().Meter("m")
	c := must(m.Int64Counter("c"))(t)
	for i := range 1000 { // more than the connection buffers
		c.Add(background, 1, attrs("k", fmt.Sprint(i, strings.Repeat("x", 2000))))
	}
	client, server := net.Pipe()
	srv := &http.Server{Handler: p.Handler()}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(&oneConn{conn: server, closed: make(chan struct{})}) }()
	if _, err := io.WriteString(client, "GET /metrics HTTP/1.0\r\nAccept: "+textType+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 15)
	if _, err := io.ReadFull(client, first); err != nil || string(first) != "HTTP/1.0 200 OK" {
		t.Fatal(string(first), err)
	}
	// The handler is now stuck in a write. Others are served all the same.
	for i := range 3 {
		c.Add(background, 1, attrs("k", "0"+strings.Repeat("x", 2000)))
		want := fmt.Sprintf("\"} %d\n", i+2)
		if got := scrape(t, p.Handler(), textType); !strings.Contains(got, want) {
			t.Errorf("scrape %d has no sample with value %q", i, want)
		}
	}
	rest, err := io.ReadAll(client)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(rest), "\nc_total{"); got != 1000 {
		t.Errorf("the slow client has %d series", got)
	}
	if got := strings.Count(string(rest), "\"} 1\n"); got < 1000 {
		t.Errorf("the slow client sees later values: %d of 1000 are 1", got)
	}
	client.Close()
	srv.Close()
	<-served
}

// oneConn is a listener of one connection.
type oneConn struct {
	conn   net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// TestRecordInCallback: a collect may record, as genmeter's monitor does when
// it drains its ring, and the scrape at hand has it.
func TestRecordInCallback(t *testing.T) {
	r, m := newTestReader(t, WithoutTargetInfo(), WithoutScopeInfo())
	c := must(m.Int64Counter("c"))(t)
	g := must(m.Int64ObservableGauge("g"))(t)
	must(m.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		c.Add(ctx, 1)
		o.ObserveInt64(g, 1)
		return nil
	}, g))(t)
	for i := range 3 {
		text, _ := gather(t, r)
		wantText(t, text, fmt.Sprintf("# HELP c_total \n# TYPE c_total counter\nc_total %d\n# HELP g \n# TYPE g gauge\ng 1\n", i+1))
	}
}

func TestMaxRequestsInFlight(t *testing.T) {
	p := must(New(WithMaxRequestsInFlight(1), WithoutRuntimeCollectors()))(t)
	defer p.Shutdown(background)
	g := must(p.MeterProvider().Meter("m").Int64ObservableGauge("g"))(t)
	var codes []int
	must(p.MeterProvider().Meter("m").RegisterCallback(func(context.Context, metric.Observer) error {
		rec := httptest.NewRecorder() // a second scrape while the first is collecting
		p.Handler().ServeHTTP(rec, newRequest(textType))
		codes = append(codes, rec.Code)
		return nil
	}, g))(t)
	scrape(t, p.Handler(), textType)
	if len(codes) != 1 || codes[0] != http.StatusServiceUnavailable {
		t.Error(codes)
	}
}
