package train

import "github.com/volley-snn/volley/snn/train/recurrent"

// encode makes the input of a shard.
func (t *Trainer) encode(s *recurrent.Shard, index []int32) {
	n := t.Net
	for b, i := range index {
		s.Labels[b] = int32(t.set.Labels[i])
		lanes := potentialKey(t.Seed, t.epoch, t.set.number(i)).Lanes()
		v := s.Initial[b*n.Hidden : (b+1)*n.Hidden]
		for j := range v {
			v[j] = t.V0[0] + float32((t.V0[1]-t.V0[0])*lanes.Uniform(uint32(j)))
		}
	}
	if t.noise != nil {
		t.encodeNoisy(s, index)
		return
	}
	images := t.images(index)
	for tick := range n.Ticks {
		for b, i := range index {
			s.Input.Index = t.Encoder.Append(s.Input.Index, images[b], tick, encodingKey(t.Seed, t.epoch, t.set.number(i)).Lanes())
			s.EndInput(tick, b)
		}
	}
}

// images are the samples' images, changed where they are learned.
func (t *Trainer) images(index []int32) [][]byte {
	out := make([][]byte, len(index))
	plain := t.epoch == testEpoch || t.Augmentation == (Augmentation{})
	for b, i := range index {
		if plain {
			out[b] = t.set.Images.Image(int(i))
			continue
		}
		out[b] = t.Augmentation.image(make([]byte, t.Net.Inputs), t.set.Images, int(i), augmentationKey(t.Seed, t.epoch, t.set.number(i)))
	}
	return out
}
