package record

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/volley-snn/volley/snn"
)

// Precision is how weights are stored.
type Precision string

// The precisions of weights.
const (
	Float32 Precision = "float32"
	Float64 Precision = "float64"
)

// SynapseWriter writes who is connected to whom in a projection, once, as two
// arrays of GIDs: weights/P.source.npy and weights/P.target.npy. Entry k of both,
// and of every weight snapshot of the projection, is the same synapse. In numpy:
//
//	s, t, w = (np.load(f"weights/P.{x}.npy") for x in ("source", "target", "1000ms"))
//	W = scipy.sparse.coo_array((w, (t - t_first, s - s_first)))     # rows are targets
//
// Synapses are ordered by target, then source, multapses in order: the order of
// WeightHash.
type SynapseWriter struct{ source, target *npyWriter }

// Synapses starts the two arrays of a projection.
func (d *Dir) Synapses(projection string) (*SynapseWriter, error) {
	source, err := d.weightFile(projection, "source", "<u8")
	if err != nil {
		return nil, err
	}
	target, err := d.weightFile(projection, "target", "<u8")
	if err != nil {
		source.discard()
		return nil, err
	}
	return &SynapseWriter{source, target}, nil
}

// Append adds the synapses of one target. sources is not kept.
func (w *SynapseWriter) Append(target snn.GID, sources []snn.GID) error {
	if err := w.source.uint64s(len(sources), func(k int) uint64 { return uint64(sources[k]) }); err != nil {
		return err
	}
	return w.target.uint64s(len(sources), func(int) uint64 { return uint64(target) })
}

// Close completes both files.
func (w *SynapseWriter) Close() error {
	err := w.source.Close()
	if targetErr := w.target.Close(); err == nil {
		err = targetErr
	}
	return err
}

// WeightWriter writes one snapshot of a projection's weights, weights/P.1000ms.npy.
type WeightWriter struct{ *npyWriter }

// Weights starts the snapshot of a projection's weights at a time.
func (d *Dir) Weights(projection string, timeMs float64, precision Precision) (*WeightWriter, error) {
	descr := map[Precision]string{Float32: "<f4", Float64: "<f8"}[precision]
	if descr == "" {
		return nil, fmt.Errorf("record: precision %q of weights: expected %s or %s", precision, Float32, Float64)
	}
	w, err := d.weightFile(projection, strconv.FormatFloat(timeMs, 'f', -1, 64)+"ms", descr)
	if err != nil {
		return nil, err
	}
	return &WeightWriter{w}, nil
}

// Append adds weights in the order of the synapses. weights is not kept.
func (w *WeightWriter) Append(weights []float64) error { return w.floats(weights) }

// weightFile starts weights/projection.what.npy. What a file name may not hold
// is %-escaped.
func (d *Dir) weightFile(projection, what, descr string) (*npyWriter, error) {
	if err := os.MkdirAll(filepath.Join(d.path, WeightsDir), 0o777); err != nil {
		return nil, d.fail(fmt.Errorf("cannot make %s in %s: %w", WeightsDir, d.path, reason(err)))
	}
	return newNPY(d, WeightsDir+"/"+WeightFile(projection, what), descr)
}

// WeightFile is the name, within the folder of weights, of what ("source",
// "target", "1000ms") of a projection.
func WeightFile(projection, what string) string {
	return url.PathEscape(projection) + "." + what + ".npy"
}
