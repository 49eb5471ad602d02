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
				for _, folder := range []string{"", "train/", "train/sweeps/"} {
					if text, err := fs.ReadFile(examples.Files, folder+args[0]+".yaml"); err == nil {
						_, err = os.Stdout.Write(text)
						return err
					}
				}
				return noExample("", args[0])
			}
			return listExamples()
		},
	}
}

// listExamples prints every example's name and description, by what runs it.
func listExamples() error {
	for _, part := range []struct {
		title, folder string
		describe      func(name string) (string, error)
	}{
		{"", "", func(name string) (string, error) {
			m, err := model.Load(examples.Files, name, model.Options{})
			if err != nil {
				return "", err
			}
			return m.Description, nil
		}},
		{"\nvolley run example:NAME runs one; volley examples NAME prints its model file.\n\nTrained with labels, by volley train example:NAME:", "train/", func(name string) (string, error) {
			m, err := model.LoadTraining(examples.Files, name, model.Options{})
			if err != nil {
				return "", err
			}
			return m.Description, nil
		}},
		{"\nExperiments with those, by volley sweep example:NAME:", "train/sweeps/", func(name string) (string, error) {
			s, err := model.LoadSweep(examples.Files, name, model.Options{})
			if err != nil {
				return "", err
			}
			return s.Description, nil
		}},
	} {
		if part.title != "" {
			fmt.Println(part.title)
		}
		names, err := fs.Glob(examples.Files, part.folder+"*.yaml")
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := part.describe(name)
			if err != nil {
				return err
			}
			fmt.Println(strings.TrimSuffix(strings.TrimPrefix(name, part.folder), ".yaml"))
			for _, line := range wrap(text, 76) {
				fmt.Println("    " + line)
			}
		}
	}
	return nil
}

// wrap breaks text into lines of at most width letters, where its words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// noExample says that there is no such example in a folder, and which there are.
func noExample(folder, name string) error {
	files, _ := fs.Glob(examples.Files, folder+"*.yaml") // the pattern is well formed
	for i := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(files[i], folder), ".yaml")
	}
	return usageError{fmt.Errorf("there is no example %q; expected one of %s", name, strings.Join(files, ", "))}
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
