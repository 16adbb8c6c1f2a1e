package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// writeCertificate writes a certificate for 127.0.0.1 and its key, and returns what trusts it.
func writeCertificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	must(t, os.WriteFile(filepath.Join(dir, "cert.pem"), certPEM, 0o600),
		os.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return pool
}

// TestPasswordClosesEverything: with TLS and a password nothing is answered or taken without them, by any path or method, and
// all of it is with them, over HTTP/2 too.
func TestPasswordClosesEverything(t *testing.T) {
	dir := t.TempDir()
	pool := writeCertificate(t, dir)
	hash, err := bcrypt.GenerateFromPassword([]byte("open sesame"), bcrypt.MinCost)
	must(t, err)
	config := filepath.Join(dir, "web.yml")
	must(t, os.WriteFile(config, []byte("tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users: {me: "+string(hash)+"}\n"), 0o600))
	g := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0", "--web.config.file="+config)

	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: patience}
	const event = `{"event":"record"}`
	for _, ask := range []struct{ method, path, kind, body string }{
		{"GET", "/", "", ""}, {"GET", "/metrics", "", ""}, {"GET", "/-/healthy", "", ""}, {"GET", "/-/ready", "", ""},
		{"GET", "/api/v1/tokens", "", ""}, {"GET", "/api/v1/progress", "", ""}, {"GET", "/api/v1/alerts", "", ""},
		{"GET", "/api/v1/aggregate?metric=generation_time", "", ""}, {"HEAD", "/api/v1/tokens", "", ""},
		{"POST", "/api/v1/events", "application/x-ndjson", event}, {"POST", "/api/v1/events", "application/json", event},
		{"POST", "/v1/traces", "application/json", "{}"}, {"POST", "/v1/logs", "application/x-protobuf", ""},
		{"GET", "/api/v1/export?format=ndjson", "", ""}, {"GET", "/api/v1/plot?figure=progress", "", ""},
	} {
		for password, want := range map[string]int{"": http.StatusUnauthorized, "wrong": http.StatusUnauthorized, "open sesame": http.StatusOK} {
			req, err := http.NewRequest(ask.method, "https://"+g.address+ask.path, strings.NewReader(ask.body))
			must(t, err)
			req.Header.Set("Content-Type", ask.kind)
			if password != "" {
				req.SetBasicAuth("me", password)
			}
			resp, err := client.Do(req)
			must(t, err)
			body, err := io.ReadAll(resp.Body)
			must(t, err, resp.Body.Close())
			if resp.StatusCode != want || resp.ProtoMajor != 2 {
				t.Errorf("%s %s with password %q: status %d over %s, want %d: %.200s", ask.method, ask.path, password, resp.StatusCode, resp.Proto, want, body)
			}
			if ask.path == "/api/v1/export?format=ndjson" && want == http.StatusOK && bytes.Count(body, []byte("\n")) != 2 {
				t.Errorf("taken are not the two events that had a password: %s", body)
			}
		}
	}
	if resp, err := client.Get("http://" + g.address + "/metrics"); err == nil {
		if resp.StatusCode == http.StatusOK {
			t.Error("it answers without TLS")
		}
		_ = resp.Body.Close()
	}
	if log := g.log.String(); strings.Contains(log, "sesame") || strings.Contains(log, string(hash)) {
		t.Errorf("the log has the password:\n%s", log)
	}
}
