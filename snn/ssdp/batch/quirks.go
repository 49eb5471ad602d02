package batch

// Quirks are the ways in which the published code differs from its description,
// each by name. The zero Quirks, the default, follow the description.
type Quirks struct {
	// LastSpike takes a neuron's last spike for its first (the spiking
	// transformer: its cumulative sum and argmax find the last).
	LastSpike bool
	// BothSilentDepress takes A_base from a pair of which neither fired: both
	// have time T, so they look simultaneous.
	BothSilentDepress bool
	// SilentAtZero gives silent neurons time 0 instead of T (the attention block
	// of DA-SSDP).
	SilentAtZero bool
	// ExponentTwice divides the exponential rule's depression exponent by both
	// time constants. With equal constants, the rule is not zero only so.
	ExponentTwice bool
	// AnnealCycles lets the annealing cosine run on after its last epoch, so that
	// amplitudes rise again (the SHD network).
	AnnealCycles bool
	// RanksApart has each data-parallel worker add the change of its own samples
	// to its own replica, so that replicas drift apart.
	RanksApart bool
}

// PublishedQuirks are those of the official Gaussian rule as its spiking
// transformer runs it.
func PublishedQuirks() Quirks {
	return Quirks{LastSpike: true, BothSilentDepress: true, ExponentTwice: true, RanksApart: true}
}
