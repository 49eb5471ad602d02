package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
)

// clusterFlags are what every command about running nodes is told.
type clusterFlags struct{ cluster, config string }

// command makes a command that visits a cluster.
func (f *clusterFlags) command(use, short string, args cobra.PositionalArgs, do func(ctx context.Context, caller *actors.Caller, args []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(c *cobra.Command, args []string) error {
		s, err := visit(c.Context(), f.cluster, f.config)
		if err != nil {
			return err
		}
		defer s.close()
		return do(c.Context(), &actors.Caller{Bus: s.bus, Sender: "volley " + c.Name(), Version: version, Expected: s.nodes}, args)
	}}
	c.Flags().StringVar(&f.cluster, "cluster", defaultListen, "HOST:PORT of a node, or nats://HOST:PORT")
	c.Flags().StringVar(&f.config, "config", "", "configuration with the cluster's keys, of volley cluster init")
	return c
}

// words are the flags for another command about the same cluster.
func (f *clusterFlags) words() (flags string) {
	if f.cluster != defaultListen {
		flags += " --cluster " + f.cluster
	}
	if f.config != "" {
		flags += " --config " + f.config
	}
	return flags
}

func statusCommand() *cobra.Command {
	var f clusterFlags
	return f.command("status", "Show the nodes of a cluster and what they do", cobra.NoArgs, func(ctx context.Context, caller *actors.Caller, _ []string) error {
		nodes, err := caller.Nodes(ctx)
		if err != nil {
			return err
		}
		if len(nodes) == 0 {
			return fmt.Errorf("no node answers on the bus of %s", f.cluster)
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NODE\tADDRESS\tTHREADS\tMEMORY\tUSED\tUP\tVERSION\tRUNS")
		for _, r := range nodes {
			st := r.GetNodeStatus()
			var runs []string
			for _, run := range st.Runs {
				runs = append(runs, run.Run+" ("+stateWord(run.State)+")")
			}
			if st.Draining {
				runs = append(runs, "takes nothing new")
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", st.Name, st.Address, st.Threads, size(st.MemoryBytes), size(st.MemoryUsedBytes),
				time.Since(time.UnixMilli(st.SinceUnixMs)).Round(time.Second), r.Version, strings.Join(runs, ", "))
		}
		return w.Flush()
	})
}

func runsCommand() *cobra.Command {
	var f clusterFlags
	return f.command("runs", "List the runs of a cluster", cobra.NoArgs, func(ctx context.Context, caller *actors.Caller, _ []string) error {
		runs, err := caller.Runs(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "RUN\tMODEL\tSTATE\tDONE\tTIME\tREAL TIME\tCOORDINATOR\tWHY")
		for _, r := range runs {
			fmt.Fprintf(w, "%s\t%s\t%s\t%.1f %%\t%.6g ms\t%.2f x\t%s\t%s\n", r.Run, r.Model, stateWord(r.State), 100*r.Done, r.TimeMs, r.RealTimeFactor, r.Coordinator, r.GetFailure().GetWhy())
		}
		return w.Flush()
	})
}

// stateWord words where a run stands.
func stateWord(s control.State) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "STATE_"))
}

func attachCommand() *cobra.Command {
	var f clusterFlags
	return f.command("attach RUN", "Show how a run goes until it is over", cobra.ExactArgs(1), func(ctx context.Context, caller *actors.Caller, args []string) error {
		r, err := caller.Find(ctx, args[0])
		if err != nil {
			return err
		}
		progress := progressOf(false)
		last, err := caller.Follow(ctx, r.Run, r.Coordinator, progress.told)
		progress.end()
		if err != nil {
			return ended(err)
		}
		if last.Failure != nil {
			return ended(actors.RefusalOf(last.Failure))
		}
		for _, found := range last.Findings {
			fmt.Printf("  %-22s %s\n", found.Name, found.Text)
		}
		if text := injectedText(last.Injection); text != "" {
			fmt.Println(text)
		}
		fmt.Printf("%s is done: %d spikes in %.3g s; volley fetch %s%s gets its files\n", last.Run, last.Spikes, last.WallS, last.Run, f.words())
		return nil
	})
}

