package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/genmeter/genmeter/ingest"
)

// eventTypes are the content types of event lines and JSON arrays of events.
var eventTypes = []string{"application/x-ndjson", "application/json", "application/ndjson", "application/jsonl"}

// maxShownErrors is how many errors an answer lists.
const maxShownErrors = 10

type eventsAnswer struct {
	Accepted   int          `json:"accepted"`
	Rejected   int          `json:"rejected"`
	Duplicates int          `json:"duplicates"`
	Errors     []lineFault  `json:"errors,omitempty"`
	Warnings   []keyWarning `json:"warnings,omitempty"`
}

type keyWarning struct {
	Line    int    `json:"line"`
	Key     string `json:"key"`
	Warning string `json:"warning"`
}

type lineFault struct {
	Line  int    `json:"line"` // of an array the number of the element
	Error string `json:"error"`
}

func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	var a eventsAnswer
	err := h.receive(w, r, eventTypes, eventsWeight, func(p *posted) (err error) {
		if p.body == nil {
			p.body = ingest.NewBody(h.location)
		}
		if err := p.body.Read(p.data, maxBodyEvents); errors.Is(err, ingest.ErrTooManyEvents) {
			return problem(http.StatusRequestEntityTooLarge, "%v: send them in parts", err)
		} else if err != nil {
			return badRequest("%v", err)
		}
		a, err = h.takeEvents(r.Context(), p.body)
		return err
	})
	switch {
	case err != nil:
		failWith(w, err)
	case a.Accepted+a.Duplicates > 0:
		write(w, http.StatusOK, a)
	case a.Rejected > 0:
		write(w, http.StatusBadRequest, a)
	default:
		failWith(w, badRequest("no events: want one JSON object a line, or a JSON array of them"))
	}
}

// takeEvents takes the events of a body. An error says that they are nowhere and may be sent again.
func (h *handler) takeEvents(ctx context.Context, b *ingest.Body) (a eventsAnswer, _ error) {
	const source = "http"
	taken, err := h.intake.Take(ctx, source, b.Events)
	if err != nil {
		return a, problem(http.StatusServiceUnavailable, "the events could not be kept, none of them counts; send them again: %v", err)
	}
	a = eventsAnswer{Accepted: taken.Accepted, Duplicates: taken.Duplicates, Rejected: len(taken.Refused)}
	for _, p := range b.Problems {
		h.mon.CountRejected(source, p.Reason, 1)
		h.intake.TellRejected(ctx, source, p.Reason, p.Error)
		if p.Lost {
			a.Rejected++
		}
		a.Errors = append(a.Errors, lineFault{p.Line, p.Error()})
	}
	for _, refusal := range taken.Refused {
		line := b.Lines[refusal.Index]
		text := fmt.Sprintf("line %d: %v", line, refusal)
		h.intake.TellRejected(ctx, source, refusal.Reason, func() string { return text })
		a.Errors = append(a.Errors, lineFault{line, text})
	}
	slices.SortStableFunc(a.Errors, func(x, y lineFault) int { return x.Line - y.Line })
	a.Errors = a.Errors[:min(len(a.Errors), maxShownErrors)]
	for _, w := range b.Warnings {
		h.intake.TellWarning(ctx, source, w)
		a.Warnings = append(a.Warnings, keyWarning{w.Line, w.Key, w.Text})
	}
	return a, nil
}
