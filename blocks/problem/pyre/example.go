package pyre

import "unicode"

// Examples are texts that the pattern was meant to match, simplest first: without the optional parts, with one round of
// each, with the later alternatives. They are guesses that a caller checks with [Regexp.Search], because look-around and
// places are not taken into account.
func (re *Regexp) Examples() []string {
	var all []string
	for extra := range 2 {
		for way := range 3 {
			g := &generator{extra: extra, way: way, groups: map[int]string{}}
			g.node(re.root)
			if len(g.text) <= maxExample {
				all = append(all, string(g.text))
			}
		}
	}
	return all
}

const maxExample = 1000

type generator struct {
	text       []rune
	extra, way int
	groups     map[int]string
}

func (g *generator) node(n *node) {
	if len(g.text) > maxExample {
		return
	}
	switch n.kind {
	case kindSet:
		g.text = append(g.text, n.set.member(len(g.text)))
	case kindCat, kindAtomic:
		for _, kid := range n.kids {
			g.node(kid)
		}
	case kindAlt:
		g.node(n.kids[min(g.way, len(n.kids)-1)])
	case kindRepeat:
		rounds := max(n.min, g.extra)
		if n.max >= 0 {
			rounds = min(rounds, n.max)
		}
		for range rounds {
			g.node(n.kids[0])
		}
	case kindGroup:
		from := len(g.text)
		g.node(n.kids[0])
		g.groups[n.group] = string(g.text[from:])
	case kindBackref:
		g.text = append(g.text, []rune(g.groups[n.group])...)
	case kindCond:
		kid := n.kids[0]
		if _, ok := g.groups[n.group]; !ok {
			kid = n.kids[1]
		}
		g.node(kid)
	case kindEmpty, kindAssert, kindLook:
	}
}

// member is a character of the set that a person would type, if there is one.
func (s *set) member(i int) rune {
	if !s.negative && len(s.ranges) > 0 && len(s.classes) == 0 {
		return s.ranges[0].low
	}
	const likely = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,;:!?/()+*=<>@#$%&'\"[]{}|~^`\\\t\n"
	for k := range len(likely) {
		at := k
		if k < 26 {
			at = (i + k) % 26 // letters in turn
		}
		if r := rune(likely[at]); s.has(r) {
			return r
		}
	}
	for r := rune(0x80); r <= unicode.MaxLatin1*256; r++ {
		if s.has(r) {
			return r
		}
	}
	return 'a'
}
