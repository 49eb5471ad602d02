package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/cluster/bus/nats"
)

// benchServerCommand is a NATS server to do something to.
func benchServerCommand() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use: "server", Short: "Run a NATS server until standard input ends", Args: cobra.NoArgs, Hidden: true,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := nats.Start(nats.ServerOptions{Listen: listen})
			if err != nil {
				return err
			}
			defer s.Shutdown()
			fmt.Printf("a NATS server is ready at %s\n", s.ClientURL())
			ctx, cancel := context.WithCancel(c.Context())
			go func() {
				_, _ = io.Copy(io.Discard, os.Stdin)
				cancel()
			}()
			<-ctx.Done()
			return nil
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "HOST:PORT")
	return c
}
