package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/cluster/keys"
)

// clusterCommand is about the keys of a cluster; nodes and runs have commands of
// their own.
func clusterCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "cluster", Short: "Make the keys of a cluster",
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(clusterInitCommand())
	return c
}

func clusterInitCommand() *cobra.Command {
	var o keys.Options
	var years int
	c := &cobra.Command{
		Use: "init DIR", Short: "Write the keys, certificates and configuration of a new cluster into a directory", Args: cobra.ExactArgs(1),
		Long: `Write the keys of a new cluster into a directory: a certificate authority of its own,
certificates of nodes and clients, the key of gossip, and passwords of NATS. Nothing is
overwritten. Nodes get the whole directory but ` + keys.CAKeyFile + `, which is needed only to issue further
certificates; machines that only submit runs get the files of clients.`,
		RunE: func(c *cobra.Command, args []string) error {
			if years < 1 {
				return usageError{fmt.Errorf("--years: must be at least 1, is %d", years)}
			}
			o.Validity = time.Duration(years) * 365 * 24 * time.Hour
			if err := o.Validate(); err != nil {
				return usageError{err}
			}
			dir := args[0]
			files, err := keys.Init(dir, o)
			if errors.Is(err, fs.ErrExist) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			fmt.Fprintf(out, "%d files in %s, readable by you alone\n", len(files), dir)
			fmt.Fprintf(out, "nodes:   volley node --config %s ...\n", filepath.Join(dir, keys.ConfigFile))
			fmt.Fprintf(out, "clients: volley run MODEL --cluster HOST:PORT --config %s   (needs", filepath.Join(dir, keys.ClientConfigFile))
			for _, name := range keys.ClientFiles() {
				fmt.Fprint(out, " ", name)
			}
			_, err = fmt.Fprintln(out, ")")
			return err
		},
	}
	c.Flags().StringVar(&o.Cluster, "name", keys.Default().Cluster, "name of the cluster")
	c.Flags().StringSliceVar(&o.Hosts, "host", nil, "names and addresses of nodes, for NATS clients other than volley")
	c.Flags().IntVar(&years, "years", int(keys.DefaultValidity/(365*24*time.Hour)), "how long the certificates hold")
	return c
}
