package main

import "os"

// On Windows the child shares our console: Ctrl-C reaches both, and nothing else can be handed on.

func (c *child) group(bool) bool { return false }

func (c *child) forwarded() []os.Signal { return []os.Signal{os.Interrupt} }

func (c *child) signal(os.Signal) {}

func (c *child) terminate() { c.kill() }

func (c *child) kill() { _ = c.cmd.Process.Kill() } // it may be gone by now

func (c *child) groupAlive() bool { return false }

func signalled(*os.ProcessState) int { return exitFailed }
