package record

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadersSayWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{"spikes.csv", "", "not the header time_ms,gid,population"},
		{"spikes.csv", "t_ms,id\n1,2\n", "not the header time_ms,gid,population"},
		{"spikes.csv", "time_ms,gid,population\n0.1,1,E\n0.2,-1,E\n", `line 3: gid "-1" is not a whole number`},
		{"spikes.csv", "time_ms,gid,population\nnan,1,E\n", `line 2: time_ms "nan"`},
		{"spikes.csv", "time_ms,gid,population\n0.1,1\n", "wrong number of fields"},
		{"spikes.parquet", "", "corrupt file"},
		{"spikes.parquet", "PAR1PAR1", "corrupt file"},
		{"synchrony.csv", "time_ms,window,scope,measure,value\n1,0,E,S,much\n", `value "much" is not a number`},
		{"signals.csv", "time_ms,gid,variable,value\n1,0,V_m\n", "wrong number of fields"},
	} {
		path := t.TempDir()
		must(t, os.WriteFile(filepath.Join(path, c.file), []byte(c.content), 0o666))
		var err error
		switch {
		case strings.HasPrefix(c.file, SpikesName):
			err = EachSpike(path, func([]Spike) error { return nil })
		case strings.HasPrefix(c.file, SynchronyName):
			err = EachSynchrony(path, func([]Synchrony) error { return nil })
		default:
			err = EachSignal(path, func([]Signal) error { return nil })
		}
		if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s %q: error %v, expected %q", c.file, c.content, err, c.want)
		}
	}
	path := t.TempDir()
	if err := EachSpike(path, nil); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "has no spikes.parquet or spikes.csv") {
		t.Errorf("nothing there: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(path, RunFile), []byte(`{"volley_run": 99}`), 0o666))
	if _, err := ReadRun(path); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "expected 1 to 1") {
		t.Errorf("a newer run: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(path, RunFile), []byte(`{`), 0o666))
	if _, err := ReadRun(path); !errors.Is(err, ErrCorrupt) {
		t.Errorf("half a run.json: %v", err)
	}
}

// What the caller's function says or panics with is not a corrupt file.
func TestErrorsOfTheCallerPass(t *testing.T) {
	path := t.TempDir()
	d, err := Create(path, Options{})
	must(t, err)
	fill(t, d, 50)
	must(t, d.Finish(&Run{}, &Summary{}))
	mine := errors.New("enough")
	if err := EachSpike(path, func([]Spike) error { return mine }); err != mine {
		t.Errorf("error %v", err)
	}
	defer func() {
		if recover() != "mine" {
			t.Error("the panic of the caller's function was swallowed or changed")
		}
	}()
	_ = EachSpike(path, func([]Spike) error { panic("mine") })
}

// Any damage to a Parquet file is an error or harmless, never a panic; a file that
// is cut short is always an error.
func TestDamagedParquet(t *testing.T) {
	path := t.TempDir()
	d, err := Create(path, Options{})
	must(t, err)
	fill(t, d, 300)
	must(t, d.Finish(&Run{}, &Summary{}))
	content, err := os.ReadFile(filepath.Join(path, "spikes.parquet"))
	must(t, err)
	ignore := func([]Spike) error { return nil }
	columns := []string{"time_ms", "gid", "population"}
	for cut := 0; cut < len(content); cut += 1 + len(content)/500 {
		err := eachParquet("x", bytes.NewReader(content[:cut]), int64(cut), columns, ignore)
		if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut to %d of %d bytes: %v", cut, len(content), err)
		}
	}
	for at := 0; at < len(content); at += 1 + len(content)/3000 {
		damaged := bytes.Clone(content)
		damaged[at] ^= 1 << (at % 8)
		if err := eachParquet("x", bytes.NewReader(damaged), int64(len(damaged)), columns, ignore); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
}

func FuzzParquet(f *testing.F) {
	path := f.TempDir()
	d, err := Create(path, Options{})
	must(f, err)
	fill(f, d, 10)
	must(f, d.Finish(&Run{}, &Summary{}))
	content, err := os.ReadFile(filepath.Join(path, "spikes.parquet"))
	must(f, err)
	f.Add(content)
	f.Add([]byte("PAR1\x00\x00\x00\x00\x04\x00\x00\x00PAR1"))
	f.Fuzz(func(t *testing.T, content []byte) {
		err := eachParquet("x", bytes.NewReader(content), int64(len(content)), []string{"time_ms", "gid", "population"}, func([]Spike) error { return nil })
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("time_ms,gid,population\n0.1,3,E\n0.2,4,\"a,\"\"b\"\"\"\n")
	f.Add("time_ms,gid,population\r\n1e3,18446744073709551615,\n")
	f.Fuzz(func(t *testing.T, content string) {
		var rows []Spike
		err := eachCSV("x", strings.NewReader(content), []string{"time_ms", "gid", "population"}, parseSpike, func(batch []Spike) error {
			rows = append(rows, batch...)
			return nil
		})
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.TimeMs != row.TimeMs {
				t.Fatal("a spike at no time")
			}
		}
	})
}

func FuzzNPY(f *testing.F) {
	f.Add(append(npyHeader("<f8", 1), 0, 0, 0, 0, 0, 0, 0, 0))
	f.Add(append(npyHeader("<f4", 2), 0, 0, 0, 0, 0, 0, 0, 0))
	f.Add(npyHeader("<u8", 1<<50))
	f.Fuzz(func(t *testing.T, content []byte) {
		total := 0
		err := decodeNPY(bytes.NewReader(content), func(descr string, raw []byte) error {
			if len(raw)%int(descr[2]-'0') != 0 {
				t.Fatal("part of a value")
			}
			total += len(raw)
			return nil
		})
		if err == nil && total > len(content) {
			t.Fatal("more values than bytes")
		}
	})
}

func FuzzRun(f *testing.F) {
	f.Add([]byte(`{"volley_run":1,"populations":[{"name":"E","first":0,"end":3}]}`), []byte(`{"populations":{"E":{"rate_hz":null}}}`))
	f.Fuzz(func(t *testing.T, run, summary []byte) {
		path := t.TempDir()
		must(t, os.WriteFile(filepath.Join(path, RunFile), run, 0o666))
		must(t, os.WriteFile(filepath.Join(path, SummaryFile), summary, 0o666))
		if _, err := ReadRun(path); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		if _, err := ReadSummary(path); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
