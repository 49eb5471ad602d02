package bus

import "time"

// RequestTimeout is the deadline of a Request or Flush whose context has none.
const RequestTimeout = 10 * time.Second

// Stats counts what went through one connection, and what holds on to it.
type Stats struct {
	Published      uint64 // messages, requests and answers included
	PublishedBytes uint64
	Delivered      uint64 // messages handed to deliver or answer
	DeliveredBytes uint64
	Dropped        uint64 // messages known to be lost on the way to a subscription of this connection
	Disconnects    uint64 // times that the connection broke; messages in flight may be lost each time
	Reconnects     uint64 // times that it came back
	Subscriptions  int    // that hold now
	Troubles       uint64 // all that Lost told, or would have told had it been read
}
