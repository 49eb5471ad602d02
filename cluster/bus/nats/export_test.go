package nats

import natsserver "github.com/nats-io/nats-server/v2/server"

// InProcess is the server itself, for measuring nats.go without the bus.
func (s *Server) InProcess() *natsserver.Server { return s.s }
