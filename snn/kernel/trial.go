package kernel

import "github.com/volley-snn/volley/snn/protocol"

// Trial is one presentation of an item to the network.
type Trial = protocol.Trial
