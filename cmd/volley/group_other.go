//go:build !unix

package main

import (
	"errors"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func suspend(*exec.Cmd) error { return errors.ErrUnsupported }

func resume(*exec.Cmd) error { return errors.ErrUnsupported }
