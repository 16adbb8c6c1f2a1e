package main

import (
	"log/slog"
	"net"
	"testing"

	"github.com/alecthomas/kingpin/v2"
)

// TestLoopbackByDefault: without an address, and with a port alone that the system chooses, nobody else reaches it.
func TestLoopbackByDefault(t *testing.T) {
	for _, args := range [][]string{{"x"}, {"x", "--web.listen-address=:0"}} {
		app := kingpin.New("genmeter", "")
		f := addWebFlags(app.Command("x", ""))
		_, err := app.Parse(args)
		must(t, err)
		for _, address := range *f.toolkit.WebListenAddresses {
			if address == defaultAddress { // it may be in use
				host, _, err := net.SplitHostPort(address)
				must(t, err)
				if !net.ParseIP(host).IsLoopback() {
					t.Error(address)
				}
				continue
			}
			s, err := f.listen(env{logger: slog.New(slog.DiscardHandler)})
			must(t, err)
			defer s.closeListeners()
			if a := s.listeners[0].Addr().(*net.TCPAddr); !a.IP.IsLoopback() {
				t.Errorf("%q listens on %v", args, a)
			}
		}
	}
}
