package bus

// Message is what a subscription gets.
type Message struct {
	Subject string // that it was published on
	Reply   string // where an answer is expected; empty if none is
	Data    []byte // belongs to the receiver
}
