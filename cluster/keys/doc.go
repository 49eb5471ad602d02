// Package keys makes and reads what closes a cluster to strangers: a certificate
// authority of its own, certificates of nodes and clients, the key of gossip, and
// names and passwords of NATS. Init writes them all into a directory, Load reads a
// configuration back, and Identity turns it into what membership and bus want.
//
// All nodes share one certificate and key: who holds the directory is a node.
// Clients get the files of ClientFiles only; those neither let them serve as a node
// nor join the routes between NATS servers. They do hold the gossip key, since a
// client finds the nodes by it.
package keys
