package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// sidecar is a genmeter in a process of its own.
type sidecar struct {
	cmd     *exec.Cmd
	address string
}

var listening = regexp.MustCompile(`msg="listening" address=(\S+)`)

func startSidecar(program string, args ...string) (*sidecar, error) {
	s := &sidecar{cmd: exec.Command(program, append([]string{"serve", "--web.listen-address=127.0.0.1:0"}, args...)...)}
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			s.address = found[1]
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("genmeter does not listen"), s.cmd.Wait())
}

// stop ends it in order.
func (s *sidecar) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// calls is how many it has counted.
func (s *sidecar) calls() (int64, error) {
	resp, err := http.Get("http://" + s.address + "/api/v1/progress")
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	var p struct{ Calls int64 }
	return p.Calls, json.NewDecoder(resp.Body).Decode(&p)
}

// cpu is the processor time that it has used; 0 where /proc does not tell.
func (s *sidecar) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest) // from the third on
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 everywhere
	return time.Duration(user+system) * tick
}

// peakMemory is the most memory that it has had, in bytes; 0 where /proc does not tell.
func (s *sidecar) peakMemory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kB, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kB, 10, 64)
	return n << 10
}
