package web

import (
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// Bounds of what is posted.
const (
	maxBody       = 32 << 20 // bytes of a body, decompressed
	maxBodyEvents = 100_000  // events of a body
)

// receive reads a body of one of these types when there is room for it, and gives it to take when there is memory for what
// becomes of it: so much as weight says. The error is take's, or says why the body was not read.
func (h *handler) receive(w http.ResponseWriter, r *http.Request, types []string, weight func([]byte) int64, take func(*posted) error) error {
	if err := checkPost(r, types...); err != nil {
		return err
	}
	room := hold{room: &h.room}
	defer room.release()
	p := takePosted(r.ContentLength)
	defer p.release()
	var err error
	if p.data, err = readBody(w, r, p.data, &room); err != nil {
		return err
	}
	leave, err := h.decoding.enter(r.Context(), weight(p.data))
	if err != nil {
		return problem(http.StatusServiceUnavailable, "the client has left") // it does not hear it
	}
	defer leave()
	return take(p)
}

// checkPost refuses what a web page could send: a browser lets it post only text and forms without asking first, and
// nothing here answers when it asks.
func checkPost(r *http.Request, types ...string) error {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return problem(http.StatusForbidden, "web pages of other origins may not write here: %v", err)
	}
	given := r.Header.Get("Content-Type")
	if mediaType, _, err := mime.ParseMediaType(given); err != nil || !slices.Contains(types, mediaType) {
		return problem(http.StatusUnsupportedMediaType, "content type %s: want %s", quoted(given), strings.Join(types, " or "))
	}
	return nil
}

// readBody reads the body of a request into a buffer that may be there already, decompressed, of at most maxBody bytes, for
// which there must be room.
func readBody(w http.ResponseWriter, r *http.Request, into []byte, room *hold) ([]byte, error) {
	if r.ContentLength > maxBody { // who asks first (Expect: 100-continue) need not send it
		return into, tooLarge()
	}
	var body io.Reader = http.MaxBytesReader(w, r.Body, maxBody)
	doing := "reading the body"
	switch encoding := strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ", ")); encoding {
	case "", "identity":
	case "gzip":
		doing = "unpacking the body, which should be gzip"
		zip, err := gzip.NewReader(body)
		if err != nil {
			return into, bodyError(doing, err)
		}
		body = zip
	default:
		return into, problem(http.StatusUnsupportedMediaType, "content encoding %s: want gzip or none", quoted(encoding))
	}
	data, err := readInto(into, body, room)
	if err != nil {
		return data, bodyError(doing, err)
	}
	return data, nil
}

func bodyError(doing string, err error) error {
	if _, ok := errors.AsType[*apiError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge()
	}
	return badRequest("%s: %v", doing, err)
}

func tooLarge() error {
	return problem(http.StatusRequestEntityTooLarge, "the body has more than %d MiB: send it in parts", maxBody>>20)
}

// readInto is io.ReadAll with bounds.
func readInto(b []byte, r io.Reader, room *hold) ([]byte, error) {
	if err := room.grow(cap(b)); err != nil {
		return b, err
	}
	for b = b[:0]; ; {
		if len(b) == cap(b) {
			had := cap(b)
			b = slices.Grow(b, max(4<<10, min(had, maxBody+1-had)))
			if err := room.grow(cap(b) - had); err != nil {
				return b, err
			}
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case len(b) > maxBody:
			return b, tooLarge()
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		}
	}
}
