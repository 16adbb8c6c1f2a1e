package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

// child is the generator that run started, and what it starts itself.
type child struct {
	cmd  *exec.Cmd
	own  bool          // it has a process group of its own
	done chan struct{} // closed when it has ended
	err  error         // of Wait, once it has
}

// Exit codes of a command that could not be started, as shells have them.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// codeError ends the program with a code of its own; without an error it has been said why.
type codeError struct {
	code int
	error
}

func (e codeError) Unwrap() error { return e.error }

// startChild starts a command that has our standard input and output.
func startChild(e env, command, environ []string) (*child, error) {
	c := &child{cmd: exec.Command(command[0], command[1:]...), done: make(chan struct{})}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr, c.cmd.Env = e.stdin, e.stdout, e.stderr, environ
	c.cmd.WaitDelay = time.Second // where these are no files: nobody reads from a child that has ended
	c.own = c.group(isTerminal(e.stdin))
	if err := c.cmd.Start(); err != nil {
		code := exitNotExecutable
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			code = exitNotFound
		}
		return nil, codeError{code, fmt.Errorf("starting the generator: %w", err)}
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// forward hands signals on to the child until the function that it returns is called.
func (c *child) forward() (stop func()) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, c.forwarded()...)
	go func() {
		for s := range signals {
			c.signal(s)
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// exitCode is the child's, as a shell gives it: 128 and the signal for one that a signal ended.
func (c *child) exitCode() int {
	if code := c.cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	return signalled(c.cmd.ProcessState)
}

// end ends the child and what it started: by SIGTERM, and by SIGKILL what is there after grace.
func (c *child) end(grace time.Duration) {
	c.terminate()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		c.kill()
		<-c.done
	}
}

// cleanUp ends what the child left behind in its process group.
func (c *child) cleanUp(grace time.Duration) {
	if !c.own || !c.groupAlive() {
		return
	}
	c.terminate()
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); waited < grace; waited += pause {
		time.Sleep(pause)
		if !c.groupAlive() {
			return
		}
	}
	c.kill()
}
