package pyre

import "unicode"

// parenthesis reads what follows an opening one; nil when it was a comment or flags.
func (p *parser) parenthesis(start int) *node {
	if !p.accept('?') {
		return p.capture(start, "")
	}
	switch r := p.next("unexpected end of pattern"); r {
	case 'P':
		return p.named(start)
	case ':':
		return p.inside(start)
	case '>':
		p.irregular = true
		return &node{kind: kindAtomic, kids: []*node{p.inside(start)}}
	case '#':
		for p.next("missing ), unterminated comment") != ')' {
			continue
		}
		return nil
	case '=', '!':
		return p.look(start, r == '!', false)
	case '<':
		if r = p.next("unexpected end of pattern"); r != '=' && r != '!' {
			p.fail(start, "unknown extension ?<"+string(r))
		}
		return p.look(start, r == '!', true)
	case '(':
		return p.condition(start)
	default:
		p.pos--
		return p.inlineFlags(start)
	}
}

// inside reads a group's alternatives and its closing parenthesis; flags changed in it end with it.
func (p *parser) inside(start int) *node {
	saved := p.flags
	n := p.alternatives()
	p.flags = saved
	if !p.accept(')') {
		p.fail(start, "missing ), unterminated subpattern")
	}
	return n
}

func (p *parser) capture(start int, name string) *node {
	p.groups++
	group := p.groups
	p.closed = append(p.closed, false)
	if name != "" {
		if _, ok := p.names[name]; ok {
			p.fail(start, "redefinition of group name "+name)
		}
		p.names[name] = group
	}
	n := &node{kind: kindGroup, group: group, kids: []*node{p.inside(start)}}
	p.closed[group] = true
	return n
}

func (p *parser) named(start int) *node {
	switch p.next("unexpected end of pattern") {
	case '<':
		return p.capture(start, p.name('>'))
	case '=':
		name := p.name(')')
		group, ok := p.names[name]
		if !ok {
			p.fail(start, "unknown group name "+name)
		}
		return p.reference(start, group)
	}
	p.fail(start, "unknown extension ?P")
	return nil
}

func (p *parser) name(end rune) string {
	start := p.pos
	for p.next("missing "+string(end)+", unterminated name") != end {
		continue
	}
	name := p.text[start : p.pos-1]
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsNumber(r)) {
			p.fail(start, "bad character in group name")
		}
	}
	if len(name) == 0 {
		p.fail(start, "missing group name")
	}
	return string(name)
}

func (p *parser) reference(start, group int) *node {
	switch {
	case group > p.groups:
		p.fail(start, "invalid group reference")
	case !p.closed[group]:
		p.fail(start, "cannot refer to an open group")
	}
	p.irregular = true
	return &node{kind: kindBackref, group: group, fold: p.flags.fold}
}

func (p *parser) look(start int, negative, back bool) *node {
	p.irregular = true
	n := &node{kind: kindLook, negative: negative, back: back, kids: []*node{p.inside(start)}}
	if back {
		low, high := width(n.kids[0])
		if low != high {
			p.fail(start, "look-behind requires fixed-width pattern")
		}
		n.behind = low
	}
	return n
}

// condition reads (?(group)yes|no).
func (p *parser) condition(start int) *node {
	p.irregular = true
	name := p.text[p.pos:]
	group, number := p.count(0)
	if number {
		if !p.accept(')') {
			p.fail(start, "missing ), unterminated name")
		}
		if group == 0 || group > p.groups {
			p.fail(start, "invalid group reference")
		}
	} else {
		known, ok := p.names[p.name(')')]
		if !ok {
			p.fail(start, "unknown group name "+string(name[:1]))
		}
		group = known
	}
	n := &node{kind: kindCond, group: group, kids: []*node{p.sequence(), {kind: kindEmpty}}}
	if p.accept('|') {
		n.kids[1] = p.sequence()
	}
	if !p.accept(')') {
		p.fail(start, "conditional backref with more than two branches")
	}
	return n
}

// inlineFlags reads (?aimsx) for the whole pattern, or (?aimsx-imsx:...) for a group.
func (p *parser) inlineFlags(start int) *node {
	saved, on := p.flags, true
	for {
		switch r := p.next("missing -, : or )"); {
		case r == ')' && on && p.pos > start+3:
			p.global = join(p.global, p.flags)
			p.flags = join(saved, p.flags)
			return nil
		case r == ':' && p.pos > start+3:
			n := p.alternatives()
			p.flags = saved
			if !p.accept(')') {
				p.fail(start, "missing ), unterminated subpattern")
			}
			return n
		case r == '-' && on:
			on = false
		case !p.flags.switched(r, on):
			p.fail(start, "unknown extension ?"+string(r))
		}
	}
}

func (f *flags) switched(r rune, on bool) bool {
	switch r {
	case 'i':
		f.fold = on
	case 'm':
		f.multi = on
	case 's':
		f.dotAll = on
	case 'x':
		f.verbose = on
	case 'a':
		f.ascii = true
		return on
	case 'u':
		f.ascii = false
		return on
	default:
		return false
	}
	return true
}

func join(a, b flags) flags {
	return flags{a.fold || b.fold, a.multi || b.multi, a.dotAll || b.dotAll, a.verbose || b.verbose, a.ascii || b.ascii}
}

// unlimited stands for a width without bound.
const unlimited = 1 << 30

// width is how many characters a node may match.
func width(n *node) (low, high int) {
	switch n.kind {
	case kindSet:
		return 1, 1
	case kindGroup, kindAtomic:
		return width(n.kids[0])
	case kindCat:
		for _, kid := range n.kids {
			l, h := width(kid)
			low, high = min(low+l, unlimited), min(high+h, unlimited)
		}
	case kindAlt, kindCond:
		low, high = width(n.kids[0])
		for _, kid := range n.kids[1:] {
			l, h := width(kid)
			low, high = min(low, l), max(high, h)
		}
	case kindRepeat:
		l, h := width(n.kids[0])
		low, high = min(l*n.min, unlimited), unlimited
		if n.max >= 0 {
			high = min(h*n.max, unlimited)
		} else if h == 0 {
			high = 0
		}
	case kindBackref:
		return 0, unlimited
	case kindEmpty, kindAssert, kindLook:
	}
	return low, high
}
