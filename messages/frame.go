package messages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Version of the layout. Nodes of different ones do not work together.
const Version = 1

// Kind says what a frame carries.
type Kind uint8

// The kinds of frames. Asks, acknowledgements, probes and ends have no body. Trainings
// number their batches in Step, and the ways that they are shared in Epoch.
const (
	EnvelopeFrame    Kind = 1 + iota // an Envelope
	AskFrame                         // From misses Step and all after it
	AcknowledgeFrame                 // From has taken all up to Step
	ProbeFrame                       // From waits to hear what has been taken of it
	FaultFrame                       // in place of an envelope: JSON, why a partition of From failed in Step
	HeaderFrame                      // of a journal of injected spikes: JSON
	EndFrame                         // of a journal: nothing follows
	OrderFrame                       // of a training: an Order
	ValuesFrame                      // of a training: the network's values, by the number of their change in Step
	BatchFrame                       // of a training: a TrainingBatch
	ActivityFrame                    // of a training: the Activity of shard From
	GradientFrame                    // of a training: the sum of gradients from shard From on
	LackFrame                        // of a training: a Lack
)

// Frame is a frame without its body.
type Frame struct {
	Kind  Kind
	Epoch uint64
	From  uint32 // peer
	Step  int64

	// Part counts the parts of a body that is too large for one message from 0;
	// Parts is how many there are, at least 1.
	Part, Parts uint16
}

// HeaderLen and TrailerLen are the bytes around a frame's body.
const (
	HeaderLen  = 34
	TrailerLen = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrFrame is the kind of error of bytes that are no frame.
var ErrFrame = errors.New("not a frame")

// AppendFrame appends a frame with a body to dst.
//
//	bytes 0-2    "VLY"
//	byte  3      Version
//	byte  4      kind
//	byte  5      0
//	bytes 6-9    part, parts (uint16 each)
//	bytes 10-17  epoch
//	bytes 18-21  from
//	bytes 22-29  step
//	bytes 30-33  length of the body
//	             the body
//	             CRC-32C of all before
func AppendFrame(dst []byte, f Frame, body []byte) []byte {
	start := len(dst)
	dst = append(dst, 'V', 'L', 'Y', Version, byte(f.Kind), 0)
	dst = binary.LittleEndian.AppendUint16(dst, f.Part)
	dst = binary.LittleEndian.AppendUint16(dst, max(f.Parts, 1))
	dst = binary.LittleEndian.AppendUint64(dst, f.Epoch)
	dst = binary.LittleEndian.AppendUint32(dst, f.From)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.Step))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(body)))
	dst = append(dst, body...)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// BodyLen is the length of the body of a frame that begins with header, of HeaderLen
// bytes; nothing is checked.
func BodyLen(header []byte) int64 { return int64(binary.LittleEndian.Uint32(header[30:])) }

// NextFrame reads the frame that data begins with, and returns its body, which lies
// in data, and what follows it. The error is an ErrFrame that says what is wrong.
func NextFrame(data []byte) (f Frame, body, rest []byte, err error) {
	if len(data) < HeaderLen+TrailerLen {
		return f, nil, nil, fmt.Errorf("%w: %d bytes, expected at least %d", ErrFrame, len(data), HeaderLen+TrailerLen)
	}
	if string(data[:3]) != "VLY" {
		return f, nil, nil, fmt.Errorf("%w: it begins with %q, expected \"VLY\"", ErrFrame, data[:3])
	}
	if data[3] != Version {
		return f, nil, nil, fmt.Errorf("%w: version %d, expected %d", ErrFrame, data[3], Version)
	}
	length := binary.LittleEndian.Uint32(data[30:])
	if uint64(length) > uint64(len(data)-HeaderLen-TrailerLen) {
		return f, nil, nil, fmt.Errorf("%w: a body of %d bytes, and %d are there", ErrFrame, length, len(data)-HeaderLen-TrailerLen)
	}
	end := HeaderLen + int(length)
	if sum := crc32.Checksum(data[:end], castagnoli); sum != binary.LittleEndian.Uint32(data[end:]) {
		return f, nil, nil, fmt.Errorf("%w: its checksum is wrong", ErrFrame)
	}
	f = Frame{
		Kind: Kind(data[4]), Part: binary.LittleEndian.Uint16(data[6:]), Parts: binary.LittleEndian.Uint16(data[8:]),
		Epoch: binary.LittleEndian.Uint64(data[10:]), From: binary.LittleEndian.Uint32(data[18:]), Step: int64(binary.LittleEndian.Uint64(data[22:])),
	}
	if f.Parts == 0 || f.Part >= f.Parts {
		return f, nil, nil, fmt.Errorf("%w: part %d of %d", ErrFrame, f.Part, f.Parts)
	}
	return f, data[HeaderLen:end], data[end+TrailerLen:], nil
}
