package main

import (
	"encoding/json"
	"testing"

	"github.com/volley-snn/volley/internal/bench"
)

func TestAnExchangeIsMeasuredBesideBareNATS(t *testing.T) {
	out, said, code := runs(t, t.TempDir(), "bench", "exchange", "--nodes", "2", "--steps", "40", "--repeats", "2", "--spikes", "100", "--json")
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, said)
	}
	var r bench.Exchange
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 1 || r.Rows[0].Nodes != 2 {
		t.Fatalf("rows %+v", r.Rows)
	}
	row := &r.Rows[0]
	// A frame, the ticks, and a spike of each neuron, in a message a step; the recorder
	// is sent several steps at once.
	if row.Bytes < 38+15+100 || row.Bytes > 38+15+200+20 || row.RecordBytes < 2*row.Bytes {
		t.Errorf("%d bytes a message, %d a message to the recorder", row.Bytes, row.RecordBytes)
	}
	for _, d := range []bench.Delay{row.Volley, row.Bare} {
		if d.P50Us.Min <= 0 || d.P99Us.Min < d.P50Us.Min || d.MeanUs.Min <= 0 {
			t.Errorf("delays %+v", d)
		}
	}
}
