// Package topology lets actors see the cluster: it is a ClusterProvider of the actor
// library over cluster/membership. Members whose actors have started are in the
// library's topology while membership holds them alive.
//
// Placement and messages between nodes do not go this way. Partitions are placed by
// the plan, and nodes talk on the bus.
package topology
