package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// A frame is how one message crosses the boundary:
//
//	count u32le, then count lengths u32le, then the segments one behind the other
//
// Segment 0 is the envelope (JSON), segment 1 the operation's body (JSON, may be empty), the others are blobs.

// ErrFrame is wrapped by every error about a malformed or oversized frame.
var ErrFrame = errors.New("bad frame")

const (
	segmentEnvelope = 0
	segmentBody     = 1
	firstBlob       = 2
)

// Blob is a value that travels beside the JSON byte for byte; in the JSON stands its segment number, 0 when absent. Nil
// Data means absent; empty non-nil Data travels as absent too. After decoding, Data aliases the frame.
type Blob struct {
	Data []byte
	at   int
}

// MarshalJSON implements json.Marshaler with the segment number that [EncodeRequest] or [EncodeReply] gave out.
func (b Blob) MarshalJSON() ([]byte, error) { return json.Marshal(b.at) }

// UnmarshalJSON implements json.Unmarshaler.
func (b *Blob) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &b.at) }

// IsZero lets omitzero leave an absent blob out.
func (b Blob) IsZero() bool { return b.at == 0 && len(b.Data) == 0 }

// Blobbed is a message that carries blobs. Blobs returns pointers to each of them, nested ones included, in a fixed order;
// slices inside the message must have their final length already.
type Blobbed interface{ Blobs() []*Blob }

// joinFrame lays segments into one frame.
func joinFrame(segments [][]byte) ([]byte, error) {
	size := 4 + 4*len(segments)
	for i, segment := range segments {
		if limit := segmentLimit(i); len(segment) > limit {
			return nil, fmt.Errorf("%w: segment %d has %d bytes, the limit is %d", ErrFrame, i, len(segment), limit)
		}
		size += len(segment)
	}
	if len(segments) > MaxSegments || size > MaxFrame {
		return nil, fmt.Errorf("%w: %d segments, %d bytes; the limits are %d and %d",
			ErrFrame, len(segments), size, MaxSegments, MaxFrame)
	}
	frame := make([]byte, 4+4*len(segments), size)
	binary.LittleEndian.PutUint32(frame, uint32(len(segments)))
	for i, segment := range segments {
		binary.LittleEndian.PutUint32(frame[4+4*i:], uint32(len(segment)))
	}
	for _, segment := range segments {
		frame = append(frame, segment...)
	}
	return frame, nil
}

// Segments takes a frame apart for those who show it to people: inspectors, failed tests, conformance. The segments alias the
// frame: envelope, body, blobs.
func Segments(frame []byte) ([][]byte, error) { return splitFrame(frame) }

// Join lays segments into a frame, for those who carry frames in another form: envelope, body, blobs. The error wraps
// [ErrFrame] where they are too few, too many or too long.
func Join(segments [][]byte) ([]byte, error) {
	if len(segments) < firstBlob {
		return nil, fmt.Errorf("%w: %d segments", ErrFrame, len(segments))
	}
	return joinFrame(segments)
}

// splitFrame takes a frame apart; the segments alias it.
func splitFrame(frame []byte) ([][]byte, error) {
	if len(frame) > MaxFrame {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrFrame, len(frame), MaxFrame)
	}
	if len(frame) < 4 {
		return nil, fmt.Errorf("%w: %d bytes are too few for a header", ErrFrame, len(frame))
	}
	count := int(binary.LittleEndian.Uint32(frame))
	if count < firstBlob || count > MaxSegments || len(frame) < 4+4*count {
		return nil, fmt.Errorf("%w: header names %d segments in %d bytes", ErrFrame, count, len(frame))
	}
	segments := make([][]byte, count)
	rest := frame[4+4*count:]
	for i := range segments {
		n := int(binary.LittleEndian.Uint32(frame[4+4*i:]))
		if n > len(rest) || n > segmentLimit(i) {
			return nil, fmt.Errorf("%w: segment %d names %d bytes, %d are left and %d allowed",
				ErrFrame, i, n, len(rest), segmentLimit(i))
		}
		segments[i], rest = rest[:n:n], rest[n:]
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes behind the last segment", ErrFrame, len(rest))
	}
	return segments, nil
}

func segmentLimit(i int) int {
	if i < firstBlob {
		return MaxJSON
	}
	return MaxBlob
}

// encode lays an envelope, a body and the body's blobs into a frame.
func encode(envelope, body any) ([]byte, error) {
	segments := make([][]byte, firstBlob, firstBlob+4)
	if blobbed, ok := body.(Blobbed); ok {
		for _, blob := range blobbed.Blobs() {
			blob.at = 0
			if len(blob.Data) > 0 {
				blob.at = len(segments)
				segments = append(segments, blob.Data)
			}
		}
	}
	var err error
	if segments[segmentEnvelope], err = marshal(envelope); err != nil {
		return nil, fmt.Errorf("encoding envelope: %w", err)
	}
	if body != nil {
		if segments[segmentBody], err = marshal(body); err != nil {
			return nil, fmt.Errorf("encoding body: %w", err)
		}
	}
	return joinFrame(segments)
}

// decodeBody reads a body and hands it its blobs. An empty body leaves into as it is.
func decodeBody(segments [][]byte, into any) error {
	if into == nil || len(segments[segmentBody]) == 0 {
		return nil
	}
	if err := unmarshal(segments[segmentBody], into); err != nil {
		return fmt.Errorf("%w: decoding body: %w", ErrFrame, err)
	}
	blobbed, ok := into.(Blobbed)
	if !ok {
		return nil
	}
	for _, blob := range blobbed.Blobs() {
		if blob.at == 0 {
			continue
		}
		if blob.at < firstBlob || blob.at >= len(segments) {
			return fmt.Errorf("%w: body names segment %d of %d", ErrFrame, blob.at, len(segments))
		}
		blob.Data = segments[blob.at]
	}
	return nil
}
