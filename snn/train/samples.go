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
	if n.Direct {
		for b, image := range images {
			for i, x := range image {
				s.Current[b*n.Inputs+i] = float32(x) / 255
			}
		}
		return
	}
	for tick := range n.Ticks {
		for b, i := range index {
			s.Input.Index = t.spikes(s.Input.Index, i, images[b], tick)
			s.EndInput(tick, b)
		}
	}
}

// spikes appends which inputs of sample i, whose image is given, spike in a tick.
func (t *Trainer) spikes(out []uint32, i int32, image []byte, tick int) []uint32 {
	if t.set.Trials != nil {
		return append(out, t.set.Trials.Of(int(i), tick)...)
	}
	return t.Encoder.Append(out, image, tick, encodingKey(t.Seed, t.epoch, t.set.number(i)).Lanes())
}

// plainImage is the image of sample i; nil of a trial that was recorded.
func (t *Trainer) plainImage(i int32) []byte {
	if t.set.Images == nil {
		return nil
	}
	return t.set.Images.Image(int(i))
}

// images are the samples' images, changed where they are learned.
func (t *Trainer) images(index []int32) [][]byte {
	out := make([][]byte, len(index))
	plain := t.epoch == testEpoch || t.Augmentation.Shift == 0 && !t.Augmentation.Flip
	for b, i := range index {
		if plain {
			out[b] = t.plainImage(i)
			continue
		}
		out[b] = t.Augmentation.image(make([]byte, t.Net.Inputs), t.set.Images, int(i), augmentationKey(t.Seed, t.epoch, t.set.number(i)))
	}
	return out
}
