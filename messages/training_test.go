package messages_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/volley-snn/volley/messages"
)

// body is a body of a frame that can be written and read.
type body interface {
	Append([]byte) []byte
	Read([]byte) error
}

func bodies(r *rand.Rand) []body {
	n, rows, cols := r.IntN(5), 1+r.IntN(3), 1+r.IntN(3)
	b := &messages.TrainingBatch{Epoch: r.Uint64(), Rows: uint32(rows), Cols: uint32(cols), Labels: random(r, n), Pixels: random(r, n*rows*cols), Numbers: []uint32{}}
	o := &messages.Order{Values: r.Int64(), Backward: r.IntN(2) == 1, Spike: r.Float32()}
	for range n {
		b.Numbers = append(b.Numbers, r.Uint32())
		first := r.Uint32N(1 << 30)
		o.Shares = append(o.Shares, messages.TrainingShare{Place: r.Uint32(), First: first, End: first + 1 + r.Uint32N(9)})
	}
	a := &messages.Activity{Loss: r.NormFloat64(), Logits: random(r, n), Spikes: random(r, 3*n), Input: random(r, r.IntN(2))}
	return []body{b, o, a, &messages.Lack{Kind: messages.ValuesFrame, First: r.Uint32()}}
}

func random(r *rand.Rand, n int) []byte {
	x := make([]byte, n)
	for k := range x {
		x[k] = byte(r.Uint32())
	}
	return x
}

func TestBodiesOfTrainingsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 500 {
		for _, want := range bodies(r) {
			got := reflect.New(reflect.TypeOf(want).Elem()).Interface().(body)
			data := want.Append(nil)
			if err := got.Read(data); err != nil {
				t.Fatalf("%+v: %v", want, err)
			}
			if again := got.Append(nil); !bytes.Equal(again, data) {
				t.Fatalf("%+v came back as %+v", want, got)
			}
			for cut := range len(data) {
				if err := got.Read(data[:cut]); err == nil {
					t.Fatalf("%T: the first %d of %d bytes were taken", want, cut, len(data))
				}
			}
			if err := got.Read(append(slices.Clip(data), 0)); err == nil {
				t.Fatalf("%T: a byte too many was passed over", want)
			}
		}
	}
}

func TestValuesComeBack(t *testing.T) {
	want := []float32{0, float32(math.Copysign(0, -1)), 1.5, float32(math.Inf(1)), math.SmallestNonzeroFloat32}
	data := messages.AppendValues([]byte{7}, want)[1:]
	got := make([]float32, len(want))
	if err := messages.Values(got, data); err != nil {
		t.Fatal(err)
	}
	for k := range want {
		if math.Float32bits(got[k]) != math.Float32bits(want[k]) {
			t.Errorf("%g came back as %g", want[k], got[k])
		}
	}
	if messages.Values(got[1:], data) == nil {
		t.Error("a number too many was passed over")
	}
}

func FuzzTraining(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 5 {
		for k, b := range bodies(r) {
			f.Add(uint8(k), b.Append(nil))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		all := []body{&messages.TrainingBatch{}, &messages.Order{}, &messages.Activity{}, &messages.Lack{}}
		b := all[int(which)%len(all)]
		if b.Read(data) != nil {
			return
		}
		again := reflect.New(reflect.TypeOf(b).Elem()).Interface().(body)
		if err := again.Read(b.Append(nil)); err != nil || !bytes.Equal(again.Append(nil), b.Append(nil)) {
			t.Errorf("what was read does not come back: %v", err)
		}
	})
}
