package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/genmeter/genmeter/web"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/net/netutil"
)

// maxConnections bounds the open connections of one listener, as in Prometheus.
const maxConnections = 512

// maxStreams bounds the requests under way on one connection of HTTP/2; of HTTP/1 it is one.
const maxStreams = 32

// server is the HTTP server: one http.Server a listener, because exporter-toolkit changes the one that it is given.
type server struct {
	flags     *webFlags
	logger    *slog.Logger
	limits    limits
	listeners []net.Listener
	servers   []*http.Server
	failed    chan error // what ended a listener; never closed
	ending    atomic.Bool
	scrapes   scrapes
}

// listen opens the addresses, so that a port in use is told before anything else happens.
func (f *webFlags) listen(e env) (*server, error) {
	s := &server{flags: f, logger: e.logger, limits: e.limits}
	if *f.toolkit.WebSystemdSocket {
		var err error
		if s.listeners, err = activation.Listeners(); err != nil {
			return nil, err
		}
		if len(s.listeners) == 0 {
			return nil, errors.New("systemd passed no sockets: start genmeter from a socket unit, or leave out --web.systemd-socket")
		}
	} else {
		for _, address := range *f.toolkit.WebListenAddresses {
			if address == ":0" {
				address = "127.0.0.1:0" // a port that nobody knows beforehand is for this host
			}
			l, err := net.Listen("tcp", address)
			if err != nil {
				s.closeListeners()
				return nil, adviseListen(err)
			}
			s.listeners = append(s.listeners, l)
		}
	}
	s.failed = make(chan error, len(s.listeners))
	return s, nil
}

// adviseListen adds to the error of net.Listen what to do about it.
func adviseListen(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w; is another genmeter running? Let the system choose a free port with "+
			"--web.listen-address=127.0.0.1:0", err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w; ports below 1024 need privileges, try --web.listen-address=%s", err, defaultAddress)
	}
	return fmt.Errorf("%w; --web.listen-address wants HOST:PORT, such as %s", err, defaultAddress)
}

// start serves m on all listeners.
func (s *server) start(m *meter, opts ...web.Option) {
	// In a pipe, what reads our log may end before us: that must not end us, with events not yet delivered.
	signal.Ignore(syscall.SIGPIPE)
	h := web.Handler(m.Monitor, append([]web.Option{
		web.WithMetrics(*s.flags.telemetryPath, s.scrapes.watch(m.provider.Handler())),
		web.WithAllowedHosts(*s.flags.allowedHosts...), web.WithReady(s.ready), web.WithAlerts(m.alerts), web.WithRun(m.run),
	}, opts...)...)
	s.warnOpen()
	for _, l := range s.listeners {
		srv := s.newServer(h)
		s.servers = append(s.servers, srv)
		s.logger.Info("listening", "address", l.Addr().String())
		go func() {
			err := toolkit.Serve(netutil.LimitListener(l, maxConnections), srv, s.flags.toolkit, quiet(s.logger))
			if !errors.Is(err, http.ErrServerClosed) {
				s.failed <- fmt.Errorf("serving %s: %w", l.Addr(), err)
			}
		}()
	}
}

// newServer has limits for clients that are slow or worse. A handler with a long answer extends its write deadline.
func (s *server) newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       15 * time.Second, // a body that does not come holds its connection no longer
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams}, // with TLS only
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
}

func (s *server) ready() error {
	if s.ending.Load() {
		return errors.New("shutting down")
	}
	return nil
}

// watch returns a context that also ends when a listener fails; served tells which it was.
func (s *server) watch(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case err := <-s.failed:
			cancel(err)
		case <-ctx.Done():
		}
		s.ending.Store(true)
		cancel(nil)
	}()
	return ctx
}

// served returns what ended the server, or nil when the end was asked for.
func served(ctx context.Context) error {
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (s *server) closeListeners() {
	for _, l := range s.listeners {
		_ = l.Close() // most are closed by their server by now
	}
}
