package main

import (
	"fmt"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/report"
)

func reportCommand() *cobra.Command {
	var show string
	c := &cobra.Command{
		Use: "report DIR", Short: "Make one HTML file of a run's directory", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if show != "yes" && show != "no" {
				return usageError{fmt.Errorf("--open %s: expected yes or no", show)}
			}
			path, err := report.Write(args[0])
			if err != nil {
				return err
			}
			fmt.Println(path)
			if show == "no" {
				return nil
			}
			return open(path)
		},
	}
	c.Flags().StringVar(&show, "open", "no", "show the report in a browser: yes or no")
	return c
}

// open hands a file to the program that the system shows it with.
func open(path string) error {
	name, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", path}
	}
	command := exec.Command(name, args...)
	if err := command.Start(); err != nil {
		return fmt.Errorf("the report is written, but cannot be shown: %w", err)
	}
	return command.Process.Release() // a browser stays
}
