package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/chaos"
)

// disturbed is a bus that loses, repeats, turns round and delays what is sent, as
// --disturb says; empty leaves it as it is.
func disturbed(b bus.Bus, text string) (bus.Bus, error) {
	if text == "" {
		return b, nil
	}
	var f chaos.Faults
	seed := uint64(0)
	shares := map[string]*float64{"drop": &f.Drop, "duplicate": &f.Duplicate, "reorder": &f.Reorder, "delay": &f.Delay}
	for _, part := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		if share := shares[name]; share != nil {
			*share, err = strconv.ParseFloat(value, 64)
		} else if name == "seed" {
			seed, err = strconv.ParseUint(value, 10, 64)
		} else {
			err = fmt.Errorf("expected seed, drop, duplicate, reorder or delay")
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("--disturb %s: %w", part, err)}
		}
	}
	worse, err := chaos.Wrap(b, seed, f)
	if err != nil {
		return nil, usageError{fmt.Errorf("--disturb: %w", err)}
	}
	return worse, nil
}
