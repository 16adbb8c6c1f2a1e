package main

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// serveSlowly serves h as genmeter does, with times that a test can wait for.
func serveSlowly(t *testing.T, h http.Handler, shorten func(*http.Server)) (address string) {
	t.Helper()
	srv := (&server{logger: slog.New(slog.DiscardHandler)}).newServer(h)
	for name, limit := range map[string]time.Duration{
		"header": srv.ReadHeaderTimeout, "body": srv.ReadTimeout, "answer": srv.WriteTimeout, "idle": srv.IdleTimeout,
	} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("a client may take %v for its %s", limit, name)
		}
	}
	if srv.MaxHeaderBytes <= 0 || srv.MaxHeaderBytes > 64<<10 || srv.HTTP2.MaxConcurrentStreams > 32 {
		t.Errorf("%d bytes of headers, %d streams", srv.MaxHeaderBytes, srv.HTTP2.MaxConcurrentStreams)
	}
	shorten(srv)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan error)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		must(t, srv.Close())
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, address, send string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	must(t, c.SetDeadline(time.Now().Add(patience)))
	_, err = io.WriteString(c, send)
	must(t, err)
	return c
}

// isCutOff waits until the server ends the connection; what it says before does not matter.
func isCutOff(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is held")
	}
}

const short = 50 * time.Millisecond

func TestSlowHeaders(t *testing.T) {
	address := serveSlowly(t, http.NotFoundHandler(), func(s *http.Server) { s.ReadHeaderTimeout = short })
	isCutOff(t, dial(t, address, ""))
	isCutOff(t, dial(t, address, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "))
}

func TestSlowBody(t *testing.T) {
	read := make(chan error, 1)
	address := serveSlowly(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		read <- err
	}), func(s *http.Server) { s.ReadTimeout = short })
	for _, rest := range []string{"Content-Length: 99999999999\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"} {
		c := dial(t, address, "POST / HTTP/1.1\r\nHost: localhost\r\n"+rest)
		if err := <-read; err == nil {
			t.Error("a body that does not come is whole")
		}
		isCutOff(t, c)
	}
}

// TestSlowReader: an answer that nobody takes does not keep its handler.
func TestSlowReader(t *testing.T) {
	ended := make(chan error, 1)
	address := serveSlowly(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for piece := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(w, piece); err != nil {
				ended <- err
				return
			}
		}
	}), func(s *http.Server) { s.WriteTimeout = short })
	dial(t, address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("the handler is held")
	}
}

func TestLongHeaders(t *testing.T) {
	address := serveSlowly(t, http.NotFoundHandler(), func(*http.Server) {})
	for _, flood := range []string{"X: " + strings.Repeat("y", 80<<10), strings.Repeat("X: y\r\n", 20_000)} {
		c, err := net.Dial("tcp", address)
		must(t, err)
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n"+flood+"\r\n\r\n") // it may be cut off before it is sent
		must(t, c.SetDeadline(time.Now().Add(patience)))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil && resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", resp.StatusCode)
		}
		must(t, c.Close())
	}
}

// TestConnectionsAreBounded: one beyond the bound waits for another to end.
func TestConnectionsAreBounded(t *testing.T) {
	g := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0")
	first := dial(t, g.address, "")
	for range maxConnections - 1 {
		dial(t, g.address, "")
	}
	beyond := dial(t, g.address, "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	must(t, beyond.SetReadDeadline(time.Now().Add(4*short)))
	if n, err := beyond.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("connection %d: %d bytes, %v", maxConnections+1, n, err)
	}
	must(t, first.Close(), beyond.SetReadDeadline(time.Now().Add(patience)))
	if answer, err := io.ReadAll(beyond); err != nil || !strings.Contains(string(answer), "200 OK") {
		t.Errorf("afterwards: %q, %v", answer, err)
	}
}
