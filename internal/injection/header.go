package injection

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// FormatVersion is the version of journals.
const FormatVersion = 1

// Header says what a journal's spikes are for.
type Header struct {
	Format  int    `json:"volley_injected"` // FormatVersion
	Version string `json:"volley"`          // that wrote it

	Model       string      `json:"model"`
	ModelDigest string      `json:"model_digest"`
	StateDigest string      `json:"state_digest"`
	Seeds       model.Seeds `json:"seeds"`
	DtMs        float64     `json:"dt_ms"`

	Populations []Population `json:"populations"`
}

// Population is where the GIDs of an injected population lie: First inclusive, End
// exclusive.
type Population struct {
	Name  string  `json:"name"`
	First snn.GID `json:"first"`
	End   snn.GID `json:"end"`
}

// NewHeader is the header of a network's journals.
func NewHeader(n *kernel.Network, version string) *Header {
	h := &Header{Format: FormatVersion, Version: version, Model: n.Model.Name, ModelDigest: n.Model.Digest(), StateDigest: n.Model.StateDigest(), Seeds: n.Seeds, DtMs: n.DtMs}
	for _, p := range n.Injected() {
		h.Populations = append(h.Populations, Population{p.Name, p.Range.First, p.Range.End})
	}
	return h
}

// ErrOther is the kind of error of a journal that is not a model's.
var ErrOther = errors.New("the journal is of another run")

// check refuses a journal whose spikes mean something else in this network. What may
// differ is what may differ where a run goes on from a checkpoint: the duration,
// records, rates and strengths.
func (h *Header) check(n *kernel.Network) error {
	own := NewHeader(n, "")
	switch {
	case h.Format != FormatVersion:
		return fmt.Errorf("%w: it has format %d, and this volley reads %d", ErrOther, h.Format, FormatVersion)
	case len(own.Populations) == 0:
		return fmt.Errorf("%w: the model %s has no population that spikes are injected into", ErrOther, own.Model)
	case h.Model != own.Model:
		return fmt.Errorf("%w: it is of the model %s, and this is %s", ErrOther, h.Model, own.Model)
	case math.Float64bits(h.DtMs) != math.Float64bits(own.DtMs):
		return fmt.Errorf("%w: its ticks are %g ms, and the model's are %g ms", ErrOther, h.DtMs, own.DtMs)
	case h.Seeds != own.Seeds:
		return fmt.Errorf("%w: its seeds are %s, and the model's are %s", ErrOther, seedsText(h.Seeds), seedsText(own.Seeds))
	case h.StateDigest != own.StateDigest:
		return fmt.Errorf("%w: the model %s has changed since (it was %.12s, and is %.12s)", ErrOther, own.Model, h.StateDigest, own.StateDigest)
	}
	return nil
}

func seedsText(s model.Seeds) string {
	if s.Network == s.Base && s.Initial == s.Base && s.Input == s.Base {
		return fmt.Sprint(s.Base)
	}
	return fmt.Sprintf("%d (network %d, initial %d, input %d)", s.Base, s.Network, s.Initial, s.Input)
}

func (h *Header) encode() []byte {
	text, err := json.Marshal(h)
	if err != nil {
		panic(err) // words and finite numbers can be written
	}
	return text
}

// injected reports whether a GID is of one of the populations.
func (h *Header) injected(g snn.GID) bool {
	for _, p := range h.Populations {
		if g >= p.First && g < p.End {
			return true
		}
	}
	return false
}
