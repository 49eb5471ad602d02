package injection

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

func network(t testing.TB, text string, set ...string) *kernel.Network {
	t.Helper()
	m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", model.Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// spike is what must come back.
type spike struct {
	tick snn.Tick
	gid  snn.GID
}

// written is a journal of random steps, its spikes, and where its records end.
func written(t testing.TB, n *kernel.Network, seed uint64, end bool) (data []byte, spikes []spike, ends []int64, digest string) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	path := filepath.Join(t.TempDir(), "j")
	j, err := Create(path, NewHeader(n, "test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	ends = append(ends, j.Kept().Bytes)
	left := n.Injected()[0].Range
	for from := snn.Tick(0); from < 2000; {
		b := kernel.Batch{From: from, Offsets: []uint32{0}}
		ticks := 1 + snn.Tick(r.IntN(30))
		for k := range ticks {
			if r.IntN(20) == 0 {
				g := left.First + snn.GID(r.IntN(left.Len()))
				b.GIDs = append(b.GIDs, g)
				spikes = append(spikes, spike{from + k + 1, g})
			}
			b.Offsets = append(b.Offsets, uint32(len(b.GIDs)))
		}
		if err := j.Append(&b); err != nil {
			t.Fatal(err)
		}
		from += ticks
		if r.IntN(2) == 0 {
			if err := j.Sync(); err != nil {
				t.Fatal(err)
			}
		}
		if len(b.GIDs) > 0 {
			ends = append(ends, j.Kept().Bytes+int64(len(j.buffer)))
		}
	}
	if err := j.Sync(); err != nil {
		t.Fatal(err)
	}
	if end {
		if digest, err = j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := j.Append(&kernel.Batch{From: 5000, Offsets: []uint32{0, 1}, GIDs: []snn.GID{left.First}}); !errors.Is(err, ErrClosed) {
			t.Errorf("a closed journal took more: %v", err)
		}
	}
	if data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return data, spikes, ends, digest
}

// all reads the spikes up to a tick in steps of random lengths.
func all(t testing.TB, r *Reader, rng *rand.Rand, to snn.Tick) (spikes []spike) {
	t.Helper()
	for from := snn.Tick(0); from < to; {
		step := min(1+snn.Tick(rng.IntN(70)), to-from)
		b, err := r.Spikes(from, from+step)
		if err != nil {
			t.Fatal(err)
		}
		if b != nil {
			if b.From != from || b.Ticks() != int(step) {
				t.Fatalf("a batch of %d ticks after %d for %d after %d", b.Ticks(), b.From, step, from)
			}
			for k := range b.Ticks() {
				for _, g := range b.At(k) {
					spikes = append(spikes, spike{from + snn.Tick(k) + 1, g})
				}
			}
		}
		from += step
	}
	return spikes
}

func TestSpikesComeBackByTheirTicks(t *testing.T) {
	n, rng := network(t, small.Injected), rand.New(rand.NewPCG(4, 4))
	for seed := range uint64(20) {
		data, want, _, digest := written(t, n, seed, true)
		r, err := Open(bytes.NewReader(data), int64(len(data)), n)
		if err != nil {
			t.Fatal(err)
		}
		if r.Digest != digest || !r.Ended || r.Torn != 0 || r.Kept.Spikes != int64(len(want)) || r.Header.Model != "injected" {
			t.Errorf("%+v; written were %d spikes with the digest %s", r, len(want), digest)
		}
		for range 3 { // again from the start
			if got := all(t, r, rng, 2100); !slices.Equal(got, want) {
				t.Fatalf("%d spikes came back as %d", len(want), len(got))
			}
		}
		half := want[len(want)/2].tick
		if b, err := r.Spikes(half-1, half); err != nil || b == nil || b.At(0)[0] != want[len(want)/2].gid {
			t.Errorf("tick %d alone: %+v %v", half, b, err)
		}
	}
}

// A crash leaves a part of what was being written: all that counted is there.
func TestATornTailIsCutAtTheLastWholeRecord(t *testing.T) {
	n := network(t, small.Injected)
	data, want, ends, _ := written(t, n, 1, false)
	for cut := ends[0]; cut <= int64(len(data)); cut++ {
		if cut > ends[2] && cut < ends[len(ends)-3] {
			cut += 40
		}
		for _, tail := range [][]byte{nil, make([]byte, 100)} { // a file that is longer than what was written has zeros
			torn := append(slices.Clone(data[:cut]), tail...)
			r, err := Open(bytes.NewReader(torn), int64(len(torn)), n)
			if err != nil {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			whole := ends[0]
			for _, e := range ends {
				if e <= cut {
					whole = e
				}
			}
			if r.Kept.Bytes != whole || r.Torn != int64(len(torn))-whole || r.Ended {
				t.Fatalf("cut at %d: %d bytes are whole, want %d (torn %d, ended %v)", cut, r.Kept.Bytes, whole, r.Torn, r.Ended)
			}
			if got := all(t, r, rand.New(rand.NewPCG(1, 1)), r.Kept.Last+1); !slices.Equal(got, want[:len(got)]) || int64(len(got)) != r.Kept.Spikes {
				t.Fatalf("cut at %d: %d spikes, %d kept", cut, len(got), r.Kept.Spikes)
			}
		}
	}
}

// A journal that goes on elsewhere is the one that was cut short, and what follows.
func TestAJournalGoesOnElsewhere(t *testing.T) {
	n := network(t, small.Injected)
	whole, want, ends, digest := written(t, n, 7, true)
	at := len(ends) / 2
	var second []byte
	also := func(data []byte) error {
		second = append(second, data...)
		return nil
	}
	path := filepath.Join(t.TempDir(), "j")
	j, err := Reopen(path, whole[:ends[at]+20], n, also)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(second, whole[:ends[at]]) {
		t.Fatalf("the second place has %d bytes, and %d were whole", len(second), ends[at])
	}
	r, err := Open(bytes.NewReader(whole), int64(len(whole)), n)
	if err != nil {
		t.Fatal(err)
	}
	var last snn.Tick
	for _, s := range want { // the rest, step by step as it was
		for _, b := range recordsOf(t, r, &last, s.tick) {
			if b.From >= j.Kept().Last {
				if err := j.Append(b); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	again, err := j.Close()
	if err != nil {
		t.Fatal(err)
	}
	if first, _ := os.ReadFile(path); again != digest || !bytes.Equal(first, whole) || !bytes.Equal(second, whole) {
		t.Errorf("a journal of %d bytes became one of %d, and %d in the second place", len(whole), len(first), len(second))
	}
	if _, err := Reopen(path, whole, n, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a journal that has ended goes on: %v", err)
	}
	j, err = Create(filepath.Join(t.TempDir(), "k"), NewHeader(n, "test"), func([]byte) error { return errors.New("the store is away") })
	if err == nil || !strings.Contains(err.Error(), "the store is away") {
		t.Errorf("what the second place did not take counts: %+v %v", j, err)
	}
}

// recordsOf is the records of a journal that end from tick to on and after *last, which
// moves on.
func recordsOf(t *testing.T, r *Reader, last *snn.Tick, to snn.Tick) (all []*kernel.Batch) {
	t.Helper()
	for *last < to {
		if err := r.read(); err != nil {
			t.Fatal(err)
		}
		if r.over {
			break
		}
		b := r.record
		*last = b.From + snn.Tick(b.Ticks())
		all = append(all, &kernel.Batch{From: b.From, Offsets: slices.Clone(b.Offsets), GIDs: slices.Clone(b.GIDs)})
	}
	return all
}

// Anything else than a torn tail is refused: each bit of a whole journal matters, but
// for those of the end itself, without which all that it holds is still there.
func TestADamagedJournalIsRefused(t *testing.T) {
	n := network(t, small.Injected)
	data, _, ends, _ := written(t, n, 2, true)
	last := ends[len(ends)-1]
	rng := rand.New(rand.NewPCG(5, 5))
	for range 1000 {
		bit := rng.IntN(8 * len(data))
		bad := slices.Clone(data)
		bad[bit/8] ^= 1 << (bit % 8)
		r, err := Open(bytes.NewReader(bad), int64(len(bad)), n)
		switch {
		case int64(bit/8) >= last:
			if err != nil || r.Ended || r.Kept.Bytes != last {
				t.Fatalf("bit %d of the end: %v", bit, err)
			}
		case !errors.Is(err, ErrDamaged):
			t.Fatalf("bit %d of %d was changed: %v", bit, 8*len(data), err)
		}
	}
	for name, bad := range map[string][]byte{
		"empty":              {},
		"no header":          data[ends[0]:],
		"two headers":        append(slices.Clone(data[:ends[0]]), data...),
		"behind the end":     append(slices.Clone(data), data[ends[0]:ends[1]]...),
		"a record twice":     append(slices.Clone(data[:ends[2]]), data[ends[1]:]...),
		"of another layout":  messages.AppendFrame(slices.Clone(data[:ends[1]]), messages.Frame{Kind: messages.AskFrame}, nil),
		"a GID of nobody's":  record(data[:ends[0]], kernel.Batch{From: 3000, Offsets: []uint32{0, 1}, GIDs: []snn.GID{3}}),
		"a step of no ticks": record(data[:ends[0]], kernel.Batch{From: 3000, Offsets: []uint32{0}}),
	} {
		if _, err := Open(bytes.NewReader(bad), int64(len(bad)), n); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func record(before []byte, b kernel.Batch) []byte {
	e := messages.Envelope{FirstTick: int64(b.From), Ticks: int64(b.Ticks()), Batches: []messages.Batch{{Spikes: messages.AppendSpikes(nil, b.Offsets, b.GIDs)}}}
	return messages.AppendFrame(slices.Clone(before), messages.Frame{Kind: messages.EnvelopeFrame}, e.Append(nil))
}

func TestAJournalOfAnotherRunIsRefused(t *testing.T) {
	data, _, _, _ := written(t, network(t, small.Injected), 3, true)
	for name, c := range map[string]struct {
		text, want string
		set        []string
	}{
		"seed":       {small.Injected, "its seeds are 1, and the model's are 7", []string{"seeds.base=7"}},
		"one seed":   {small.Injected, "its seeds are 1, and the model's are 1 (network 1, initial 1, input 3)", []string{"seeds.input=3"}},
		"ticks":      {small.Injected, "its ticks are 0.1 ms, and the model's are 0.5 ms", []string{"dt=0.5 ms"}},
		"size":       {small.Injected, "the model injected has changed since", []string{"inputs.left.size=41"}},
		"name":       {strings.Replace(small.Injected, "name: injected", "name: other", 1), "it is of the model injected, and this is other", nil},
		"no inputs":  {small.Recorded, "the model recorded has no population that spikes are injected into", nil},
		"same":       {small.Injected, "", nil},
		"duration":   {small.Injected, "", []string{"duration=700 ms"}},
		"other rate": {small.Injected, "", []string{"inputs.noise.rate=3 Hz"}},
	} {
		_, err := Open(bytes.NewReader(data), int64(len(data)), network(t, c.text, c.set...))
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ErrOther) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatMakesNoSenseIsRefusedAndCounted(t *testing.T) {
	n := network(t, small.Injected)
	in := NewIntake(n, 0)
	in.Take(0, 100)
	refused := int64(0)
	for text, want := range map[string]string{
		`{"neurons": [40]}`:                 "neuron 40: expected 0 to 39",
		`{"neurons": [-1]}`:                 "it is not",
		`{"neurons": [1.5]}`:                "it is not",
		`{"neuron": [1]}`:                   "unknown field",
		`{"neurons": [1]} {}`:               "something follows",
		`{"neurons": [1], "after": [1, 2]}`: "1 neurons and 2 numbers",
		`{"neurons": [1], "tick": -4}`:      "its tick is -4",
		`{"neurons": [1], "tick": 4001}`:    "tick 4001: the run ends with tick 4000",
		`{"neurons": [1], "tick": 9223372036854775807, "after": [4]}`: "the run ends",
		`{"neurons": [1, 2], "tick": 3999, "after": [0, 2]}`:          "tick 4001",
		`[1]`: "it is not", ``: "it is not", `null x`: "something follows",
	} {
		refused++
		r := in.Add("left", []byte(text), "to", 0)
		if r == nil || r.To != "to" || !strings.Contains(string(r.Data), `"error":`) || !strings.Contains(strings.ReplaceAll(string(r.Data), `\"`, `"`), want) {
			t.Errorf("%s: answered %s", text, r)
		}
	}
	if r := in.Add("out", []byte(`{"neurons": [1]}`), "", 0); r != nil {
		t.Errorf("who does not ask is answered %+v", r)
	}
	if c := in.Counts(); c.Refused != refused+1 || c.Waiting != 0 || c.Messages != 0 || !strings.Contains(c.Why, `"out": expected left or right`) {
		t.Errorf("%+v", c)
	}
}

func TestTicksAreGiven(t *testing.T) {
	n := network(t, small.Injected)
	left := n.Injected()[0].Range.First
	in := NewIntake(n, 0)
	in.Take(0, 100)
	for _, m := range []string{
		`{"neurons": [5, 3, 5]}`, `{"neurons": [1], "tick": 50}`, `{"neurons": [9, 8], "tick": 110, "after": [15, 0]}`, `{"neurons": []}`,
		`{"neurons": [7], "tick": 102}`, `{"neurons": [2, 2], "tick": 99, "after": [0, 4]}`,
	} {
		if r := in.Add("left", []byte(m), "to "+m, 0); (r != nil) != strings.Contains(m, "[]") {
			t.Errorf("%s: answered %s before it counts", m, r)
		}
	}
	in.Add("left", []byte(`{"neurons": [4]}`), "", 105) // now, in a run that is paced
	got := map[string]string{}
	take := func(from, to snn.Tick) (s []spike) {
		b, replies := in.Take(from, to)
		for _, r := range replies {
			got[r.To] = string(r.Data)
		}
		for k := range b.Ticks() {
			for _, g := range b.At(k) {
				s = append(s, spike{from + snn.Tick(k) + 1, g - left})
			}
		}
		return s
	}
	if s, want := take(100, 110), (spikes{{101, 1}, {101, 2}, {101, 3}, {101, 5}, {102, 7}, {103, 2}, {105, 4}, {110, 8}}); !slices.Equal(s, want) {
		t.Errorf("ticks 101 to 110: %v, want %v", s, want)
	}
	if len(got) != 4 || got[`to {"neurons": [1], "tick": 50}`] != `{"tick":101,"last_tick":101,"late":1,"dt_ms":0.1,"size":40,"gid":9}` {
		t.Errorf("answers %v", got)
	}
	if s, want := take(110, 130), (spikes{{125, 9}}); !slices.Equal(s, want) || len(got) != 5 {
		t.Errorf("ticks 111 to 130: %v, want %v; answers %v", s, want, got)
	}
	if c := in.Counts(); c.Messages != 7 || c.Spikes != 9 || c.Twice != 1 || c.Late != 2 || c.Refused != 0 || c.Waiting != 0 {
		t.Errorf("%+v", c)
	}
	in.Add("left", []byte(`{"neurons": [4], "tick": 300}`), "late", 0)
	if r := in.Close(); len(r) != 1 || r[0].To != "late" || !strings.Contains(string(r[0].Data), "the run ended") {
		t.Errorf("at the end: %v", r)
	}
	if r := in.Add("left", []byte(`{"neurons": [4]}`), "x", 0); r == nil || !strings.Contains(string(r.Data), "the run ends") {
		t.Errorf("after the end: %v", r)
	}
}

type spikes = []spike

func TestTooMuchIsRefused(t *testing.T) {
	in := NewIntake(network(t, small.Injected), 0)
	volley := fmt.Appendf(nil, `{"neurons": [%s0]}`, strings.Repeat("1, ", 9999))
	for range MostWaiting/10_000 + 50 {
		in.Add("left", volley, "", 0)
	}
	if c := in.Counts(); c.Waiting > MostWaiting || c.Waiting < MostWaiting-10_000 || c.Full != c.Refused || c.Full < 49 {
		t.Errorf("%+v", c)
	}
	in.Take(0, 15)
	if in.Add("left", volley, "", 0); in.Counts().Waiting != 10_000 {
		t.Errorf("what was taken has left no room: %+v", in.Counts())
	}
}

func FuzzOpen(f *testing.F) {
	n := network(f, small.Injected)
	data, _, _, _ := written(f, n, 1, true)
	f.Add(data[:600])
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := Open(bytes.NewReader(data), int64(len(data)), n); err == nil {
			if _, err := r.Spikes(0, 100); err != nil {
				t.Errorf("opened, and then: %v", err)
			}
		}
	})
}

func FuzzMessage(f *testing.F) {
	n := network(f, small.Injected)
	f.Add([]byte(`{"neurons": [1, 2], "tick": 4, "after": [0, 1]}`), int64(7))
	f.Fuzz(func(t *testing.T, data []byte, now int64) {
		in := NewIntake(n, 0)
		in.Take(0, 10)
		in.Add("right", data, "to", snn.Tick(now))
		waiting := in.Counts().Waiting
		b, _ := in.Take(10, n.End)
		if c := in.Counts(); c.Spikes+c.Twice != waiting || int64(len(b.GIDs)) != c.Spikes || c.Waiting != 0 {
			t.Errorf("%+v, and %d waited", c, waiting)
		}
	})
}
