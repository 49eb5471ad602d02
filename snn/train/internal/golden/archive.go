// Package golden reads what the official code of the rules and networks made, for
// tests.
package golden

import (
	"math"
	"strings"
	"testing"

	"github.com/sbinet/npyio/npz"
)

// folder is where the archives are, seen from a package of snn/train.
const folder = "../../../../shared/golden/deep/"

// Archive is the arrays of a file.
type Archive struct {
	t *testing.T
	r *npz.Reader
}

// Open opens a file of the folder; the test is skipped where there is none.
func Open(t *testing.T, name string) Archive {
	t.Helper()
	r, err := npz.Open(folder + name)
	if err != nil {
		t.Skip("GOLDEN FILES MISSING: nothing is compared with the official code: ", err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return Archive{t, r}
}

// Has reports whether there is an array of a name.
func (a Archive) Has(name string) bool { return a.r.Header(name+".npy") != nil }

// Shape is an array's shape.
func (a Archive) Shape(name string) []int {
	a.t.Helper()
	if !a.Has(name) {
		a.t.Fatalf("no array %s", name)
	}
	return a.r.Header(name + ".npy").Descr.Shape
}

// Array is an array's numbers.
func (a Archive) Array(name string) []float64 {
	a.t.Helper()
	a.Shape(name)
	var out []float64
	var err error
	switch kind := a.r.Header(name + ".npy").Descr.Type; kind {
	case "<f8":
		err = a.r.Read(name+".npy", &out)
	case "<f4":
		err = read[float32](a, name, &out)
	case "<i8":
		err = read[int64](a, name, &out)
	case "|u1":
		err = read[uint8](a, name, &out)
	default:
		a.t.Fatalf("%s has type %s", name, kind)
	}
	if err != nil {
		a.t.Fatal(name, err)
	}
	return out
}

func read[T float32 | int64 | uint8](a Archive, name string, out *[]float64) error {
	var x []T
	err := a.r.Read(name+".npy", &x)
	for _, y := range x {
		*out = append(*out, float64(y))
	}
	return err
}

// Singles is an array's numbers as float32.
func (a Archive) Singles(name string) []float32 {
	a.t.Helper()
	return Single(a.Array(name))
}

// Single is x as float32.
func Single(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, y := range x {
		out[i] = float32(y)
	}
	return out
}

// Near compares numbers, with a tolerance relative to the largest.
func Near(t *testing.T, name string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, expected %d", name, len(got), len(want))
	}
	most := 0.0
	for _, x := range want {
		most = max(most, math.Abs(x))
	}
	for i, x := range want {
		if d := math.Abs(float64(got[i]) - x); !(d <= tolerance*most) {
			t.Errorf("%s: number %d is %g, the official code has %g (largest %g)", name, i, got[i], x, most)
			return
		}
	}
}

// Names is the names of arrays that end with a suffix, without it.
func (a Archive) Names(suffix string) []string {
	var out []string
	for _, key := range a.r.Keys() {
		if name, ok := strings.CutSuffix(key, suffix+".npy"); ok {
			out = append(out, name)
		}
	}
	return out
}
