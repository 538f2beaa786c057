package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrDamaged says: the content is not the picture that its name says.
var ErrDamaged = errors.New("the picture is damaged")

// strip takes out of a picture what is not the picture. Kinds that carry nothing of the sort stay as they are. up is which side is
// up, as cameras count from 1 to 8.
func strip(kind string, data []byte) (clean []byte, up int, err error) {
	switch kind {
	case "image/jpeg":
		return stripJPEG(data)
	case "image/png":
		clean, err = stripPNG(data)
	case "image/webp":
		clean, err = stripWebP(data)
	default:
		clean = data
	}
	return clean, 1, err
}

// Markers of JPEG that carry no length, and those that go.
const (
	jpegStart = 0xd8
	jpegScan  = 0xda
	jpegEnd   = 0xd9
	jpegApp1  = 0xe1
	jpegApp15 = 0xef
	jpegNote  = 0xfe
	// jpegColour is the colour profile, jpegAdobe how colours are coded: without these the picture looks otherwise.
	jpegColour = 0xe2
	jpegAdobe  = 0xee
)

func stripJPEG(data []byte) ([]byte, int, error) {
	if len(data) < 4 || data[0] != 0xff || data[1] != jpegStart {
		return nil, 0, ErrDamaged
	}
	out, up := append(make([]byte, 0, len(data)), data[:2]...), 1
	for at := 2; ; {
		for at < len(data) && data[at] == 0xff && at+1 < len(data) && data[at+1] == 0xff { // fill bytes
			at++
		}
		if at+4 > len(data) || data[at] != 0xff {
			return nil, 0, ErrDamaged
		}
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if size < 2 || at+2+size > len(data) {
			return nil, 0, ErrDamaged
		}
		segment := data[at : at+2+size]
		if marker == jpegScan {
			return appendScans(out, data, at, at+2+size, up)
		}
		at += 2 + size
		switch {
		case marker == jpegApp1:
			if side, ok := orientation(segment[4:]); ok && side != 1 {
				up = side
			}
		case marker == jpegNote, marker > jpegApp1 && marker <= jpegApp15 && marker != jpegColour && marker != jpegAdobe:
		default:
			out = append(out, segment...)
		}
		if marker == jpegEnd {
			return nil, 0, ErrDamaged
		}
	}
}

// appendScans adds which side is up, and the picture itself, up to its end: what follows that is no part of it.
func appendScans(out, data []byte, start, header, up int) ([]byte, int, error) {
	end := bytes.LastIndex(data[header:], []byte{0xff, jpegEnd})
	if end < 0 {
		return nil, 0, ErrDamaged
	}
	end += header
	if scans := bytes.Count(data[start:end], []byte{0xff, jpegScan}); scans > MaxScans {
		return nil, 0, fmt.Errorf("%w: %d, the limit is %d", ErrPasses, scans, MaxScans)
	}
	if up != 1 {
		out = append(append(append([]byte{}, out[:2]...), sideSegment(up)...), out[2:]...)
	}
	return append(out, data[start:end+2]...), up, nil
}

// sideSegment says which side is up and nothing else.
func sideSegment(up int) []byte {
	return []byte{
		0xff, jpegApp1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(up), 0, 0, 0, 0, 0, 0,
	}
}

// orientation reads which side is up from what a camera wrote.
func orientation(exif []byte) (side int, ok bool) {
	body, found := bytes.CutPrefix(exif, []byte("Exif\x00\x00"))
	if !found || len(body) < 8 {
		return 0, false
	}
	var order binary.ByteOrder
	switch string(body[:4]) {
	case "MM\x00*":
		order = binary.BigEndian
	case "II*\x00":
		order = binary.LittleEndian
	default:
		return 0, false
	}
	start := uint64(order.Uint32(body[4:]))
	if start+2 > uint64(len(body)) {
		return 0, false
	}
	entries := body[start+2:]
	for range order.Uint16(body[start:]) {
		if len(entries) < 12 {
			return 0, false
		}
		if order.Uint16(entries) == 0x0112 && order.Uint16(entries[2:]) == 3 {
			side = int(order.Uint16(entries[8:]))
			return side, side >= 1 && side <= 8
		}
		entries = entries[12:]
	}
	return 0, false
}

// pngNotes are the chunks of PNG that say something about the picture and are no part of it.
var pngNotes = map[string]bool{"eXIf": true, "tEXt": true, "zTXt": true, "iTXt": true, "tIME": true}

func stripPNG(data []byte) ([]byte, error) {
	const signature = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(data, []byte(signature)) {
		return nil, ErrDamaged
	}
	out := append(make([]byte, 0, len(data)), data[:8]...)
	for at := 8; ; {
		if at+12 > len(data) {
			return nil, ErrDamaged
		}
		size := uint64(binary.BigEndian.Uint32(data[at:]))
		if size > uint64(len(data)-at-12) {
			return nil, ErrDamaged
		}
		kind := string(data[at+4 : at+8])
		next := at + 12 + int(size)
		if !pngNotes[kind] {
			out = append(out, data[at:next]...)
		}
		if kind == "IEND" {
			return out, nil
		}
		at = next
	}
}

func stripWebP(data []byte) ([]byte, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return nil, ErrDamaged
	}
	out := append(make([]byte, 0, len(data)), data[:12]...)
	for at := 12; at < len(data); {
		if at+8 > len(data) {
			return nil, ErrDamaged
		}
		size := uint64(binary.LittleEndian.Uint32(data[at+4:]))
		if size > uint64(len(data)-at-8) {
			return nil, ErrDamaged
		}
		next := min(at+8+int(size+size%2), len(data))
		switch kind := string(data[at : at+4]); kind {
		case "EXIF", "XMP ":
		case "VP8X":
			if size < 10 {
				return nil, ErrDamaged
			}
			begin := len(out)
			out = append(out, data[at:next]...)
			out[begin+8] &^= 0x0c // that there were these two
		default:
			out = append(out, data[at:next]...)
		}
		at = next
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
