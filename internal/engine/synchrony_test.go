package engine

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// watched is a small brunel of which more is measured, over windows of several
// widths.
func watched(t *testing.T, set ...string) *kernel.Network {
	t.Helper()
	m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: append([]string{"duration=1.5 s", "discard=50 ms", "scale=0.02"}, set...)})
	if err != nil {
		t.Fatal(err)
	}
	m.Synchrony = append(m.Synchrony,
		model.Synchrony{Name: "quick", Population: "E", Window: 3.3, Bins: 3, Sigma: 1, Span: 1000, Measures: []string{"kappa", "rate"}},
		model.Synchrony{Name: "E_E", Projection: "E_E", Window: 20, Sigma: 2},
		model.Synchrony{Name: "I_E", Projection: "I_E", Window: 31, Sigma: 2})
	n, err := kernel.Compile(m, examples.Files)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// tableOf runs a network and returns its table of synchrony and its summary.
func tableOf(t *testing.T, n *kernel.Network, c Config, format record.Format) (table []byte, summary *record.Summary) {
	t.Helper()
	path := t.TempDir()
	dir, err := record.Create(path, record.Options{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(n, c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := NewSynchrony(n, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRecorder(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(context.Background(), r, s); err != nil {
		t.Fatal(err)
	}
	summary = &record.Summary{Populations: r.Statistics.Summaries(float64(e.Now()) * n.DtMs)}
	s.Summarize(summary)
	if err := dir.Finish(&record.Run{}, summary); err != nil {
		t.Fatal(err)
	}
	if table, err = os.ReadFile(filepath.Join(path, "synchrony."+string(format))); err != nil {
		t.Fatal(err)
	}
	return table, summary
}

func TestPlanChangesNoByteOfTheTableOfSynchrony(t *testing.T) {
	n := watched(t)
	for _, format := range []record.Format{record.CSV, record.Parquet} {
		want, summary := tableOf(t, n, Config{Partitions: 1, Threads: 1}, format)
		if len(want) < 10_000 || !summary.Populations["E"].Synchrony["kappa"].Defined() {
			t.Fatalf("%d bytes, %v: little is compared", len(want), summary.Populations["E"])
		}
		for _, c := range []Config{{Partitions: 2, Threads: 2}, {Partitions: 3, Threads: 1}, {Partitions: 7, Threads: 2}} {
			if got, _ := tableOf(t, n, c, format); !bytes.Equal(got, want) {
				t.Errorf("%+v writes another %s table than one partition", c, format)
			}
		}
	}
}

// The means are those of the table's rows after the discard.
func TestSummaryIsTheMeanOfTheTable(t *testing.T) {
	n := watched(t)
	table, summary := tableOf(t, n, Config{}, record.CSV)
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "synchrony.csv"), table, 0o666); err != nil {
		t.Fatal(err)
	}
	widths := map[string]float64{"E": 20, "I": 20, "quick": 3.3, "E_E": 20, "I_E": 31}
	sums, counts, last := map[[2]string]float64{}, map[[2]string]float64{}, 0.0
	err := record.EachSynchrony(path, func(rows []record.Synchrony) error {
		for _, r := range rows {
			if r.TimeMs < last {
				return errors.New("times fall")
			}
			last = r.TimeMs
			if math.Abs(float64(r.Window+1)*widths[r.Scope]-r.TimeMs) > 1e-9 {
				return errors.New("a window of " + r.Scope + " ends where none does")
			}
			if key := [2]string{r.Scope, r.Measure}; !math.IsNaN(r.Value) && r.TimeMs-widths[r.Scope] > 50-1e-9 {
				sums[key] += r.Value
				counts[key]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		scope, measure string
		got            record.Number
	}{
		{"E", "kappa", summary.Populations["E"].Synchrony["kappa"]},
		{"I", "C_corrected", summary.Populations["I"].Synchrony["C_corrected"]},
		{"E", "participation", summary.Populations["E"].Synchrony["participation"]},
		{"quick", "kappa", summary.Populations["E"].Synchrony["quick.kappa"]},
		{"E_E", "S", summary.Synchrony["E_E"]["S"]},
		{"I_E", "C", summary.Synchrony["I_E"]["C"]},
	} {
		key := [2]string{c.scope, c.measure}
		if want := sums[key] / counts[key]; !(math.Abs(float64(c.got)-want) < 1e-12) {
			t.Errorf("%s of %s: %v, the table's mean is %v", c.measure, c.scope, c.got, want)
		}
	}
	// The only second is that from 0 on, which holds the discard.
	if x, ok := summary.Populations["E"].Synchrony["chi"]; ok {
		t.Errorf("chi is %v, of a second that holds the discard", x)
	}
	if got, want := float64(summary.Populations["E"].Synchrony["rate"]), float64(summary.Populations["E"].RateHz); math.Abs(got/want-1) > 0.02 {
		t.Errorf("the windows' mean rate is %v Hz, the population's %v", got, want)
	}
}
