package state_test

import (
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/state"
)

func TestReaderGivesBackWhatWriterTook(t *testing.T) {
	var w state.Writer
	w.Int(-5)
	w.Uint32(7)
	w.Float(math.Inf(-1))
	w.Bool(true)
	w.Text("stdp")
	state.PutList(&w, []float32{1.5, float32(math.Copysign(0, -1))})
	state.PutList(&w, []float64{math.Pi})
	state.PutList(&w, []uint16{1, 65535})
	state.PutList(&w, []int32{-1})
	state.PutList(&w, []int64{math.MinInt64})
	state.PutList(&w, []uint8{3, 4})
	r := state.NewReader(w.Data)
	if r.Int() != -5 || r.Uint32() != 7 || r.Float() != math.Inf(-1) || !r.Bool() || r.Text() != "stdp" {
		t.Error("single numbers differ")
	}
	if x := state.GetList[float32](r); len(x) != 2 || x[0] != 1.5 || math.Float32bits(x[1]) != 1<<31 {
		t.Errorf("float32: %v", x)
	}
	if !slices.Equal(state.GetList[float64](r), []float64{math.Pi}) || !slices.Equal(state.GetList[uint16](r), []uint16{1, 65535}) ||
		!slices.Equal(state.GetList[int32](r), []int32{-1}) || !slices.Equal(state.GetList[int64](r), []int64{math.MinInt64}) || !slices.Equal(state.GetList[uint8](r), []uint8{3, 4}) {
		t.Error("lists differ")
	}
	if err := r.Done(); err != nil {
		t.Error(err)
	}
}

// Arrays are little-endian whatever the machine.
func TestArraysAreLittleEndian(t *testing.T) {
	var w state.Writer
	state.Put(&w, []uint16{0x0102})
	state.Put(&w, []int32{-2})
	state.Put(&w, []float32{1})
	state.Put(&w, []float64{-2})
	state.Put(&w, []uint64{1 << 56, 3})
	state.Put(&w, []uint8{9})
	state.Put[int64](&w, nil)
	want := []byte{2, 1, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 9}
	if !slices.Equal(w.Data, want) {
		t.Errorf("%x, expected %x", w.Data, want)
	}
}

// Part gives each of any cut its own, wherever the array lies.
func TestPartOfAnArray(t *testing.T) {
	var w state.Writer
	state.Put(&w, []int32{10, 11, 12, 13, 14})
	for at := -3; at < 7; at++ {
		for n := range 9 {
			x := make([]int32, n)
			r := state.NewReader(w.Data)
			state.Part(r, 5, at, x)
			if err := r.Done(); err != nil {
				t.Fatal(err)
			}
			for i, v := range x {
				want := int32(0)
				if k := at + i; k >= 0 && k < 5 {
					want = int32(10 + k)
				}
				if v != want {
					t.Errorf("from %d, length %d: %v", at, n, x)
				}
			}
		}
	}
}

// No data makes a Reader panic or take much memory: it says what is wrong.
func FuzzReader(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0x7f, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := state.NewReader(data)
		_ = r.Text()
		n := len(state.GetList[uint16](r)) + len(state.GetList[float64](r))
		if n > len(data) {
			t.Errorf("%d numbers from %d bytes", n, len(data))
		}
		r.Bool()
		r.Index(3)
		r.Int()
		if r.Done() == nil && r.Left() > 0 {
			t.Error("bytes are left, and nothing is wrong")
		}
	})
}
