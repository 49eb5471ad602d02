package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/snn/model"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of model files, for editors", Args: cobra.NoArgs,
		Long: `Print the JSON Schema (draft 2020-12) of model files. Editors complete and check with
it: save it as volley.schema.json, and start a model with the line
# yaml-language-server: $schema=volley.schema.json`,
		RunE: func(*cobra.Command, []string) error {
			_, err := os.Stdout.Write(model.Schema())
			return err
		},
	}
}
