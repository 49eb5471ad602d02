package batch

import "github.com/volley-snn/volley/snn/ssdp/pairsum"

// Statistics are counts over samples: integers, so that those of shards add up to
// those of the batch in any order.
type Statistics struct {
	Samples   int
	Both      int64 // neuron pairs that both fired, over the samples
	Pre, Post LayerStatistics
}

// LayerStatistics are the counts of a layer.
type LayerStatistics struct {
	Fired []int64 // samples in which a neuron fired
	First []int64 // spikes that are a sample's of their neuron, by tick
}

// Count adds the loaded samples to st, whose zero value has none.
func (s *Samples) Count(st *Statistics) {
	st.Samples += s.n
	for b := range s.n {
		st.Both += int64(len(s.pre.active.Of(b))) * int64(len(s.post.active.Of(b)))
	}
	st.Pre.count(&s.pre.active, s.ticks)
	st.Post.count(&s.post.active, s.ticks)
}

func (l *LayerStatistics) count(a *pairsum.Active, ticks int) {
	l.size(a.Neurons, ticks)
	for _, e := range a.Entries {
		i, t := pairsum.Unpack(e)
		l.Fired[i]++
		l.First[t]++
	}
}

// size makes room in counts that are new.
func (l *LayerStatistics) size(neurons, ticks int) {
	if l.Fired == nil {
		l.Fired, l.First = make([]int64, neurons), make([]int64, ticks)
	}
}

// Merge adds the counts of another shard.
func (st *Statistics) Merge(o *Statistics) {
	st.Samples += o.Samples
	st.Both += o.Both
	st.Pre.merge(&o.Pre)
	st.Post.merge(&o.Post)
}

func (l *LayerStatistics) merge(o *LayerStatistics) {
	l.size(len(o.Fired), len(o.First))
	for i, n := range o.Fired {
		l.Fired[i] += n
	}
	for t, n := range o.First {
		l.First[t] += n
	}
}

// Clear sets the counts to zero.
func (st *Statistics) Clear() {
	st.Samples, st.Both = 0, 0
	for _, x := range [][]int64{st.Pre.Fired, st.Pre.First, st.Post.Fired, st.Post.First} {
		clear(x)
	}
}

// S is the mean of the samples' S: the share of neuron pairs that both fired.
func (st *Statistics) S() float64 {
	return float64(st.Both) / float64(len(st.Pre.Fired)) / float64(len(st.Post.Fired)) / float64(st.Samples)
}

// Fraction is the mean share of a layer's neurons that fire in one of so many samples.
func (l *LayerStatistics) Fraction(samples int) float64 {
	n := int64(0)
	for _, k := range l.Fired {
		n += k
	}
	return float64(n) / float64(len(l.Fired)) / float64(samples)
}

// Silent is the number of neurons that fired in no sample.
func (l *LayerStatistics) Silent() int {
	n := 0
	for _, k := range l.Fired {
		if k == 0 {
			n++
		}
	}
	return n
}
