//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps a terminal's interrupt from a command: it is for us to pass on.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// suspend lets a process stand still, resume go on.
func suspend(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGSTOP) }

func resume(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGCONT) }
