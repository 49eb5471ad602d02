package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/download"
)

func dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "data", Short: "Fetch public data sets",
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var from, dir string
	get := &cobra.Command{
		Use: "get NAME", Short: "Fetch a data set into --data, and check it", Args: cobra.ExactArgs(1),
		Long: "Fetch a data set into a folder of its name, and check what came against its\nchecksums. What is there already, and right, stays. The sets:\n\n" + sets(),
		RunE: func(c *cobra.Command, args []string) error {
			s := download.Named(args[0])
			if s == nil {
				return usageError{fmt.Errorf("there is no data set %q; expected one of %s", args[0], strings.Join(setNames(), ", "))}
			}
			return download.Get(c.Context(), s, dir, from, func(f *download.File, there bool) {
				what := "fetched"
				if there {
					what = "is there"
				}
				fmt.Fprintln(os.Stderr, filepath.Join(dir, s.Name, f.Name), what)
			})
		},
	}
	get.Flags().StringVar(&dir, "data", ".", "directory that data sets lie in, as volley train --data has it")
	get.Flags().StringVar(&from, "from", "", "URL or directory of a mirror that has the files")
	c.AddCommand(get)
	return c
}

// sets describes the data sets, a line each.
func sets() string {
	var b strings.Builder
	for _, s := range download.Sets {
		fmt.Fprintf(&b, "  %-14s %s (%s)\n", s.Name, s.What, s.Licence)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func setNames() (names []string) {
	for _, s := range download.Sets {
		names = append(names, s.Name)
	}
	return names
}
