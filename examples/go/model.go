package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// model stands for a provider's client.
type model struct {
	rng     *rand.Rand
	seconds float64
}

type answer struct {
	text                           string
	promptTokens, completionTokens int64
}

func (m *model) ask(ctx context.Context) (answer, error) {
	select {
	case <-time.After(time.Duration(m.seconds * (0.5 + m.rng.Float64()) * float64(time.Second))):
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	switch fate := m.rng.Float64(); {
	case fate < 0.05:
		return answer{}, errors.New("status 429: slow down")
	case fate < 0.08:
		return answer{}, errors.New("request timed out")
	}
	return answer{"a row", 200 + m.rng.Int64N(700), 20 + m.rng.Int64N(180)}, nil
}
