package gradient

import (
	"fmt"

	"github.com/volley-snn/volley/messages"
)

// parcel is a body that arrives in parts, in any order, some of them twice.
type parcel struct {
	parts [][]byte
	left  int
}

// add takes a part, which it keeps, and reports whether the body is whole.
func (p *parcel) add(f messages.Frame, part []byte) bool {
	if p.parts == nil {
		p.parts, p.left = make([][]byte, f.Parts), int(f.Parts)
	}
	if int(f.Parts) == len(p.parts) && p.parts[f.Part] == nil {
		p.parts[f.Part] = part
		p.left--
	}
	return p.whole()
}

func (p *parcel) whole() bool { return p.parts != nil && p.left == 0 }

// missing is the first part that is not there.
func (p *parcel) missing() int {
	for k, part := range p.parts {
		if part == nil {
			return k
		}
	}
	return 0
}

// body is the whole.
func (p *parcel) body() []byte {
	if len(p.parts) == 1 {
		return p.parts[0]
	}
	var all []byte
	for _, part := range p.parts {
		all = append(all, part...)
	}
	return all
}

// values reads the whole as so many numbers; each is called as of training.Workers.
func (p *parcel) values(x []float32, each func(n int, f func(k int))) error {
	const most = messages.MaxBody / 4
	if parts := max((len(x)+most-1)/most, 1); parts != len(p.parts) {
		return fmt.Errorf("%d parts of %d numbers, expected %d", len(p.parts), len(x), parts)
	}
	faults := make([]error, len(p.parts))
	each(len(p.parts), func(k int) {
		faults[k] = messages.Values(x[k*most:min((k+1)*most, len(x))], p.parts[k])
	})
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}
