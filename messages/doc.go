// Package messages is what the nodes of a run write to each other: frames, which
// carry a checksum, and in them the envelope of a step. The layout is public:
// docs/WIRE.md describes it byte by byte. Numbers are little-endian; a varint is
// that of encoding/binary, a zigzag one where it may be negative.
//
// Decoders take any bytes: what is wrong is an error, and no more memory is taken
// than the bytes could fill.
package messages
