package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// receiver is where metrics are pushed to, and what to tell people when it does not take them.
type receiver struct {
	url      string // without credentials
	what     string // what it is
	path     string // what to look at when there is nothing at the path
	login    string // what to look at when it does not let us in
	cert     string // how to trust its certificate
	failures *failures
}

// pushError says which receiver did not take a push, what came back, and what to do next.
type pushError struct {
	to            *receiver
	cause, advice string
	partly        bool // a part was taken
	temporary     bool // it may go well in a moment
	err           error
}

func (e *pushError) Error() string {
	return fmt.Sprintf("pushing to %s: %s; %s", e.to.url, e.cause, e.advice)
}

func (e *pushError) Unwrap() error { return e.err }

// final is the error when there will be no other push; before tells whether there was a good one.
func (e *pushError) final(before bool) error {
	switch {
	case e.partly:
		return fmt.Errorf("%w A part of the metrics of this run is not in it", e)
	case before:
		return fmt.Errorf("%w The last metrics of this run are not in it", e)
	}
	return fmt.Errorf("%w The metrics of this run are not in it", e)
}

// failure explains why a push that took some time failed.
func (r *receiver) failure(err error, refused *refusal, took time.Duration) *pushError {
	e := &pushError{to: r, err: err}
	if refused != nil {
		e.cause, e.advice = refused.Error(), r.adviseStatus(refused)
		e.temporary = refused.status >= 500 || refused.status == http.StatusTooManyRequests
		return e
	}
	_, sent := errors.AsType[*url.Error](err)
	timeout, isNet := errors.AsType[net.Error](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), isNet && timeout.Timeout():
		e.cause = fmt.Sprintf("no answer within %v", took.Round(100*time.Millisecond))
		e.advice, e.temporary = "is this the address of "+r.what+"?", true
	case errors.Is(err, syscall.ECONNREFUSED):
		e.cause, e.advice, e.temporary = "connection refused", "is "+r.what+" running?", true
	case untrusted:
		e.cause, e.advice = rootText(err), r.cert+"."
	case sent:
		e.cause, e.advice, e.temporary = rootText(err), "is this the address of "+r.what+"?", true
	default: // of the library, before or after the request
		e.cause, e.advice = firstLine(strings.TrimPrefix(err.Error(), "failed to upload metrics: ")), "its log may say more."
	}
	return e
}

// adviseStatus says what to do about an answer, as a sentence.
func (r *receiver) adviseStatus(refused *refusal) string {
	switch s := refused.status; {
	case s >= 300 && s < 400:
		return fmt.Sprintf("redirects are not followed: push to %s.", withoutSecrets(refused.location))
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		return r.login
	case s == http.StatusNotFound, s == http.StatusMethodNotAllowed:
		return r.path
	case s == http.StatusRequestEntityTooLarge:
		return "raise the size of a request that it, or a proxy before it, takes."
	case s == http.StatusTooManyRequests:
		return "it is asked to do too much; push less often."
	}
	return "its log may say more."
}

// rootText is the innermost text of a network error, without the addresses and ports that differ each time.
func rootText(err error) string {
	if errors.Is(err, io.EOF) {
		return "the connection was closed without an answer"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err.Error()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}

// withoutSecrets is a URL without user, password, query and fragment.
func withoutSecrets(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "a URL that cannot be read"
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String()
}
