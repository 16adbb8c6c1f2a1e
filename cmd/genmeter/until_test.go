package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// contextUntil returns a context that ends when out has a text.
func contextUntil(t *testing.T, out *lockedBuffer, text string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	go func() {
		for ctx.Err() == nil && !strings.Contains(out.String(), text) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	return ctx, cancel
}
