package fuel

import (
	"fmt"
	"unicode/utf8"
)

// cursor reads the original module. The first error sticks: later reads give zeros and move nothing, so a caller checks
// err once per item instead of once per byte.
type cursor struct {
	data     []byte
	pos, end int
	section  string
	function int
	err      *Error
}

// fail records the first error, at byte offset at.
func (c *cursor) fail(code Code, at int, format string, args ...any) {
	if c.err == nil {
		c.err = &Error{Code: code, Section: c.section, Offset: at, Function: c.function, Detail: fmt.Sprintf(format, args...)}
	}
}

func (c *cursor) byte() byte {
	if c.err != nil {
		return 0
	}
	if c.pos >= c.end {
		c.fail(CodeMalformed, c.pos, "unexpected end")
		return 0
	}
	b := c.data[c.pos]
	c.pos++
	return b
}

// bytes takes n bytes, which stay part of the original module.
func (c *cursor) bytes(n int) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > c.end-c.pos {
		c.fail(CodeMalformed, c.pos, "%d bytes wanted, %d left", n, c.end-c.pos)
		return nil
	}
	b := c.data[c.pos : c.pos+n]
	c.pos += n
	return b
}

// u32 reads an unsigned LEB128 of at most 32 bits. Padding within five bytes is allowed, as linkers write it.
func (c *cursor) u32() uint32 {
	if c.err == nil && c.pos < c.end && c.data[c.pos] < 0x80 {
		c.pos++
		return uint32(c.data[c.pos-1])
	}
	at := c.pos
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		b := c.byte()
		if shift == 28 && b > 0x0f {
			c.fail(CodeMalformed, at, "integer longer than 32 bits")
			return 0
		}
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	return v
}

// signed reads a signed LEB128 of at most bits bits.
func (c *cursor) signed(bits int) int64 {
	if c.err == nil && c.pos < c.end && c.data[c.pos] < 0x80 {
		c.pos++
		return int64(int8(c.data[c.pos-1]<<1) >> 1)
	}
	at := c.pos
	var v int64
	for shift := 0; ; shift += 7 {
		b := c.byte()
		if c.err != nil {
			return 0
		}
		if left := bits - shift; left <= 7 {
			// Of the last byte only left bits count; the others must repeat the sign, and nothing may follow.
			rest := int8(b<<1) >> left
			if b >= 0x80 || rest != 0 && rest != -1 {
				c.fail(CodeMalformed, at, "integer longer than %d bits", bits)
				return 0
			}
		}
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if shift+7 < 64 && b&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
}

// count reads a vector's length and refuses one over limit, or one that the rest of the section cannot hold.
func (c *cursor) count(code Code, limit int, what string) int {
	at := c.pos
	n := int(c.u32())
	if c.err == nil && n > limit {
		c.fail(code, at, "%d %s, at most %d are allowed", n, what, limit)
	}
	if c.err == nil && n > c.end-c.pos {
		c.fail(CodeMalformed, at, "%d %s announced, %d bytes left", n, what, c.end-c.pos)
	}
	if c.err != nil {
		return 0
	}
	return n
}

func (c *cursor) name() string {
	at := c.pos
	b := c.bytes(int(c.u32()))
	if !utf8.Valid(b) {
		c.fail(CodeMalformed, at, "a name is not UTF-8")
		return ""
	}
	return string(b)
}

// valueType reads a value type of the core specification, vectors and references included.
func (c *cursor) valueType() ValueType {
	at := c.pos
	t := ValueType(c.byte())
	if c.err == nil && !t.known() {
		c.failType(at, byte(t))
	}
	return t
}

func (c *cursor) refType() ValueType {
	at := c.pos
	t := c.valueType()
	if c.err == nil && !t.reference() {
		c.fail(CodeMalformed, at, "%s is not a reference type", t)
	}
	return t
}

// failType names the proposal that a type outside the core specification belongs to.
func (c *cursor) failType(at int, b byte) {
	switch b {
	case 0x69, 0x68, 0x74:
		c.fail(CodeExceptions, at, "exception reference type %#x", b)
	case 0x64, 0x63, 0x71, 0x72, 0x73, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x78, 0x77:
		c.fail(CodeGC, at, "typed or garbage-collected reference type %#x", b)
	default:
		c.fail(CodeMalformed, at, "unknown type %#x", b)
	}
}
