// Package door is what a host and a block's process say to each other: the handshake, the name of the one gRPC method, the
// messages on its stream, and the codec that carries them as bytes. Both ends import it, so that there is one truth. It knows
// no operation; the frames inside are those of package wire.
//
// A process is a go-plugin server: it is started with [CookieKey] in its environment, prints go-plugin's handshake line with
// wire.ABI as its protocol version, and serves [Service] on the socket that it named. A host opens some streams of [Method]
// and keeps them. A stream carries one call at a time: the host sends [Call]; the process answers with any number of
// [ServiceRequest] (each answered by one [ServiceReply] before the next) and [LogLine], and ends the call with [Reply] or
// [TooLarge]. After [Cancel] nobody waits for the reply, but it is still sent: it tells that the call has ended.
//
// Nothing here needs generated code: a process in any language reads and writes the messages as plain bytes.
package door

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// The handshake: an environment variable by which a block's process knows that it was started by a host. It is no secret.
const (
	CookieKey   = "QUOIN_BLOCK_PROCESS"
	CookieValue = "5f3c1b0e9a7d4c62"
	// Plugin is the name of the one plugin in go-plugin's set.
	Plugin = "block"
	// FolderKey names the variable that holds the package's folder, where files beside the artifact lie; read only.
	FolderKey = "QUOIN_BLOCK_FOLDER"
)

// The one method: a stream of [Message] in both directions.
const (
	Service = "quoin.process.Block"
	Stream  = "Calls"
	Method  = "/" + Service + "/" + Stream
)

// Kind says what a message is. Numbers are append-only.
type Kind byte

// The kinds of messages.
const (
	// Ready is the process's first message on a stream, call 0.
	Ready Kind = 1
	// Call begins a call; the body is a request frame. The number is the host's, new for each call of a stream.
	Call Kind = 2
	// Reply ends a call; the body is a reply frame.
	Reply Kind = 3
	// ServiceRequest asks a service; the body is a service request frame.
	ServiceRequest Kind = 4
	// ServiceReply answers it; the body is a reply frame.
	ServiceReply Kind = 5
	// LogLine is a line of the block's log; the body is made by [PackLog].
	LogLine Kind = 6
	// Cancel tells that nobody waits for the call any more.
	Cancel Kind = 7
	// TooLarge ends a call whose reply is beyond wire.MaxFrame; the body is its length as u64le.
	TooLarge Kind = 8
)

// Message is one message: kind u8, call u32le, body.
type Message struct {
	Kind Kind
	Call uint32
	Body []byte
}

// header is the length of a message's kind and call number.
const header = 5

// MaxMessage bounds a message in bytes; a gRPC end refuses longer ones before it reads them.
const MaxMessage = wire.MaxFrame + header

// Decode reads a message. The body aliases data.
func (m *Message) Decode(data []byte) error {
	if len(data) < header {
		return fmt.Errorf("decoding message: %d bytes are too few for a header of %d", len(data), header)
	}
	if len(data) > MaxMessage {
		return fmt.Errorf("decoding message: %d bytes, the limit is %d", len(data), MaxMessage)
	}
	kind := Kind(data[0])
	if kind < Ready || kind > TooLarge {
		return fmt.Errorf("decoding message: unknown kind %d", kind)
	}
	m.Kind, m.Call, m.Body = kind, binary.LittleEndian.Uint32(data[1:]), data[header:]
	return nil
}

// head gives the bytes before the body.
func (m *Message) head() []byte {
	return binary.LittleEndian.AppendUint32(append(make([]byte, 0, header), byte(m.Kind)), m.Call)
}

// PackLog makes a log line's body: level i32le (those of log/slog), then UTF-8 text of at most wire.MaxFrame-4 bytes.
func PackLog(level int, line string) []byte {
	line = strings.ToValidUTF8(line[:min(len(line), wire.MaxFrame-4)], "?")
	line = line[:min(len(line), wire.MaxFrame-4)]
	return append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(line)), uint32(int32(level))), line...)
}

// UnpackLog reads a log line's body.
func UnpackLog(body []byte) (level int, line string, err error) {
	if len(body) < 4 {
		return 0, "", fmt.Errorf("decoding log line: %d bytes are too few for a level", len(body))
	}
	return int(int32(binary.LittleEndian.Uint32(body))), strings.ToValidUTF8(string(body[4:]), "?"), nil
}

// PackSize makes the body of [TooLarge].
func PackSize(size int) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(size)) }

// UnpackSize reads it.
func UnpackSize(body []byte) (uint64, error) {
	if len(body) != 8 {
		return 0, fmt.Errorf("decoding size: %d bytes, not 8", len(body))
	}
	return binary.LittleEndian.Uint64(body), nil
}
