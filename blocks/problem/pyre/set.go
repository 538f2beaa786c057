package pyre

import (
	"unicode"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

type span struct{ low, high rune }

// class is \d, \s or \w, or their opposite.
type class struct {
	letter   byte
	negative bool
	ascii    bool
}

func (c class) has(r rune) bool {
	return c.positive(r) != c.negative
}

func (c class) positive(r rune) bool {
	if c.ascii && r > unicode.MaxASCII {
		return false
	}
	switch c.letter {
	case 'd':
		return unicode.IsDigit(r)
	case 's':
		return pystr.IsSpace(r) && (!c.ascii || r < 0x1c || r == ' ')
	}
	return isWord(r)
}

// isWord is str.isalnum() or an underscore.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// set is a set of characters. The empty negative set is every character.
type set struct {
	negative bool
	ranges   []span
	classes  []class
	fold     bool
}

func (s *set) has(r rune) bool {
	if s.plain(r) {
		return !s.negative
	}
	if s.fold {
		for f := nextFold(r); f != r; f = nextFold(f) {
			if s.plain(f) {
				return !s.negative
			}
		}
	}
	return s.negative
}

func (s *set) plain(r rune) bool {
	for _, span := range s.ranges {
		if span.low <= r && r <= span.high {
			return true
		}
	}
	for _, c := range s.classes {
		if c.has(r) {
			return true
		}
	}
	return false
}

// nextFold walks round the characters that are equal when case is ignored. Python takes the four kinds of i for equal,
// which Unicode's simple folding does not.
func nextFold(r rune) rune {
	switch r {
	case 'I':
		return 'i'
	case 'i':
		return 'İ'
	case 'İ':
		return 'ı'
	case 'ı':
		return 'I'
	}
	return unicode.SimpleFold(r)
}

func sameFold(a, b rune) bool {
	if a == b {
		return true
	}
	for f := nextFold(a); f != a; f = nextFold(f) {
		if f == b {
			return true
		}
	}
	return false
}

// set reads what follows an opening bracket.
func (p *parser) set(start int) *set {
	s := &set{negative: p.accept('^'), fold: p.flags.fold}
	for first := true; ; first = false {
		r := p.next("unterminated character set")
		if r == ']' && !first {
			return s
		}
		low, single := p.member(s, r)
		if !single || !p.more() || p.text[p.pos] != '-' {
			if single {
				s.ranges = append(s.ranges, span{low, low})
			}
			continue
		}
		p.pos++
		r = p.next("unterminated character set")
		if r == ']' {
			s.ranges = append(s.ranges, span{low, low}, span{'-', '-'})
			return s
		}
		high, single := p.member(&set{}, r)
		if !single || high < low {
			p.fail(start, "bad character range")
		}
		s.ranges = append(s.ranges, span{low, high})
	}
}

// member reads one character of a set; single is false when it was a class, which is added.
func (p *parser) member(s *set, r rune) (_ rune, single bool) {
	if r != '\\' {
		return r, true
	}
	start := p.pos - 1
	r = p.next("bad escape (end of pattern)")
	switch r {
	case 'd', 'D', 's', 'S', 'w', 'W':
		s.classes = append(s.classes, p.class(r))
		return 0, false
	case 'b':
		return '\b', true
	}
	if r >= '0' && r <= '7' {
		return p.octal(start, r), true
	}
	return p.character(start, r), true
}

func (p *parser) class(r rune) class {
	return class{letter: byte(r) | 0x20, negative: r < 'a', ascii: p.flags.ascii}
}
