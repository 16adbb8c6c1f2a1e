// Command go is a generator that embeds genmeter: workers ask a model for rows and ask again when it fails, a judge scores
// the answers, Prometheus scrapes it, and local rules raise alerts. The model is made up, so it needs no network:
//
//	go run ./examples/go -records 200
//
// Ctrl-C ends it early, and loses nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type config struct {
	address string
	records int
	workers int
	seconds float64
	stay    bool
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("generator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.address, "address", "127.0.0.1:9464", "where Prometheus scrapes it; port 0 is a free one")
	flags.IntVar(&c.records, "records", 200, "rows wanted")
	flags.IntVar(&c.workers, "workers", 4, "rows that are made at the same time")
	flags.Float64Var(&c.seconds, "seconds", 0.02, "how long a call takes, about")
	flags.BoolVar(&c.stay, "stay", false, "go on answering after the last row, until a signal comes")
	return c, flags.Parse(args)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	m, err := openMeter(logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()

	listener, err := net.Listen("tcp", c.address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: m.handler(), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends by Shutdown
	defer endServer(server)
	logger.Info("listening", "address", listener.Addr())

	go m.alerter.Run(ctx)
	m.monitor.SetTarget(c.records)
	progress := make(chan struct{})
	var reporter sync.WaitGroup
	reporter.Go(func() { m.report(logger, time.Second, progress) })
	makeRows(ctx, m.monitor, c)
	close(progress)
	reporter.Wait()

	if c.stay {
		logger.Info("all rows are made; a signal ends it")
		<-ctx.Done()
	}
	return m.summary(stdout)
}

func endServer(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = s.Shutdown(ctx)
}
