package pyre

import (
	"errors"
	"fmt"
)

// Limits of patterns and of the work for one search.
const (
	MaxPattern = 32 << 10  // characters
	maxDepth   = 100       // nested groups
	maxProgram = 20_000    // instructions
	maxRepeat  = 5_000     // in {m,n}
	maxSteps   = 2_000_000 // of all threads of a search
	maxTries   = 500_000   // instructions of a search that backtracks
	maxStack   = 200_000   // ways that it keeps open
)

// ErrTooSlow is what a search returns when it would take too long.
var ErrTooSlow = errors.New("searching text: the pattern takes too long")

// Error is a mistake in a pattern.
type Error struct {
	// Offset counts characters from the start of the pattern.
	Offset int
	// Reason is Python's wording, in English.
	Reason string
}

// Error words it with its place.
func (e *Error) Error() string {
	return fmt.Sprintf("compiling pattern: %s at character %d", e.Reason, e.Offset+1)
}

type kind uint8

const (
	kindEmpty kind = iota
	kindSet        // one character of a set
	kindCat
	kindAlt
	kindRepeat
	kindGroup  // capturing
	kindAssert // a place: one of the assert constants
	kindBackref
	kindLook
	kindAtomic
	kindCond
)

type assertion uint8

const (
	atStart assertion = iota
	atEnd
	atLineStart
	atEndOrNewline
	atLineEnd
	atBoundary
	atNoBoundary
)

// node is one piece of a pattern.
type node struct {
	kind     kind
	set      *set
	kids     []*node
	min, max int // of repeats; max < 0 is no limit
	lazy     bool
	group    int // of groups, back references and conditions
	assert   assertion
	ascii    bool // of boundaries
	fold     bool // of back references
	negative bool // of look-around
	behind   int  // of look-behind: its width; 0 looks ahead unless back is set
	back     bool
}

type flags struct{ fold, multi, dotAll, verbose, ascii bool }

type parser struct {
	text  []rune
	pos   int
	depth int
	flags flags
	// global are flags that a (?i) somewhere sets for the whole pattern.
	global flags
	groups int
	closed []bool
	names  map[string]int
	// irregular says that threads are not enough.
	irregular bool
}

type abort struct{ err *Error }

// fail leaves the parser; parse recovers it.
func (p *parser) fail(at int, reason string) {
	panic(abort{&Error{Offset: at, Reason: reason}})
}

func parse(text []rune, initial flags) (root *node, p *parser, err error) {
	defer func() {
		if r := recover(); r != nil {
			a, ok := r.(abort)
			if !ok {
				panic(r)
			}
			root, err = nil, a.err
		}
	}()
	for {
		p = &parser{text: text, flags: initial, global: initial, closed: []bool{true}, names: map[string]int{}}
		root = p.alternatives()
		if p.pos < len(text) {
			p.fail(p.pos, "unbalanced parenthesis")
		}
		if p.global == initial {
			return root, p, nil
		}
		initial = p.global
	}
}

func (p *parser) more() bool { return p.pos < len(p.text) }

func (p *parser) accept(r rune) bool {
	if p.more() && p.text[p.pos] == r {
		p.pos++
		return true
	}
	return false
}

func (p *parser) next(reason string) rune {
	if !p.more() {
		p.fail(p.pos, reason)
	}
	p.pos++
	return p.text[p.pos-1]
}

func (p *parser) alternatives() *node {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, "too many nested groups")
	}
	defer func() { p.depth-- }()
	kids := []*node{p.sequence()}
	for p.accept('|') {
		kids = append(kids, p.sequence())
	}
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{kind: kindAlt, kids: kids}
}

func (p *parser) sequence() *node {
	n := &node{kind: kindCat}
	for p.more() && p.text[p.pos] != '|' && p.text[p.pos] != ')' {
		if p.flags.verbose && p.skipVerbose() {
			continue
		}
		start := p.pos
		if lo, hi, ok := p.quantifier(); ok {
			p.repeat(n, start, lo, hi)
			continue
		}
		if item := p.atom(); item != nil {
			n.kids = append(n.kids, item)
		}
	}
	return n
}

// skipVerbose takes white space or a comment of (?x) patterns.
func (p *parser) skipVerbose() bool {
	switch r := p.text[p.pos]; {
	case r == '#':
		for p.more() && p.text[p.pos] != '\n' {
			p.pos++
		}
		return true
	case r == ' ' || r >= '\t' && r <= '\r':
		p.pos++
		return true
	}
	return false
}

// quantifier reads *, +, ? or {m,n}; a brace that is none of these is an ordinary character.
func (p *parser) quantifier() (lo, hi int, ok bool) {
	start := p.pos
	switch p.text[p.pos] {
	case '*':
		p.pos++
		return 0, -1, true
	case '+':
		p.pos++
		return 1, -1, true
	case '?':
		p.pos++
		return 0, 1, true
	case '{':
	default:
		return 0, 0, false
	}
	p.pos++
	lo, some := p.count(0)
	hi = lo
	if p.accept(',') {
		var limited bool
		if hi, limited = p.count(-1); limited {
			some = true
		}
		some = some || p.more() && p.text[p.pos] == '}'
	}
	if !some || !p.accept('}') {
		p.pos = start
		return 0, 0, false
	}
	if hi >= 0 && hi < lo {
		p.fail(start, "min repeat greater than max repeat")
	}
	return lo, hi, true
}

func (p *parser) count(missing int) (n int, some bool) {
	start := p.pos
	for p.more() && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
		n = n*10 + int(p.text[p.pos]-'0')
		if n > maxRepeat {
			p.fail(start, "the repetition number is too large")
		}
		p.pos++
	}
	if p.pos == start {
		return missing, false
	}
	return n, true
}

// repeat wraps the last item of a sequence.
func (p *parser) repeat(n *node, at, lo, hi int) {
	if len(n.kids) == 0 || n.kids[len(n.kids)-1].kind == kindAssert {
		p.fail(at, "nothing to repeat")
	}
	last := n.kids[len(n.kids)-1]
	if last.kind == kindRepeat || last.kind == kindAtomic && last.lazy {
		p.fail(at, "multiple repeat")
	}
	repeated := &node{kind: kindRepeat, kids: []*node{last}, min: lo, max: hi}
	switch {
	case p.accept('?'):
		repeated.lazy = true
	case p.accept('+'):
		p.irregular = true
		// lazy marks the possessive quantifier apart from a group (?>...).
		repeated = &node{kind: kindAtomic, kids: []*node{repeated}, lazy: true}
	}
	n.kids[len(n.kids)-1] = repeated
}

func (p *parser) atom() *node {
	start := p.pos
	r := p.text[p.pos]
	p.pos++
	switch r {
	case '.':
		return &node{kind: kindSet, set: &set{negative: true, ranges: notNewline(p.flags.dotAll)}}
	case '^':
		if p.flags.multi {
			return &node{kind: kindAssert, assert: atLineStart}
		}
		return &node{kind: kindAssert, assert: atStart}
	case '$':
		if p.flags.multi {
			return &node{kind: kindAssert, assert: atLineEnd}
		}
		return &node{kind: kindAssert, assert: atEndOrNewline}
	case '[':
		return &node{kind: kindSet, set: p.set(start)}
	case '(':
		return p.parenthesis(start)
	case '\\':
		return p.escape(start)
	}
	return p.literal(r)
}

func (p *parser) literal(r rune) *node {
	return &node{kind: kindSet, set: &set{ranges: []span{{r, r}}, fold: p.flags.fold}}
}

func notNewline(all bool) []span {
	if all {
		return nil
	}
	return []span{{'\n', '\n'}}
}
