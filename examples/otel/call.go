package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const modelName = "gpt-4o-mini"

type generator struct {
	tracer  trace.Tracer
	seconds float64
}

// ask calls the model, in a span by the GenAI conventions.
func (g generator) ask(ctx context.Context, done *truth) {
	_, span := g.tracer.Start(ctx, "chat "+modelName, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("gen_ai.operation.name", "chat"),
		attribute.String("gen_ai.provider.name", "openai"),
		attribute.String("gen_ai.request.model", modelName),
	))
	defer span.End()
	done.Calls++
	in, out, err := answer(g.seconds)
	if err != nil {
		done.Failures++
		span.SetAttributes(attribute.String("error.type", "rate_limit"))
		span.SetStatus(codes.Error, err.Error())
		return
	}
	done.PromptTokens += in
	done.CompletionTokens += out
	span.SetAttributes(
		attribute.Int64("gen_ai.usage.input_tokens", in),
		attribute.Int64("gen_ai.usage.output_tokens", out),
		attribute.StringSlice("gen_ai.response.finish_reasons", []string{"stop"}),
	)
}

// answer stands for a provider's client.
func answer(seconds float64) (in, out int64, err error) {
	time.Sleep(time.Duration(seconds * (0.5 + rand.Float64()) * float64(time.Second)))
	if rand.Float64() < 0.08 {
		return 0, 0, errors.New("status 429: slow down")
	}
	return 200 + rand.Int64N(700), 20 + rand.Int64N(180), nil
}
