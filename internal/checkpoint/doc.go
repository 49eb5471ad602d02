// Package checkpoint keeps the states of a run where a run that died can be taken up
// again.
//
// A checkpoint is some parts, each of many sections (snn/state), and a manifest that
// is written when all parts are safe: it names them with their sizes and digests, and
// the segments of recorded rows that belong to the run so far. A checkpoint without a
// whole manifest does not exist. Keys in the store:
//
//	c00000012.part-0003           sections, each with a checksum
//	c00000012.manifest            written last
//	segments/spikes-0000.00000007 rows, by epoch and number; see Journal
//
// A part is the magic and the version, then frames: the length of the header, the
// header (kind, name, range, encoding, sizes), its CRC-32C, the data, its CRC-32C; an
// empty header ends it, with the number of frames. Its digest is SHA-256 over all
// that but the data itself, for which its checksum stands: data is summed once, at the
// speed of CRC-32C, on its way to the store. Integers are little-endian. Data is packed
// with zstd where a sample of it shrinks by a fifth, and samples of all sections of the
// part say that a tenth of it is saved.
package checkpoint
