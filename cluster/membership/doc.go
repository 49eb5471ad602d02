// Package membership knows which nodes there are: it joins a cluster through any of
// its nodes, tells who joined, left and died, and carries a few words of each
// member to all others. It gossips by memberlist (SWIM with Lifeguard), and is the
// only package that knows it.
//
// Gossip says that a member is dead when nobody reaches it any more. A machine
// that is merely overloaded can look like that, and may come back; whoever acts on
// a death wants a second sign (the bus).
package membership
