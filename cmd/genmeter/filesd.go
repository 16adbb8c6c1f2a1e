package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/genmeter/genmeter/internal/wholefile"
)

// fileSD is a target of Prometheus's file_sd_config.
type fileSD struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels,omitempty"`
}

// writeFileSD tells Prometheus where to scrape, in a file for its file_sd_config, if there is to be one.
func (s *server) writeFileSD() error {
	if *s.flags.fileSD == "" {
		return nil
	}
	t := fileSD{Labels: make(map[string]string)}
	for _, l := range s.listeners {
		t.Targets = append(t.Targets, reachable(l.Addr()))
	}
	if path := *s.flags.telemetryPath; path != "/metrics" {
		t.Labels["__metrics_path__"] = path
	}
	if strings.HasPrefix(s.url(), "https:") {
		t.Labels["__scheme__"] = "https"
	}
	text, err := json.Marshal([]fileSD{t})
	if err != nil {
		return err
	}
	err = wholefile.Write(*s.flags.fileSD, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return fmt.Errorf("--web.file-sd: %w", err)
	}
	return nil
}

// removeFileSD takes the target away: Prometheus would go on scraping nobody.
func (s *server) removeFileSD() error {
	if *s.flags.fileSD == "" {
		return nil
	}
	if err := os.Remove(*s.flags.fileSD); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--web.file-sd: %w", err)
	}
	return nil
}

// reachable is where an address can be reached from this host.
func reachable(a net.Addr) string {
	address := a.String()
	if host, port, err := net.SplitHostPort(address); err == nil && net.ParseIP(host).IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}
