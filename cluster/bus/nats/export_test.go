package nats

import natsserver "github.com/nats-io/nats-server/v2/server"

// InProcess is the server itself, for measuring nats.go without the bus.
func (s *Server) InProcess() *natsserver.Server { return s.s }

// LetGo closes the connections of all clients.
func (s *Server) LetGo() {
	all, _ := s.s.Connz(nil)
	for _, c := range all.Conns {
		_ = s.s.DisconnectClientByID(c.Cid)
	}
}

// Reconnects is how often the connection came back.
func (b *Bus) Reconnects() uint64 { return b.conn.Stats().Reconnects }
