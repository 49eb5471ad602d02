package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/snn/model"
)

func schemaCommand() *cobra.Command {
	var training bool
	c := &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of model files, for editors", Args: cobra.NoArgs,
		Long: `Print the JSON Schema (draft 2020-12) of model files. Editors complete and check with
it: save it as volley.schema.json, and start a model with the line
# yaml-language-server: $schema=volley.schema.json`,
		RunE: func(*cobra.Command, []string) error {
			text := model.Schema()
			if training {
				text = model.TrainingSchema()
			}
			_, err := os.Stdout.Write(text)
			return err
		},
	}
	c.Flags().BoolVar(&training, "training", false, "that of the files that volley train reads")
	return c
}
