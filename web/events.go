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
	Accepted   int         `json:"accepted"`
	Rejected   int         `json:"rejected"`
	Duplicates int         `json:"duplicates"`
	Errors     []lineFault `json:"errors,omitempty"`
}

type lineFault struct {
	Line  int    `json:"line"` // of an array the number of the element
	Error string `json:"error"`
}

func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	if err := checkPost(r, eventTypes...); err != nil {
		failWith(w, err)
		return
	}
	room := hold{room: &h.room}
	defer room.release()
	p := takePosted(r.ContentLength)
	defer p.release()
	var err error
	if p.data, err = readBody(w, r, p.data, &room); err != nil {
		failWith(w, err)
		return
	}
	leave, err := h.decoding.enter(r.Context(), eventsWeight(p.data))
	if err != nil {
		return // nobody is there to hear it
	}
	defer leave()
	if p.body == nil {
		p.body = ingest.NewBody(h.location)
	}
	if err := p.body.Read(p.data, maxBodyEvents); err != nil {
		if errors.Is(err, ingest.ErrTooManyEvents) {
			err = problem(http.StatusRequestEntityTooLarge, "%v: send them in parts", err)
		} else {
			err = badRequest("%v", err)
		}
		failWith(w, err)
		return
	}
	h.takeEvents(w, r, p.body)
}

func (h *handler) takeEvents(w http.ResponseWriter, r *http.Request, b *ingest.Body) {
	const source = "http"
	taken, err := h.intake.Take(r.Context(), source, b.Events)
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	a := eventsAnswer{Accepted: taken.Accepted, Duplicates: taken.Duplicates, Rejected: len(taken.Refused)}
	for _, p := range b.Problems {
		h.mon.CountRejected(source, p.Reason, 1)
		if p.Lost {
			a.Rejected++
		}
		a.Errors = append(a.Errors, lineFault{p.Line, p.Error()})
	}
	for _, refusal := range taken.Refused {
		line := b.Lines[refusal.Index]
		a.Errors = append(a.Errors, lineFault{line, fmt.Sprintf("line %d: the event is refused: %s", line, refusal.Reason)})
	}
	slices.SortStableFunc(a.Errors, func(x, y lineFault) int { return x.Line - y.Line })
	a.Errors = a.Errors[:min(len(a.Errors), maxShownErrors)]
	status := http.StatusOK
	if a.Accepted+a.Duplicates == 0 {
		status = http.StatusBadRequest
		if len(a.Errors) == 0 {
			failWith(w, badRequest("no events: want one JSON object a line, or a JSON array of them"))
			return
		}
	}
	write(w, status, a)
}

// unavailable answers that the events are nowhere and may be sent again.
func (h *handler) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to hear it
	}
	w.Header().Set("Retry-After", "5")
	failWith(w, problem(http.StatusServiceUnavailable, "the events could not be kept, none of them counts; send them again: %v", err))
}
