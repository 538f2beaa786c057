package intake

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (p *xmlParser) startTag() error {
	start := p.pos
	if len(p.open) == 0 && p.doc.Root != nil {
		return p.fail(CodeSyntax, start, "a second outermost element", "a file holds exactly one")
	}
	if len(p.open) >= p.options.Depth {
		return p.fail(CodeDepth, start, fmt.Sprintf("more than %d elements in each other", p.options.Depth), "flatten it")
	}
	node, err := p.add(XMLElement, start)
	if err != nil {
		return err
	}
	if p.doc.Root == nil {
		p.doc.Root = node
	}
	p.pos++
	if node.Name, err = p.name(); err != nil {
		return err
	}
	for {
		spaced := p.space()
		if p.pos >= len(p.doc.Source) {
			return p.fail(CodeSyntax, start, "<"+node.Name+" is never closed", "add >")
		}
		switch c := p.doc.Source[p.pos]; {
		case c == '>':
			p.pos++
			node.InnerStart = p.pos
			p.open = append(p.open, node)
			return nil
		case p.at("/>"):
			p.pos += 2
			node.InnerStart, node.InnerEnd, node.End = p.pos, p.pos, p.pos
			return nil
		case !spaced:
			return p.fail(CodeSyntax, p.pos, "no space before an attribute of <"+node.Name+">", "add one")
		}
		if err := p.attribute(node); err != nil {
			return err
		}
	}
}

func (p *xmlParser) attribute(node *XMLNode) error {
	start := p.pos
	if err := p.count(start); err != nil {
		return err
	}
	if len(node.Attrs) >= p.options.Attrs {
		return p.fail(CodeLimit, start, fmt.Sprintf("<%s> has more than %d attributes", node.Name, p.options.Attrs), "remove some")
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	if _, double := node.Attr(name); double { // at most Attrs comparisons
		return p.fail(CodeSyntax, start, "<"+node.Name+"> has "+name+" twice", "remove one")
	}
	p.space()
	if !p.at("=") {
		return p.fail(CodeSyntax, p.pos, "the attribute "+name+" has no value", "write "+name+`="..."`)
	}
	p.pos++
	p.space()
	if !p.at(`"`) && !p.at(`'`) {
		return p.fail(CodeSyntax, p.pos, "the value of "+name+" is not quoted", "write "+name+`="..."`)
	}
	quote, inner := p.doc.Source[p.pos], p.pos+1
	length := bytes.IndexByte(p.doc.Source[inner:], quote)
	if length < 0 {
		return p.fail(CodeSyntax, start, "the value of "+name+" is never closed", "add the closing quote")
	}
	if length > p.options.TextBytes {
		return p.fail(CodeLimit, start, fmt.Sprintf("a value of more than %d bytes", p.options.TextBytes), "move it into a file of its own")
	}
	if at := bytes.IndexByte(p.doc.Source[inner:inner+length], '<'); at >= 0 {
		return p.fail(CodeSyntax, inner+at, "< in the value of "+name, "write &lt;")
	}
	p.pos = inner + length + 1
	value, err := p.resolve(inner, inner+length, true)
	node.Attrs = append(node.Attrs, XMLAttr{Name: name, Value: value, Start: start, End: p.pos})
	return err
}

func (p *xmlParser) endTag() error {
	start := p.pos
	p.pos += 2
	name, err := p.name()
	if err != nil {
		return err
	}
	p.space()
	if !p.at(">") {
		return p.fail(CodeSyntax, start, "</"+name+" is never closed", "add >")
	}
	p.pos++
	if len(p.open) == 0 {
		return p.fail(CodeSyntax, start, "</"+name+"> closes nothing", "remove it")
	}
	node := p.open[len(p.open)-1]
	if node.Name != name {
		line, _ := p.doc.Position(node.Start)
		return p.fail(CodeSyntax, start, fmt.Sprintf("</%s> stands where <%s> of line %d is open", name, node.Name, line),
			"add </"+node.Name+"> before it")
	}
	p.open = p.open[:len(p.open)-1]
	node.InnerEnd, node.End = start, p.pos
	return nil
}

func (p *xmlParser) space() bool {
	start := p.pos
	for p.pos < len(p.doc.Source) && xmlSpace(rune(p.doc.Source[p.pos])) {
		p.pos++
	}
	return p.pos > start
}

func xmlSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }

// name reads a name as XML 1.0 has it, colons included.
func (p *xmlParser) name() (string, error) {
	start, src := p.pos, p.doc.Source
	for p.pos < len(src) {
		r, size := rune(src[p.pos]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(src[p.pos:])
		}
		if !nameRune(r, p.pos == start) {
			break
		}
		p.pos += size
	}
	raw := src[start:p.pos]
	if len(raw) == 0 {
		return "", p.fail(CodeSyntax, start, "a name is missing", "write &lt; for a < that opens no tag")
	}
	if len(raw) > p.options.NameBytes {
		return "", p.fail(CodeLimit, start, fmt.Sprintf("a name of more than %d bytes", p.options.NameBytes), "shorten it")
	}
	if name, ok := p.names[string(raw)]; ok {
		return name, nil
	}
	name := string(raw)
	p.names[name] = name
	return name, nil
}

