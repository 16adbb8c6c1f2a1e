package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// send sends batches over one connection until over, and calls answered with the time that each took. It writes and reads the
// connection itself: http.Client would take as much of the machine as the sidecar does.
func (t *trial) send(address string, connection int, over *atomic.Bool, answered func(time.Duration)) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	b := t.body(t.batch)
	head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", b.path, address, b.contentType, len(b.data))
	request := append(head, b.data...)
	in := bufio.NewReader(c)
	for n := uint64(connection) << 40; !over.Load(); n += uint64(t.batch) {
		b.number(request[len(head):], n)
		begun := time.Now()
		if _, err := c.Write(request); err != nil {
			return err
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		if want := b.answer(t.batch); resp.StatusCode != http.StatusOK || want != "" && string(answer) != want {
			return fmt.Errorf("%s: %s", resp.Status, answer)
		}
		answered(time.Since(begun))
	}
	return nil
}
