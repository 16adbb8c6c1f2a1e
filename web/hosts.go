package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard refuses requests that were addressed to a name which is not ours. A page of evil.example that points that name
// at 127.0.0.1 is, to a browser, the same origin as we are; only the Host header tells.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name := hostname(r.Host); !loopback(name) && !h.allowed[name] {
			fail(w, http.StatusForbidden, "host %s is not allowed: use a loopback address, or allow it "+
				"(--web.allowed-host, web.WithAllowedHosts)", quoted(r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostname strips the port, the brackets of an IPv6 address and the dot of a full name from the value of a Host header.
// What is not of that form comes back as it is, and is the name of nobody.
func hostname(hostport string) string {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil || port == "" { // no port
		host = hostport
		if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
			host = host[1 : len(host)-1]
		}
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func loopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Unmap().IsLoopback()
}
