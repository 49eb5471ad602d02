package main

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/model"
)

func examplesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "examples [NAME]", Short: "List the examples, or print one's model file", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				text, err := fs.ReadFile(examples.Files, args[0]+".yaml")
				if err != nil {
					return usageError{fmt.Errorf("there is no example %q; `volley examples` lists them", args[0])}
				}
				_, err = os.Stdout.Write(text)
				return err
			}
			names, err := fs.Glob(examples.Files, "*.yaml")
			if err != nil {
				return err
			}
			for _, name := range names {
				m, err := model.Load(examples.Files, name, model.Options{})
				if err != nil {
					return err
				}
				fmt.Printf("%-14s %s\n", strings.TrimSuffix(name, ".yaml"), strings.Join(strings.Fields(m.Description), " "))
			}
			return nil
		},
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Printf("volley %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
