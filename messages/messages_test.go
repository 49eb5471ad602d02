package messages_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/volley-snn/volley/messages"
)

// train is random spikes of a number of ticks.
func train(r *rand.Rand, ticks, neurons int) (offsets, gids []uint32) {
	offsets = []uint32{0}
	for range ticks {
		start := len(gids)
		for range r.IntN(20) {
			gids = append(gids, uint32(r.IntN(neurons)))
		}
		slices.Sort(gids[start:])
		offsets = append(offsets, uint32(len(gids)))
	}
	return offsets, gids
}

func envelope(r *rand.Rand) *messages.Envelope {
	e := &messages.Envelope{FirstTick: r.Int64N(1e12), Ticks: r.Int64N(50), Watched: r.Int64N(1000)}
	for k := range r.IntN(4) {
		offsets, gids := train(r, int(e.Ticks), 1<<32-1)
		e.Batches = append(e.Batches, messages.Batch{Partition: uint32(k), Spikes: messages.AppendSpikes([]byte{}, offsets, gids)})
	}
	windows := func() (all []messages.Window) {
		for range r.IntN(3) {
			all = append(all, messages.Window{Measure: r.Int64N(9), Number: r.Int64N(1e6), End: r.Int64N(1e12), Counts: []int64{r.Int64(), -r.Int64(), 0}})
		}
		return all
	}
	e.Shares, e.Aggregates = windows(), windows()
	for range r.IntN(3) {
		e.Samples = append(e.Samples, messages.Samples{Signal: 1, Tick: r.Int64N(1e9), First: r.Uint32(), Values: []float64{r.NormFloat64(), math.Inf(-1), 0}})
	}
	return e
}

func TestEnvelopesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var got messages.Envelope
	for range 1000 {
		want := envelope(r)
		data := want.Append(nil)
		if err := got.Read(data); err != nil {
			t.Fatal(err)
		}
		if again := got.Append(nil); !bytes.Equal(again, data) {
			t.Fatalf("%+v came back as %+v", want, got)
		}
		for cut := range len(data) {
			if err := got.Read(data[:cut]); err == nil {
				t.Fatalf("the first %d of %d bytes were taken for an envelope", cut, len(data))
			}
		}
		if err := got.Read(append(data, 0)); err == nil {
			t.Fatal("a byte after the envelope was passed over")
		}
	}
}

func TestSpikesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 1000 {
		ticks := r.IntN(30)
		offsets, gids := train(r, ticks, 1+r.IntN(100_000))
		gotOffsets, gotGIDs, err := messages.Spikes(messages.AppendSpikes(nil, offsets, gids), ticks, nil, []uint32(nil))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(offsets, gotOffsets) || !slices.Equal(gids, gotGIDs) {
			t.Fatalf("%v %v came back as %v %v", offsets, gids, gotOffsets, gotGIDs)
		}
	}
}

