package batch

// SetTrain sets the layer's spike times from its trains: train is [ticks x
// samples x neurons], and a value above 0 is a spike. That is also what the
// published transformer makes of the real-valued stream beside its projection;
// the corrected rule gives the spikes that enter and leave the weight.
//
// A neuron's time is its first spike, or its last with the quirk LastSpike; that
// of a silent one is ticks, or 0 with SilentAtZero. The layer keeps its slices
// for the next call.
func (l *Layer) SetTrain(train []float32, ticks, neurons int, q Quirks) {
	n := len(train) / ticks
	if cap(l.First) < n {
		l.First = make([]int32, n)
	}
	l.Neurons, l.First, l.At = neurons, l.First[:n], nil
	for k := range l.First {
		l.First[k] = int32(ticks)
	}
	for t := range ticks {
		at := t
		if !q.LastSpike { // the earliest is written last
			at = ticks - 1 - t
		}
		for k, x := range train[at*n : (at+1)*n] {
			if x > 0 {
				l.First[k] = int32(at)
			}
		}
	}
	l.Fired = l.Fired[:0]
	if !q.SilentAtZero {
		l.Fired = nil
		return
	}
	for k, t := range l.First {
		fired := float32(1)
		if t == int32(ticks) {
			l.First[k], fired = 0, 0
		}
		l.Fired = append(l.Fired, fired)
	}
}
