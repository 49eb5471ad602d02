// Package control is what nodes, coordinators and clients say to each other about
// runs, as protobuf. control.proto describes each message.
package control

// Protocol is the version of what is said. Nodes of another refuse each other.
const Protocol = 1

//go:generate sh -c "cd gen && go run . -dir .. -proto control.proto -out ../control.pb.go"
