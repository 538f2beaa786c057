package pyre

import "unicode"

// escape reads what follows a backslash outside of sets.
func (p *parser) escape(start int) *node {
	r := p.next("bad escape (end of pattern)")
	switch r {
	case 'A':
		return &node{kind: kindAssert, assert: atStart}
	case 'Z':
		return &node{kind: kindAssert, assert: atEnd}
	case 'b':
		return &node{kind: kindAssert, assert: atBoundary, ascii: p.flags.ascii}
	case 'B':
		return &node{kind: kindAssert, assert: atNoBoundary, ascii: p.flags.ascii}
	case 'd', 'D', 's', 'S', 'w', 'W':
		return &node{kind: kindSet, set: &set{classes: []class{p.class(r)}}}
	case '0':
		return p.literal(p.octal(start, r))
	}
	if r >= '1' && r <= '9' {
		return p.number(start, r)
	}
	return p.literal(p.character(start, r))
}

// number is a back reference, or a character when three octal digits stand there.
func (p *parser) number(start int, first rune) *node {
	group := int(first - '0')
	if p.more() && isDigit(p.text[p.pos]) {
		if first <= '7' && p.pos+1 < len(p.text) && isOctal(p.text[p.pos]) && isOctal(p.text[p.pos+1]) {
			return p.literal(p.octal(start, first))
		}
		group = group*10 + int(p.text[p.pos]-'0')
		p.pos++
	}
	return p.reference(start, group)
}

func (p *parser) octal(start int, first rune) rune {
	r := first - '0'
	for range 2 {
		if p.more() && isOctal(p.text[p.pos]) {
			r = r*8 + p.text[p.pos] - '0'
			p.pos++
		}
	}
	if r > 0o377 {
		p.fail(start, "octal escape value outside of range 0-0o377")
	}
	return r
}

// character is a single character written as an escape.
func (p *parser) character(start int, r rune) rune {
	switch r {
	case 'a':
		return '\a'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'v':
		return '\v'
	case 'x':
		return p.hex(start, 2)
	case 'u':
		return p.hex(start, 4)
	case 'U':
		return p.hex(start, 8)
	}
	if r <= unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		p.fail(start, `bad escape \`+string(r))
	}
	return r
}

func (p *parser) hex(start, digits int) rune {
	var r rune
	for range digits {
		c := p.next("incomplete escape")
		switch {
		case isDigit(c):
			r = r*16 + c - '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r*16 + (c | 0x20) - 'a' + 10
		default:
			p.fail(start, "incomplete escape")
		}
		if r > unicode.MaxRune {
			p.fail(start, "bad escape")
		}
	}
	return r
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
func isOctal(r rune) bool { return '0' <= r && r <= '7' }
