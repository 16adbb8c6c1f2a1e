package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/genmeter/genmeter/ingest"
)

// otlpTypes are the content types of OTLP/HTTP.
var otlpTypes = []string{"application/x-protobuf", "application/json"}

// otlpRoad is one of OTLP's signals.
type otlpRoad struct {
	take   func(*ingest.OTLPIntake, context.Context, time.Time, []byte, ingest.OTLPEncoding) (int, string, error)
	answer func([]byte, ingest.OTLPEncoding, int, string) []byte
}

var (
	otlpTraces = otlpRoad{(*ingest.OTLPIntake).Traces, ingest.AppendOTLPTraces}
	otlpLogs   = otlpRoad{(*ingest.OTLPIntake).Logs, ingest.AppendOTLPLogs}
)

// otlp takes what OpenTelemetry's SDKs and collectors export: answers and errors are the protocol's
// (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).
func (h *handler) otlp(road otlpRoad) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		enc := ingest.OTLPProtobuf
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			enc = ingest.OTLPJSON
		}
		body, err := h.takeOTLP(w, r, road, enc)
		if err != nil {
			failOTLP(w, err, enc)
			return
		}
		writeOTLP(w, http.StatusOK, enc, body)
	})
}

func (h *handler) takeOTLP(w http.ResponseWriter, r *http.Request, road otlpRoad, enc ingest.OTLPEncoding) (answer []byte, _ error) {
	return answer, h.receive(w, r, otlpTypes, otlpWeight, func(p *posted) error {
		rejected, warning, err := road.take(h.otlpIn, r.Context(), time.Now(), p.data, enc)
		var broken *ingest.OTLPBodyError
		switch {
		case errors.Is(err, ingest.ErrTooManyEvents):
			return problem(http.StatusRequestEntityTooLarge, "%v: export smaller batches", err)
		case errors.As(err, &broken):
			return badRequest("%v", err)
		case err != nil:
			return problem(http.StatusServiceUnavailable, "the spans could not be kept; send them again: %v", err)
		}
		answer = road.answer(nil, enc, rejected, warning)
		return nil
	})
}

func failOTLP(w http.ResponseWriter, err error, enc ingest.OTLPEncoding) {
	status, code := http.StatusInternalServerError, ingest.OTLPInvalid
	if e, ok := errors.AsType[*apiError](err); ok {
		status = e.status
	}
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		code = ingest.OTLPTooMuch
	case http.StatusServiceUnavailable:
		code = ingest.OTLPUnavailable
	}
	sayWhen(w, status)
	writeOTLP(w, status, enc, ingest.AppendOTLPError(nil, enc, code, err.Error()))
}

func writeOTLP(w http.ResponseWriter, status int, enc ingest.OTLPEncoding, body []byte) {
	w.Header().Set("Content-Type", otlpTypes[0])
	if enc == ingest.OTLPJSON {
		w.Header().Set("Content-Type", otlpTypes[1])
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error here is a client that left
}
