package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a program under load, in a process of its own.
type server struct {
	cmd     *exec.Cmd
	address string
	dir     string                // where it keeps its data, empty for nowhere; removed when it stops
	counted func() (int64, error) // how many events it has
}

// start starts a server and waits until its log matches; the match's group is the address.
func start(program, dir string, listening *regexp.Regexp, args ...string) (*server, error) {
	s := &server{cmd: exec.Command(program, args...), dir: dir}
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
	return nil, errors.Join(fmt.Errorf("%s does not listen", program), s.cmd.Wait())
}

// stop ends it in order.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return errors.Join(s.cmd.Wait(), os.RemoveAll(s.dir))
}

// cpu is the processor time that it has used; 0 where /proc does not tell.
func (s *server) cpu() time.Duration {
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

// memory is what /proc says of its memory in bytes: VmRSS what it has, VmHWM the most that it has had; 0 where /proc does not tell.
func (s *server) memory(what string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), what+":")
	kB, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kB, 10, 64)
	return n << 10
}
