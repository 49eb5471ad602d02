package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/volley-snn/volley/internal/injection"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
)

// replay is a journal whose spikes a run is given again.
type replay struct {
	*injection.Reader
	file *os.File
}

// openReplay opens the journal that a run is to repeat: that of --replay or, where a
// run goes on, the one that it has been given so far. nil where there is none.
func (f *runFlags) openReplay(n *kernel.Network) (*replay, error) {
	path := f.replay
	if path == "" && f.resume && len(n.Injected()) > 0 {
		path = filepath.Join(f.out, record.InjectedFile)
		if _, err := os.Stat(path); err != nil {
			path = ""
		}
	}
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError{fmt.Errorf("--replay: %w", err)}
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r, err := injection.Open(file, info.Size(), n)
	if err != nil {
		_ = file.Close()
		return nil, usageError{fmt.Errorf("--replay %s: %w", path, err)}
	}
	if r.Torn > 0 {
		fmt.Fprintf(os.Stderr, "volley: %s ends in a record that was not whole and never counted: its last %d bytes are left out\n", path, r.Torn)
	}
	if r.Header.ModelDigest != n.Model.Digest() {
		fmt.Fprintf(os.Stderr, "volley: the model's duration, records, rates or strengths are not those that %s was recorded with: the spikes may be others\n", path)
	}
	return &replay{r, file}, nil
}

// keep copies the journal into the run's directory.
func (r *replay) keep(dir string) (*record.Injected, error) {
	said := &record.Injected{File: record.InjectedFile, SHA256: r.Digest, Spikes: r.Kept.Spikes, Bytes: r.Kept.Bytes, Replayed: true}
	path := filepath.Join(dir, record.InjectedFile)
	if there, err := os.Stat(path); err == nil {
		if own, err := r.file.Stat(); err == nil && os.SameFile(there, own) {
			return said, nil
		}
	}
	into, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(into, io.NewSectionReader(r.file, 0, r.Kept.Bytes))
	return said, errors.Join(err, into.Close())
}

// content is the journal as it is sent to nodes.
func (r *replay) content() ([]byte, error) {
	return io.ReadAll(io.NewSectionReader(r.file, 0, r.Kept.Bytes))
}

// injectable says where spikes can be injected into a run on nodes.
func injectable(n *kernel.Network, run, url string) {
	for _, p := range n.Injected() {
		fmt.Fprintf(os.Stderr, "volley: spikes can be injected into %s (neurons 0 to %d) at %s, subject volley.%s.in.%s\n", p.Name, p.Size()-1, url, run, p.Name)
	}
}

// injectedText words what has become of what clients sent; empty where they cannot send.
func injectedText(in *control.Injection) string {
	if in == nil || in.Replayed {
		return ""
	}
	text := fmt.Sprintf("injected: %d spikes in %d messages", in.Spikes, in.Messages)
	if in.Late > 0 {
		text += fmt.Sprintf(", %d of them later than asked", in.Late)
	}
	if in.Waiting > 0 {
		text += fmt.Sprintf(", %d wait", in.Waiting)
	}
	if in.SlippedMs > 0 {
		text += fmt.Sprintf("; %.3g s behind its pace", float64(in.SlippedMs)/1000)
	}
	if in.Refused > 0 {
		text += fmt.Sprintf("; %d messages refused (%s)", in.Refused, in.Why)
	}
	return text
}
