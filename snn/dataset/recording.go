package dataset

import (
	"io"
)

// eventBytes is the length of an event in an N-MNIST file.
const eventBytes = 5

// Recording is what an event camera saw of one item, in the 5-byte events of
// N-MNIST: x, y, then polarity (highest bit) and time in microseconds (23 bits,
// big-endian). It holds whole events.
// Source: Orchard et al. 2015, Frontiers in Neuroscience 9:437.
type Recording []byte

// Event is a change of brightness at one pixel.
type Event struct {
	X, Y   uint8
	On     bool // brighter
	TimeUs uint32
}

// Len is the number of events.
func (r Recording) Len() int { return len(r) / eventBytes }

// Event is event k, in the order of the file.
func (r Recording) Event(k int) Event {
	b := r[k*eventBytes : k*eventBytes+eventBytes]
	return Event{
		X: b[0], Y: b[1], On: b[2]>>7 == 1,
		TimeUs: uint32(b[2]&0x7f)<<16 | uint32(b[3])<<8 | uint32(b[4]),
	}
}

// longestRecording bounds the length of one recording in bytes.
const longestRecording = 1 << 28

// ReadRecording decodes one .bin file of a camera of width x height pixels
// (34 x 34 for N-MNIST), plain or compressed. Times must not fall.
func ReadRecording(file string, r io.Reader, width, height int) (Recording, error) {
	b, err := decompress(file, r)
	if err != nil {
		return nil, err
	}
	data, err := readExactly(b, longestRecording+1)
	if err != nil {
		return nil, fault(file, "", "cannot be read after %d bytes: %v", len(data), err)
	}
	return asRecording(file, data, width, height)
}

func asRecording(file string, data []byte, width, height int) (Recording, error) {
	if len(data) > longestRecording {
		return nil, fault(file, "at most 2^28", "is a recording of more bytes than any camera wrote")
	}
	if len(data)%eventBytes != 0 {
		return nil, fault(file, "whole events of 5 bytes each", "is %d bytes long: it ends inside event %d", len(data), len(data)/eventBytes)
	}
	r, last := Recording(data), uint32(0)
	for k := range r.Len() {
		e := r.Event(k)
		if int(e.X) >= width || int(e.Y) >= height {
			return nil, fault(file, "x and y inside the camera", "event %d is at pixel (%d, %d) of %d x %d", k, e.X, e.Y, width, height)
		}
		if e.TimeUs < last {
			return nil, fault(file, "times that do not fall", "event %d is at %d us, after one at %d us", k, e.TimeUs, last)
		}
		last = e.TimeUs
	}
	return r, nil
}