// XMLName says whether text can be the name of an element or an attribute.
func XMLName(text string) bool {
	for i, r := range text {
		if !nameRune(r, i == 0) {
			return false
		}
	}
	return text != "" && utf8.ValidString(text)
}

func nameRune(r rune, first bool) bool {
	switch {
	case 'a' <= r|0x20 && r|0x20 <= 'z' && r < utf8.RuneSelf, r == '_', r == ':':
		return true
	case '0' <= r && r <= '9', r == '-', r == '.', r == 0xb7, 0x300 <= r && r <= 0x36f, r == 0x203f, r == 0x2040:
		return !first
	}
	return 0xc0 <= r && r <= 0x2ff && r != 0xd7 && r != 0xf7 || 0x370 <= r && r <= 0x1fff && r != 0x37e ||
		r == 0x200c || r == 0x200d || 0x2070 <= r && r <= 0x218f || 0x2c00 <= r && r <= 0x2fef || 0x3001 <= r && r <= 0xd7ff ||
		0xf900 <= r && r <= 0xfdcf || 0xfdf0 <= r && r <= 0xfffd || 0x10000 <= r && r <= 0xeffff
}

// resolve gives the text of a part of the source: references replaced and line ends made one, in an attribute blanks too.
func (p *xmlParser) resolve(start, end int, attribute bool) (string, error) {
	raw := p.doc.Source[start:end]
	special := "&\r"
	if attribute {
		special = "&\r\n\t"
	}
	next := bytes.IndexAny(raw, special)
	if next < 0 {
		return string(raw), nil
	}
	var b strings.Builder
	b.Grow(len(raw))
	for at := 0; ; {
		b.Write(raw[at : at+next])
		switch at += next; raw[at] {
		case '&':
			text, length, err := p.reference(start+at, raw[at:])
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			at += length
		case '\r':
			if at++; at == len(raw) || raw[at] != '\n' {
				b.WriteByte(blank('\n', attribute))
			}
		default: // in an attribute alone
			b.WriteByte(' ')
			at++
		}
		if next = bytes.IndexAny(raw[at:], special); next < 0 {
			b.Write(raw[at:])
			return b.String(), nil
		}
	}
}

func blank(c byte, attribute bool) byte {
	if attribute {
		return ' '
	}
	return c
}

func lineEnds(raw []byte) string {
	if bytes.IndexByte(raw, '\r') < 0 {
		return string(raw)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\r", "\n")
}

// reference reads the reference that raw, at offset at, starts with.
func (p *xmlParser) reference(at int, raw []byte) (text string, length int, err error) {
	end := bytes.IndexByte(raw[:min(len(raw), 64)], ';')
	if end < 2 {
		return "", 0, p.fail(CodeSyntax, at, "an & that starts no reference", "write &amp;")
	}
	name := string(raw[1:end])
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		return p.character(at, digits, end+1)
	}
	switch name {
	case "lt":
		return "<", end + 1, nil
	case "gt":
		return ">", end + 1, nil
	case "amp":
		return "&", end + 1, nil
	case "quot":
		return `"`, end + 1, nil
	case "apos":
		return "'", end + 1, nil
	}
	if !XMLName(name) {
		return "", 0, p.fail(CodeSyntax, at, "an & that starts no reference", "write &amp;")
	}
	text, known := xml.HTMLEntity[name]
	if !known {
		return "", 0, p.fail(CodeEntity, at, "the entity &"+name+"; is not defined", "write the character itself, or &amp; for an &")
	}
	if !p.options.HTMLEntities {
		return "", 0, p.fail(CodeEntity, at, "the entity &"+name+"; is HTML's, XML does not know it", fmt.Sprintf("write &#%d;", []rune(text)[0]))
	}
	if err := p.count(at); err != nil {
		return "", 0, err
	}
	p.doc.Entities = append(p.doc.Entities, XMLEntity{Name: name, Text: text, Start: at, End: at + end + 1})
	return text, end + 1, nil
}

func (p *xmlParser) character(at int, digits string, length int) (string, int, error) {
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	number, err := strconv.ParseUint(digits, base, 21)
	r := rune(number) //nolint:gosec // 21 bits
	if err != nil || r < ' ' && r != '\t' && r != '\n' && r != '\r' || !utf8.ValidRune(r) || r == 0xfffe || r == 0xffff {
		return "", 0, p.fail(CodeSyntax, at, "a reference to no character that XML allows", "write the character itself")
	}
	return string(r), length, nil
}
