// Command volley simulates networks of spiking neurons that learn from group
// synchrony.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/model"
)

// version is the release; the linker may set it.
var version = "0.1.0-dev"

// Exit codes, as docs promise them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2 // bad usage or a bad model
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends what is slow to stop
	os.Exit(execute(ctx, os.Args[1:], os.Stderr))
}

// kept is joined to the error of what was interrupted, and says what it left.
type kept string

func (k kept) Error() string { return string(k) }

// errWritten is that of a run.
const errWritten = kept("what was computed has been written")

// usageError is a mistake on the command line or in what it names.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// execute runs a command line and returns the exit code. Errors go to stderr.
func execute(ctx context.Context, args []string, stderr io.Writer) int {
	root := &cobra.Command{
		Use: "volley", Short: "Simulate spiking neural networks that learn from group synchrony",
		SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(trainCommand(), evalCommand(), sweepCommand(), dataCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		runCommand(), planCommand(), reportCommand(), benchCommand(), examplesCommand(), schemaCommand(), versionCommand(),
		nodeCommand(), clusterCommand(), statusCommand(), topCommand(), runsCommand(), attachCommand(), cancelCommand(), fetchCommand(), checkpointCommand(), drainCommand(),
	)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var faults model.Faults
	var usage usageError
	var fault *engine.Fault
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled) && !errors.Is(err, engine.ErrBuilding):
		var left kept
		if errors.As(err, &left) {
			fmt.Fprintln(stderr, "volley: interrupted;", left)
		} else {
			fmt.Fprintln(stderr, "volley: interrupted")
		}
		return exitInterrupted
	case errors.As(err, &faults):
		fmt.Fprintln(stderr, faults)
		return exitUsage
	}
	fmt.Fprintln(stderr, "volley:", err)
	if errors.Is(err, engine.ErrBuilding) {
		return exitInterrupted
	}
	if errors.As(err, &fault) {
		fmt.Fprintln(stderr, "what was computed before has been written")
		if fault.Stack != nil {
			fmt.Fprintf(stderr, "the model is not to blame for this; please report it with what follows\n%s", fault.Stack)
		}
	}
	if errors.As(err, &usage) || isUsage(err) {
		return exitUsage
	}
	return exitFailed
}

// isUsage recognises cobra's own complaints, which have no type.
func isUsage(err error) bool {
	for _, start := range []string{"unknown command", "accepts ", "requires at least", "unknown flag"} {
		if len(err.Error()) >= len(start) && err.Error()[:len(start)] == start {
			return true
		}
	}
	return false
}
