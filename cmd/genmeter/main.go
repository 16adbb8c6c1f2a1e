package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // --timezone must work in a container that has no zone files
)

func main() {
	stampVersion()
	os.Exit(interruptible(func(ctx context.Context) int {
		return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	}))
}

// interruptible calls f with a context that the first SIGINT or SIGTERM cancels, so that it can end in order. The
// second one does not wait for that, but for what comes after a courtesy.
func interruptible(f func(context.Context) int) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	var waiting courtesy
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), courtesyKey{}, &waiting))
	defer cancel()
	code := make(chan int, 1)
	go func() { code <- f(ctx) }()
	select {
	case c := <-code:
		return c
	case <-signals:
		cancel()
		waiting.end() // when a failure had begun the end
	}
	for {
		select {
		case c := <-code:
			return c
		case <-signals:
			if !waiting.end() {
				fmt.Fprintln(os.Stderr, "genmeter: a second signal: ending at once, without what was not delivered yet")
				return exitFailed
			}
		}
	}
}
