// Command otel is a generator that knows nothing of genmeter: it writes OpenTelemetry spans by the GenAI semantic
// conventions, as instrumented clients of the providers do by themselves, and genmeter's sidecar meters them:
//
//	genmeter serve &
//	OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9464 go run . -records 100
//
// Its model is made up, so it needs no network. At its end it prints what it did.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	records := flag.Int("records", 100, "calls wanted")
	seconds := flag.Float64("seconds", 0.005, "how long a call takes, about")
	flag.Parse()
	done, err := run(context.Background(), *records, *seconds)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(done)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run generates, and returns when the sidecar has every span.
func run(ctx context.Context, records int, seconds float64) (done truth, err error) {
	exporter, err := otlptracehttp.New(ctx) // to $OTEL_EXPORTER_OTLP_ENDPOINT
	if err != nil {
		return done, err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer func() {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		err = errors.Join(err, provider.Shutdown(ctx))
	}()
	g := generator{tracer: provider.Tracer("example-generator"), seconds: seconds}
	// An agent's span around the calls has their usage too. genmeter counts the calls, and not their sum again.
	ctx, agent := g.tracer.Start(ctx, "invoke_agent writer")
	defer agent.End()
	for range records {
		g.ask(ctx, &done)
	}
	agent.SetAttributes(
		attribute.String("gen_ai.operation.name", "invoke_agent"),
		attribute.Int64("gen_ai.usage.input_tokens", done.PromptTokens),
		attribute.Int64("gen_ai.usage.output_tokens", done.CompletionTokens),
	)
	return done, nil
}

// truth is what it did.
type truth struct {
	Calls            int   `json:"calls"`
	Failures         int   `json:"failures"`
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
}
