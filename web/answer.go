package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// apiError is an error that knows its HTTP status.
type apiError struct {
	status int
	text   string
}

func (e *apiError) Error() string { return e.text }

func problem(status int, format string, args ...any) error {
	return &apiError{status, fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return problem(http.StatusBadRequest, format, args...)
}

// answer turns a function that answers with a value into a handler that answers with JSON.
func answer(f func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		if err != nil {
			failWith(w, err)
			return
		}
		write(w, http.StatusOK, v)
	})
}

// failWith answers with an error and its status.
func failWith(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if e, ok := errors.AsType[*apiError](err); ok {
		status = e.status
	}
	fail(w, status, "%s", err.Error())
}

func fail(w http.ResponseWriter, status int, format string, args ...any) {
	sayWhen(w, status)
	write(w, status, struct {
		Error string `json:"error"`
	}{fmt.Sprintf(format, args...)})
}

// sayWhen tells a client that may come again after how many seconds.
func sayWhen(w http.ResponseWriter, status int) {
	switch status {
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	}
}

// write encodes to memory first, so that a status is only promised for a body that exists.
func write(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(v); err != nil {
		http.Error(w, `{"error":"the answer could not be encoded"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // an error here is a client that left
}

// query parses the query and refuses parameters that are not among known: a mistyped "widnow=5m" must not be answered
// with the totals since the start.
func query(r *http.Request, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("malformed query: %v", err)
	}
	for name, given := range values {
		switch {
		case len(known) == 0:
			return nil, badRequest("unknown parameter %s: there are none here", quoted(name))
		case !slices.Contains(known, name):
			return nil, badRequest("unknown parameter %s: allowed are %s", quoted(name), strings.Join(known, ", "))
		}
		if len(given) > 1 {
			return nil, badRequest("parameter %s is given %d times: give it once", name, len(given))
		}
	}
	return values, nil
}

// window reads the parameter "window"; absent is 0, since the start.
func window(values url.Values) (time.Duration, error) {
	w, err := ParseWindow(values.Get("window"))
	if err != nil {
		return 0, badRequest("%v", err)
	}
	return w, nil
}

// number is v where it is known, else null. JSON has no NaN and no infinities, so these are not known either.
func number(v float64, known bool) *float64 {
	if !known || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// quoted quotes what a client sent, cut to a length that an error can bear.
func quoted(s string) string {
	const most = 100
	if len(s) > most {
		s = s[:most] + "…"
	}
	return fmt.Sprintf("%q", s)
}
