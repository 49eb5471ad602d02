package recurrent

// Windows is how many windows of so many ticks a trial has; the last may be cut.
func (n *Network) Windows(ticks int) int { return (n.Ticks + ticks - 1) / ticks }

// AppendWindows appends when neurons first spike in each window of so many ticks, or
// last: of the layer, or of its inputs; ticks where they do not. Rows are samples,
// and within them windows.
func (s *Shard) AppendWindows(times []int32, layer bool, ticks int, last bool) []int32 {
	lists, neurons := &s.Input, s.net.Inputs
	if layer {
		lists, neurons = &s.Spikes, s.net.Hidden
	}
	windows, at := s.net.Windows(ticks), len(times)
	for range s.Samples * windows * neurons {
		times = append(times, int32(ticks))
	}
	for t := range s.net.Ticks {
		for b := range s.Samples {
			row := times[at+(b*windows+t/ticks)*neurons:][:neurons]
			for _, i := range lists.Row(t*s.Samples + b) {
				if last || row[i] == int32(ticks) {
					row[i] = int32(t % ticks)
				}
			}
		}
	}
	return times
}
