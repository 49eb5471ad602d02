package training

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/train"
)

// magic starts a checkpoint: its kind and version.
const magic = "volley training 2\n"

// header is what a checkpoint holds beside vectors.
type header struct {
	Digest  string // of the model
	Model   *model.Training
	Pixels  int
	Data    string  // SHA-256 of what is learned and tested; empty in what older versions left
	Epochs  []Epoch // that are done
	State   train.State
	Lengths []int // of the vectors

	Predictions []int32 // of the last epoch's test; none in what older versions left
}

// encode is a checkpoint: magic, the header's length, the header as JSON, the
// vectors as little-endian float32, and SHA-256 of all that.
func encodeCheckpoint(h *header, vectors [][]float32) ([]byte, error) {
	total := 0
	for _, v := range vectors {
		h.Lengths = append(h.Lengths, len(v))
		total += 4 * len(v)
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(magic)+8+len(text)+total+sha256.Size)
	out = binary.LittleEndian.AppendUint64(append(out, magic...), uint64(len(text)))
	out = append(out, text...)
	for _, v := range vectors {
		for _, x := range v {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
		}
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...), nil
}

// decodeCheckpoint checks a checkpoint and returns its header, and its vectors as
// bytes.
func decodeCheckpoint(file string, data []byte) (*header, []byte, error) {
	fault := func(what string) (*header, []byte, error) {
		return nil, nil, fmt.Errorf("%s: %s", file, what)
	}
	if !bytes.HasPrefix(data, []byte(magic)) || len(data) < len(magic)+8+sha256.Size {
		return fault("is no checkpoint of a training by this version of volley; expected what volley train left there, whole")
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return fault("is damaged: its checksum does not hold; nothing can go on from it: --out DIR starts a training elsewhere")
	}
	body = body[len(magic):]
	n := binary.LittleEndian.Uint64(body)
	if n > uint64(len(body)-8) {
		return fault("is damaged: its header is longer than the file")
	}
	h := &header{}
	if err := json.Unmarshal(body[8:8+n], h); err != nil {
		return fault("is damaged: " + err.Error())
	}
	if h.Model == nil {
		return fault("has no model")
	}
	return h, body[8+n:], nil
}

// restore fills a trainer's vectors and state.
func (h *header) restore(file string, t *train.Trainer, data []byte) error {
	vectors := t.Vectors()
	if len(vectors) != len(h.Lengths) {
		return fmt.Errorf("%s: has %d vectors, expected %d", file, len(h.Lengths), len(vectors))
	}
	for k, v := range vectors {
		if h.Lengths[k] != len(v) || len(data) < 4*len(v) {
			return fmt.Errorf("%s: vector %d has %d numbers, expected %d", file, k, h.Lengths[k], len(v))
		}
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		data = data[4*len(v):]
	}
	if err := t.Restore(&h.State); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	t.Net.Refresh()
	return nil
}

// Write makes a file whole: under a temporary name, made durable, then renamed.
func Write(dir, name string, data []byte) error {
	temporary := filepath.Join(dir, "."+name+".part")
	err := func() error {
		f, err := os.Create(temporary)
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		if err == nil {
			err = f.Sync()
		}
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err == nil {
			err = os.Rename(temporary, filepath.Join(dir, name))
		}
		return err
	}()
	if err != nil {
		_ = os.Remove(temporary)
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("cannot write %s in %s: %w", name, dir, err)
	}
	if folder, err := os.Open(dir); err == nil { // not every system makes a rename durable
		_ = folder.Sync()
		_ = folder.Close()
	}
	return nil
}
