package batch

import "github.com/volley-snn/volley/snn/ssdp/pairsum"

// other is a neuron that is not silent at the time of the silent.
type other struct {
	neuron int
	moment
	alone float64 // what it gets with a silent partner, less what two silent get
}

// addPairs adds the change pair by pair, for times of any kind. The split is that
// of terms.
func (r *Rule) addPairs(dw []float32, s *Samples, rest *pairsum.RankTwo) {
	silentPost, silentPre := moment{false, s.post.silentAt}, moment{false, s.pre.silentAt}
	none := r.value(silentPost, silentPre)
	byPost := s.post.others(s.n, true, func(m moment) float64 { return r.value(m, silentPre) - none })
	byPre := s.pre.others(s.n, false, func(m moment) float64 { return r.value(silentPost, m) - none })
	n := s.pre.layer.Neurons
	all := 0.0
	alone := make([]float64, n) // of each pre neuron, over the samples
	for b, f := range s.factor {
		all += float64(f * none)
		for _, i := range byPre[b] {
			alone[i.neuron] += float64(f * i.alone)
		}
	}
	sum := make([]float64, n)
	for j := range s.post.layer.Neurons {
		copy(sum, alone)
		start := all
		for _, o := range byPost[j] {
			b := o.neuron // others by neuron name the sample
			f := s.factor[b]
			start += float64(f * o.alone)
			for _, i := range byPre[b] {
				sum[i.neuron] += float64(f * (r.value(o.moment, i.moment) - o.alone - i.alone - none))
			}
		}
		row := dw[j*n : (j+1)*n]
		for i := range row {
			d := sum[i] + start
			if rest != nil {
				d -= float64(float64(rest.A[j])*float64(rest.X[i])) + float64(float64(rest.Y[j])*float64(rest.Q[i]))
			}
			row[i] += float32(d)
		}
	}
}

// others lists the neurons that are not silent at the silent's time, by sample; or
// by neuron, each entry then naming its sample.
func (d *side) others(samples int, byNeuron bool, alone func(moment) float64) [][]other {
	l := &d.layer
	lists := samples
	if byNeuron {
		lists = l.Neurons
	}
	out := make([][]other, lists)
	for b := range samples {
		fired := d.active.Of(b)
		for i := range l.Neurons {
			m := moment{at: l.time(b*l.Neurons + i)}
			if len(fired) > 0 && fired[0]&0xffff == uint32(i) {
				m.fired, fired = true, fired[1:]
			}
			if !m.fired && m.at == d.silentAt {
				continue
			}
			o := other{moment: m, alone: alone(m)}
			if byNeuron {
				o.neuron = b
				out[i] = append(out[i], o)
			} else {
				o.neuron = i
				out[b] = append(out[b], o)
			}
		}
	}
	return out
}
