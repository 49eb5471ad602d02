package checkpoint

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Format is the version of the form of checkpoints.
const Format = 1

// Blob is a blob that a manifest names.
type Blob struct {
	Key    string `json:"key"`
	Size   int64  `json:"bytes"`
	Digest string `json:"digest"`
}

// Manifest is what a checkpoint is made of.
type Manifest struct {
	Format   int     `json:"volley_checkpoint"`
	Sequence int64   `json:"sequence"`
	Epoch    int64   `json:"epoch"`
	Version  string  `json:"volley_version"`
	Model    string  `json:"model_digest"`
	State    string  `json:"state_digest"` // of what the state depends on
	Tick     int64   `json:"tick"`
	TimeMs   float64 `json:"time_ms"`
	Parts    []Blob  `json:"parts"`
	Segments []Blob  `json:"segments,omitempty"`
}

const manifestName = "manifest"

// keys begins the keys of a checkpoint.
func keys(sequence int64) string { return fmt.Sprintf("c%08d.", sequence) }

// sequenceOf is the number of the checkpoint that a key belongs to.
func sequenceOf(key string) (int64, bool) {
	name, _, found := strings.Cut(key, ".")
	if !found || len(name) < 2 || name[0] != 'c' {
		return 0, false
	}
	n, err := strconv.ParseInt(name[1:], 10, 64)
	return n, err == nil && n > 0
}

// encode is the manifest as text, and a line with its SHA-256.
func (m *Manifest) encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return fmt.Appendf(text, "\n%s\n", hex.EncodeToString(sum[:])), nil
}

// mostManifest bounds a manifest's size.
const mostManifest = 256 << 20

func decodeManifest(text []byte, sequence int64) (*Manifest, error) {
	at := bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n')
	if at < 0 {
		return nil, fmt.Errorf("the manifest is cut short")
	}
	sum := sha256.Sum256(text[:at])
	if want := hex.EncodeToString(sum[:]) + "\n"; string(text[at+1:]) != want {
		return nil, fmt.Errorf("the manifest is damaged: its checksum is wrong")
	}
	var m Manifest
	if err := json.Unmarshal(text[:at], &m); err != nil {
		return nil, fmt.Errorf("the manifest cannot be read: %w", err)
	}
	switch {
	case m.Format != Format:
		return nil, fmt.Errorf("the checkpoint has format %d, this version of volley reads %d", m.Format, Format)
	case m.Sequence != sequence:
		return nil, fmt.Errorf("the manifest is that of checkpoint %d", m.Sequence)
	}
	return &m, nil
}

func readManifest(ctx context.Context, s Store, sequence int64) (*Manifest, error) {
	r, err := s.Get(ctx, keys(sequence)+manifestName)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, mostManifest))
	if err != nil {
		return nil, err
	}
	return decodeManifest(text, sequence)
}
