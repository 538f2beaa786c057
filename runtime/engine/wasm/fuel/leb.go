package fuel

// appendU32 appends the shortest unsigned LEB128 of v.
func appendU32(out []byte, v uint32) []byte {
	for v >= 0x80 {
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v))
}

// appendS64 appends the shortest signed LEB128 of v.
func appendS64(out []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}

func appendName(out []byte, name string) []byte {
	return append(appendU32(out, uint32(len(name))), name...)
}

// sizeBytes is the room that begin leaves: a section's size is known only after its content, and a padded LEB128 saves
// moving the content.
const sizeBytes = 5

// begin opens a section (or subsection) and gives the offset that finish wants.
func begin(out []byte, id byte) ([]byte, int) {
	out = append(out, id, 0, 0, 0, 0, 0)
	return out, len(out)
}

// finish writes the size of what was appended since start.
func finish(out []byte, start int) {
	n := len(out) - start
	for i := range sizeBytes {
		b := byte(n & 0x7f)
		if i < sizeBytes-1 {
			b |= 0x80
		}
		out[start-sizeBytes+i] = b
		n >>= 7
	}
}