func cancelCommand() *cobra.Command {
	var f clusterFlags
	return f.command("cancel RUN", "End a run; what it has computed is kept", cobra.ExactArgs(1), func(ctx context.Context, caller *actors.Caller, args []string) error {
		r, err := caller.Find(ctx, args[0])
		if err != nil {
			return err
		}
		if err := caller.Cancel(ctx, r.Run, r.Coordinator, "volley cancel"); err != nil {
			return err
		}
		ctx, end := context.WithTimeout(ctx, cancelTimeout)
		defer end()
		last, err := caller.Follow(ctx, r.Run, r.Coordinator, func(*control.RunStatus) {})
		if err != nil {
			return fmt.Errorf("run %s was told to end: %w", r.Run, err)
		}
		fmt.Println(last.Run, "is", stateWord(last.State))
		return nil
	})
}

func fetchCommand() *cobra.Command {
	var f clusterFlags
	var out string
	var force bool
	c := f.command("fetch RUN", "Get the files of a run", cobra.ExactArgs(1), func(ctx context.Context, caller *actors.Caller, args []string) error {
		r, err := findOrRevive(ctx, caller, args[0])
		if err != nil {
			return err
		}
		if out == "" {
			out = "runs/" + r.Run
		}
		dir, err := record.Create(out, record.Options{Force: force})
		if err != nil {
			return usageError{err}
		}
		defer dir.Abort()
		whole, err := fetchInto(ctx, caller, r.Run, r.Coordinator, out)
		switch {
		case err != nil:
			return dir.Fail(err)
		case !whole:
			return fmt.Errorf("run %s is %s and its files are not whole; volley attach %s%s waits for its end", r.Run, stateWord(r.State), r.Run, f.words())
		}
		if r.State == control.State_STATE_DONE {
			_ = caller.Fetched(ctx, r.Run, r.Coordinator) // else its state stays until the node forgets it
		}
		fmt.Println("the run's files are in", out)
		return nil
	})
	c.Flags().StringVar(&out, "out", "", "directory to write to (default: runs/RUN)")
	c.Flags().BoolVar(&force, "force", false, "write into a directory that holds something else")
	return c
}

// findOrRevive is the run of a name; one that is not known any more, but has left its
// state in the store, is brought to its end again.
func findOrRevive(ctx context.Context, caller *actors.Caller, name string) (*control.RunStatus, error) {
	r, err := caller.Find(ctx, name)
	if err == nil || !actors.IsLost(err) || !actors.CheckName(name) {
		return r, err
	}
	node, failed := caller.Revive(ctx, name, "")
	if failed != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "volley: the node with the files of %s is gone: node %s computes its end again\n", name, node)
	return caller.Follow(ctx, name, node, func(*control.RunStatus) {})
}

func checkpointCommand() *cobra.Command {
	var f clusterFlags
	return f.command("checkpoint RUN", "Keep the state of a run now", cobra.ExactArgs(1), func(ctx context.Context, caller *actors.Caller, args []string) error {
		r, err := caller.Find(ctx, args[0])
		if err != nil {
			return err
		}
		at, err := caller.Checkpoint(ctx, r)
		if err != nil {
			return err
		}
		fmt.Printf("the state of %s is kept as of %.6g ms\n", r.Run, at)
		return nil
	})
}

func drainCommand() *cobra.Command {
	var f clusterFlags
	return f.command("drain NODE", "Let a node hand its part of runs over to others and take nothing new", cobra.ExactArgs(1), func(ctx context.Context, caller *actors.Caller, args []string) error {
		ctx, cancel := context.WithTimeout(ctx, drainTimeout)
		defer cancel()
		if err := caller.Drain(ctx, args[0]); err != nil {
			return err
		}
		fmt.Println("node", args[0], "has nothing left and takes nothing new: it can be ended")
		return nil
	})
}

// drainTimeout is how long a node that is to leave may take to hand over what it has.
const drainTimeout = 5 * time.Minute
