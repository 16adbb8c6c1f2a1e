package main

import (
	"encoding/json"
	"net/http"
	"regexp"
)

var listening = regexp.MustCompile(`msg="listening" address=(\S+)`)

// startSidecar starts a genmeter; dataDir is empty for none.
func startSidecar(program, dataDir string) (*server, error) {
	args := []string{"serve", "--web.listen-address=127.0.0.1:0"}
	if dataDir != "" {
		args = append(args, "--data-dir="+dataDir)
	}
	s, err := start(program, dataDir, listening, args...)
	if err != nil {
		return nil, err
	}
	s.counted = s.calls
	return s, nil
}

// calls is how many it has counted.
func (s *server) calls() (int64, error) {
	resp, err := http.Get("http://" + s.address + "/api/v1/progress")
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	var p struct{ Calls int64 }
	return p.Calls, json.NewDecoder(resp.Body).Decode(&p)
}
