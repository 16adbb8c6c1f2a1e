//go:build unix

package main

import (
	"os"
	"syscall"
)

// group gives the child a process group of its own, so that what it starts can be signalled with it, and reports whether it
// did. At a terminal it stays in ours: the terminal then gives Ctrl-C and Ctrl-Z to both, as people expect.
func (c *child) group(terminal bool) bool {
	if terminal {
		return false
	}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return true
}

// forwarded are the signals that the child is to get from us. Those of the terminal's keys it gets by itself there.
func (c *child) forwarded() []os.Signal {
	signals := []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
	if c.own {
		signals = append(signals, syscall.SIGINT, syscall.SIGQUIT)
	}
	return signals
}

func (c *child) signal(s os.Signal) {
	number, ok := s.(syscall.Signal)
	if !ok {
		return
	}
	c.send(number)
	if number == syscall.SIGTERM || number == syscall.SIGHUP {
		c.send(syscall.SIGCONT) // as a shell does: a child that is stopped would not end
	}
}

func (c *child) send(s syscall.Signal) {
	if c.own {
		_ = syscall.Kill(-c.cmd.Process.Pid, s) // it may be gone by now
		return
	}
	_ = c.cmd.Process.Signal(s)
}

func (c *child) terminate() { c.signal(syscall.SIGTERM) }

func (c *child) kill() { c.signal(syscall.SIGKILL) }

func (c *child) groupAlive() bool { return syscall.Kill(-c.cmd.Process.Pid, 0) == nil }

func signalled(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exitFailed
}