func TestSpikesThatCannotBe(t *testing.T) {
	for name, data := range map[string][]byte{
		"cut short": {5, 2, 0}, "a number beyond the bytes": {0, 200, 1}, "too large": {0, 1, 0xff, 0xff, 0xff, 0xff, 0x1f}, "too long": {0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0},
		"too large in sum": {1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f}, "the lowest too large": {0xff, 0xff, 0xff, 0xff, 0x1f, 0}, "a tick too many": {0, 0, 0}, "a tick too few": {0}, "nothing": {},
	} {
		if _, _, err := messages.Spikes(data, 1, nil, []uint32(nil)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// A parrot repeats all that it was sent, in one tick.
func TestSpikesOfOneNeuronInOneTick(t *testing.T) {
	offsets, gids := []uint32{0, 3}, []uint32{7, 7, 7}
	_, got, err := messages.Spikes(messages.AppendSpikes(nil, offsets, gids), 1, nil, []uint32(nil))
	if err != nil || !slices.Equal(got, gids) {
		t.Errorf("%v came back as %v: %v", gids, got, err)
	}
}

func TestFramesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		var all []byte
		var frames []messages.Frame
		var bodies [][]byte
		for range 1 + r.IntN(4) {
			f := messages.Frame{Kind: messages.EnvelopeFrame, Epoch: r.Uint64(), From: r.Uint32(), Step: r.Int64(), Part: 2, Parts: 3}
			body := make([]byte, r.IntN(100))
			frames, bodies = append(frames, f), append(bodies, body)
			all = messages.AppendFrame(all, f, body)
		}
		rest := all
		for k := range frames {
			f, body, next, err := messages.NextFrame(rest)
			if err != nil {
				t.Fatal(err)
			}
			if f != frames[k] || !bytes.Equal(body, bodies[k]) {
				t.Fatalf("%+v %v came back as %+v %v", frames[k], bodies[k], f, body)
			}
			rest = next
		}
		if len(rest) > 0 {
			t.Fatalf("%d bytes are left", len(rest))
		}
		bit := r.IntN(8 * len(all))
		all[bit/8] ^= 1 << (bit % 8)
		for rest = all; len(rest) > 0; {
			var err error
			if _, _, rest, err = messages.NextFrame(rest); errors.Is(err, messages.ErrFrame) {
				break
			} else if err != nil || len(rest) == 0 {
				t.Fatalf("bit %d of %d was changed and nothing is wrong: %v", bit, 8*len(all), err)
			}
		}
	}
}

func TestPartsAreJoined(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	j := messages.NewJoiner(3)
	for step := range int64(20) {
		body := make([]byte, r.IntN(5*messages.MaxBody))
		for k := range body {
			body[k] = byte(r.Uint32())
		}
		var sent [][]byte
		_, err := messages.Split(nil, messages.Frame{Kind: messages.EnvelopeFrame, Step: step}, body, func(frame []byte) error {
			if len(frame) > 256<<10 {
				t.Errorf("a message of %d bytes", len(frame))
			}
			for range 1 + r.IntN(2) {
				sent = append(sent, bytes.Clone(frame))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r.Shuffle(len(sent), func(a, b int) { sent[a], sent[b] = sent[b], sent[a] })
		whole := 0
		for _, data := range sent {
			f, part, _, err := messages.NextFrame(data)
			if err != nil {
				t.Fatal(err)
			}
			if got := j.Add(f, part); got != nil {
				whole++
				if !bytes.Equal(got, body) {
					t.Fatal("a body came back changed")
				}
			}
		}
		if whole == 0 {
			t.Fatal("the parts were not joined")
		}
	}
}

func TestJoinerForgetsTheOldest(t *testing.T) {
	j := messages.NewJoiner(2)
	add := func(step int64, part uint16) []byte {
		return j.Add(messages.Frame{Step: step, Part: part, Parts: 2}, []byte{byte(part)})
	}
	add(1, 0)
	add(2, 0)
	add(3, 0)
	if got := add(1, 1); got != nil {
		t.Error("a body was kept beyond the bound")
	}
	if got := add(3, 1); !reflect.DeepEqual(got, []byte{0, 1}) {
		t.Errorf("the newest came back as %v", got)
	}
}

func FuzzEnvelope(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 20 {
		f.Add(envelope(r).Append(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var e, again messages.Envelope
		if e.Read(data) != nil {
			return
		}
		for _, b := range e.Batches {
			_, _, _ = messages.Spikes(b.Spikes, int(e.Ticks), nil, []uint32(nil))
		}
		if err := again.Read(e.Append(nil)); err != nil || !bytes.Equal(again.Append(nil), e.Append(nil)) {
			t.Errorf("an envelope that was read does not come back: %v", err)
		}
	})
}

func FuzzFrame(f *testing.F) {
	f.Add(messages.AppendFrame(nil, messages.Frame{Kind: messages.AskFrame, Step: 7}, nil))
	f.Add(messages.AppendFrame(nil, messages.Frame{Kind: messages.EnvelopeFrame, Parts: 2}, []byte("body")))
	f.Fuzz(func(t *testing.T, data []byte) {
		fr, body, rest, err := messages.NextFrame(data)
		if err != nil {
			return
		}
		if again := messages.AppendFrame(nil, fr, body); len(again)+len(rest) != len(data) {
			t.Error("a frame that was read does not come back")
		}
	})
}

// FuzzSpikes: what is taken takes memory in proportion, and comes back.
func FuzzSpikes(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 5 {
		offsets, gids := train(r, 3, 1000)
		f.Add(messages.AppendSpikes(nil, offsets, gids), uint8(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, ticks uint8) {
		offsets, gids, err := messages.Spikes(data, int(ticks), nil, []uint32(nil))
		if cap(gids) > 2*len(data)+64 {
			t.Fatalf("%d bytes took room for %d GIDs", len(data), cap(gids))
		}
		if err != nil {
			return
		}
		again, same, err := messages.Spikes(messages.AppendSpikes(nil, offsets, gids), int(ticks), nil, []uint32(nil))
		if err != nil || !slices.Equal(again, offsets) || !slices.Equal(same, gids) {
			t.Fatalf("%v %v came back as %v %v: %v", offsets, gids, again, same, err)
		}
	})
}

// The example of docs/WIRE.md, which a client in another language can begin with.
func TestTheExampleOfTheDocument(t *testing.T) {
	e := messages.Envelope{FirstTick: 100, Ticks: 3, Batches: []messages.Batch{{Partition: 1, Spikes: messages.AppendSpikes(nil, []uint32{0, 2, 2, 3}, []uint32{1000, 1300, 1005})}},
		Shares: []messages.Window{{Measure: 2, Number: 7, End: 100, Counts: []int64{5, -1}}}}
	data := messages.AppendFrame(nil, messages.Frame{Kind: messages.EnvelopeFrame, Epoch: 1, From: 3, Step: 35}, e.Append(nil))
	text, err := os.ReadFile("../docs/WIRE.md")
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder // bytes, two spaces, then words
	for line := range strings.Lines(string(text)) {
		before, _, _ := strings.Cut(line, "  ")
		told.WriteString(strings.Join(strings.Fields(before), ""))
	}
	if !strings.Contains(told.String(), hex.EncodeToString(data)) {
		t.Errorf("docs/WIRE.md does not hold the example %x", data)
	}
}

// BenchmarkSpikes is 1,000 spikes of 100,000 neurons in 15 ticks: ns and bytes a spike.
func BenchmarkSpikes(b *testing.B) {
	r := rand.New(rand.NewPCG(6, 6))
	offsets, gids := []uint32{0}, []uint32(nil)
	for k := range 15 {
		start := len(gids)
		for range 1000*(k+1)/15 - start {
			gids = append(gids, uint32(r.IntN(100_000)))
		}
		slices.Sort(gids[start:])
		offsets = append(offsets, uint32(len(gids)))
	}
	data := messages.AppendSpikes(nil, offsets, gids)
	n := float64(len(gids))
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			data = messages.AppendSpikes(data[:0], offsets, gids)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/spike")
		b.ReportMetric(float64(len(data))/n, "bytes/spike")
	})
	b.Run("read", func(b *testing.B) {
		var o, g []uint32
		for b.Loop() {
			var err error
			if o, g, err = messages.Spikes(data, 15, o, g); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/spike")
	})
}
