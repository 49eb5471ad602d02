package batch

import "github.com/volley-snn/volley/snn/pinned"

// Anneal lowers an amplitude from Start to End over Epochs by half a cosine:
//
//	End + (Start - End) (1 + cos(pi epoch/Epochs))/2
type Anneal struct {
	Start, End float64
	Epochs     int
}

// At is the amplitude in an epoch, from 0; from Epochs on it is End, or goes up
// and down for ever with the quirk AnnealCycles.
func (a Anneal) At(epoch int, q Quirks) float64 {
	if epoch >= a.Epochs && !q.AnnealCycles {
		return a.End
	}
	half := float64(epoch) / float64(2*a.Epochs) // turns
	return a.End + float64((a.Start-a.End)*(1+pinned.CosTurns(half))/2)
}
