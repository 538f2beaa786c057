package script

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// A script knows text alone, so the contract's frames reach it as text: a line of the segments' lengths in UTF-16 units, which
// is how scripts count, a b behind those that are base64 because they are no text; then the segments one behind the other.
// sdk/typescript/frame.ts is the other side.

// Text gives a frame as a script reads it. The error wraps [wire.ErrFrame].
func Text(frame []byte) ([]byte, error) {
	segments, err := wire.Segments(frame)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(frame)+8*len(segments))
	for i, segment := range segments {
		if i > 0 {
			out = append(out, ' ')
		}
		if !utf8.Valid(segment) {
			segments[i] = base64.StdEncoding.AppendEncode(nil, segment)
			out = append(strconv.AppendInt(out, int64(len(segments[i])), 10), 'b')
			continue
		}
		out = strconv.AppendInt(out, int64(units(segment)), 10)
	}
	out = append(out, '\n')
	for _, segment := range segments {
		out = append(out, segment...)
	}
	return out, nil
}

// Frame reads what a script wrote. The error wraps [wire.ErrFrame].
func Frame(text []byte) ([]byte, error) {
	line, rest, found := bytes.Cut(text, []byte("\n"))
	words := strings.Split(string(line), " ")
	if !found || len(line) > 16*wire.MaxSegments || len(words) > wire.MaxSegments {
		return nil, fmt.Errorf("%w: the script's reply begins with no line of lengths", wire.ErrFrame)
	}
	segments := make([][]byte, 0, len(words))
	for _, word := range words {
		length, packed := strings.CutSuffix(word, "b")
		n, err := strconv.ParseUint(length, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("%w: %q in the script's reply is no length", wire.ErrFrame, word)
		}
		size, ok := prefix(rest, int(n))
		if !ok {
			return nil, fmt.Errorf("%w: a segment of the script's reply ends within a character or behind the end", wire.ErrFrame)
		}
		segment := rest[:size]
		if rest = rest[size:]; packed {
			if segment, err = base64.StdEncoding.AppendDecode(nil, segment); err != nil {
				return nil, fmt.Errorf("%w: a segment of the script's reply is no base64: %w", wire.ErrFrame, err)
			}
		}
		segments = append(segments, segment)
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes behind the last segment of the script's reply", wire.ErrFrame, len(rest))
	}
	return wire.Join(segments)
}

// units counts a text's UTF-16 units.
func units(text []byte) int {
	n := utf8.RuneCount(text)
	for i := 0; i < len(text); i++ { // characters of four bytes are two units
		if text[i] >= 0xf0 {
			n++
		}
	}
	return n
}

// prefix gives the bytes of the first n units; false where a character stands across, or the text is shorter.
func prefix(text []byte, n int) (size int, ok bool) {
	for n > 0 && size < len(text) {
		if text[size] < utf8.RuneSelf {
			n--
			size++
			continue
		}
		r, width := utf8.DecodeRune(text[size:])
		n -= max(utf16.RuneLen(r), 1)
		size += width
	}
	return size, n == 0
}
