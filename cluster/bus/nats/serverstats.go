package nats

// ServerStats is what holds on to a server now.
type ServerStats struct {
	Connections   int // of clients
	Subscriptions int // of clients, and of other servers on behalf of theirs
	Routes        int // connections to other servers
	Dialled       int // servers that it connects to, or tries to for as long as it runs
}

// Stats says what holds on to the server now.
func (s *Server) Stats() ServerStats {
	s.mu.Lock()
	dialled := len(s.routes)
	s.mu.Unlock()
	return ServerStats{Connections: s.s.NumClients(), Subscriptions: int(s.s.NumSubscriptions()), Routes: s.s.NumRoutes(), Dialled: dialled}
}
