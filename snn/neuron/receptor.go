package neuron

import (
	"fmt"
	"strings"
)

// FindReceptor is the receptor that a weight enters by: the named one, or, where
// name is empty or NEST's number 0, the one that takes the weight's sign. An error
// says which there are; it is an error to leave open which of several receptors
// that take either sign is meant.
func FindReceptor(all []Receptor, name string, weight float64) (int, error) {
	if name == "0" {
		name = ""
	}
	var known []string
	for r, port := range all {
		takes := port.Sign == 0 || float64(port.Sign)*weight > 0 || (weight == 0 && port.Sign > 0)
		if name == port.Name || (name == "" && takes && (port.Sign != 0 || len(all) == 1)) {
			return r, nil
		}
		known = append(known, port.Name)
	}
	switch list := strings.Join(known, ", "); {
	case name != "":
		return 0, fmt.Errorf("no receptor %q; there are %s", name, list)
	case len(all) > 1 && all[0].Sign == 0:
		return 0, fmt.Errorf("it is left open which of the receptors %s is meant", list)
	default:
		return 0, fmt.Errorf("no receptor takes a weight of %g; there are %s", weight, list)
	}
}
