package intake

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// xmlParser walks the source once from start to end. Open elements are a stack, so depth costs no goroutine stack.
type xmlParser struct {
	doc     *XMLDocument
	options XMLOptions
	pos     int
	start   int // where the text begins, after a byte order mark
	nodes   int
	open    []*XMLNode
	names   map[string]string // one string per name
	slab    []XMLNode
}

func (p *xmlParser) document() error {
	src := p.doc.Source
	for p.pos < len(src) {
		var err error
		switch {
		case src[p.pos] != '<':
			err = p.text()
		case p.at("<!--"):
			err = p.comment()
		case p.at("<![CDATA["):
			err = p.cdata()
		case p.at("<!"):
			err = p.doctype()
		case p.at("<?"):
			err = p.instruction()
		case p.at("</"):
			err = p.endTag()
		default:
			err = p.startTag()
		}
		if err != nil {
			return err
		}
	}
	if n := len(p.open); n > 0 {
		return p.fail(CodeSyntax, p.open[n-1].Start, "<"+p.open[n-1].Name+"> is never closed", "add </"+p.open[n-1].Name+">")
	}
	if p.doc.Root == nil {
		return p.fail(CodeSyntax, len(src), "there is no element", "a file holds exactly one outermost element")
	}
	return nil
}

func (p *xmlParser) at(prefix string) bool {
	src := p.doc.Source[p.pos:]
	return len(src) >= len(prefix) && string(src[:len(prefix)]) == prefix
}

// add puts a new node that starts at start below the innermost open element.
func (p *xmlParser) add(kind XMLKind, start int) (*XMLNode, error) {
	if err := p.count(start); err != nil {
		return nil, err
	}
	if len(p.slab) == 0 {
		p.slab = make([]XMLNode, min(128, 8+p.nodes/2))
	}
	node := &p.slab[0]
	p.slab = p.slab[1:]
	node.Kind, node.Start = kind, start
	if n := len(p.open); n > 0 {
		p.open[n-1].Children = append(p.open[n-1].Children, node)
	} else {
		p.doc.Nodes = append(p.doc.Nodes, node)
	}
	return node, nil
}

func (p *xmlParser) count(at int) error {
	if p.nodes++; p.nodes > p.options.Nodes {
		return p.fail(CodeLimit, at, fmt.Sprintf("more than %d elements, attributes and texts", p.options.Nodes), "split the file")
	}
	return nil
}

// finish ends a node without children at p.pos; its text runs from textStart to textEnd.
func (p *xmlParser) finish(node *XMLNode, textStart, textEnd int) error {
	if textEnd-textStart > p.options.TextBytes {
		return p.fail(CodeLimit, textStart, fmt.Sprintf("a text of more than %d bytes", p.options.TextBytes), "move it into a file of its own")
	}
	node.End, node.InnerStart, node.InnerEnd = p.pos, textStart, textEnd
	return nil
}

// text reads character data up to the next tag.
func (p *xmlParser) text() error {
	start := p.pos
	length := bytes.IndexByte(p.doc.Source[start:], '<')
	if length < 0 {
		length = len(p.doc.Source) - start
	}
	p.pos = start + length
	raw := p.doc.Source[start:p.pos]
	if len(p.open) == 0 {
		if at := bytes.IndexFunc(raw, func(r rune) bool { return !xmlSpace(r) }); at >= 0 {
			return p.fail(CodeSyntax, start+at, "text outside the outermost element", "a file holds exactly one outermost element")
		}
		return nil
	}
	if at := bytes.Index(raw, []byte("]]>")); at >= 0 {
		return p.fail(CodeSyntax, start+at, "]]> in a text", "write ]]&gt;")
	}
	node, err := p.add(XMLText, start)
	if err != nil {
		return err
	}
	if err := p.finish(node, start, p.pos); err != nil {
		return err
	}
	node.Text, err = p.resolve(start, p.pos, false)
	return err
}

// delimited reads a node up to and with its end mark.
func (p *xmlParser) delimited(kind XMLKind, open, end, what string) (*XMLNode, error) {
	start := p.pos
	inner := start + len(open)
	length := bytes.Index(p.doc.Source[inner:], []byte(end))
	if length < 0 {
		return nil, p.fail(CodeSyntax, start, what+" is never closed", "add "+end)
	}
	node, err := p.add(kind, start)
	if err != nil {
		return nil, err
	}
	p.pos = inner + length + len(end)
	if err := p.finish(node, inner, inner+length); err != nil {
		return nil, err
	}
	node.Text = lineEnds(p.doc.Source[inner : inner+length])
	return node, nil
}

func (p *xmlParser) comment() error {
	node, err := p.delimited(XMLComment, "<!--", "-->", "a comment")
	if err != nil {
		return err
	}
	if at := strings.Index(node.Text, "--"); at >= 0 || strings.HasSuffix(node.Text, "-") {
		at = bytes.Index(p.doc.Source[node.InnerStart:node.End], []byte("--"))
		return p.fail(CodeSyntax, node.InnerStart+at, "-- inside a comment", "write - -")
	}
	return nil
}

func (p *xmlParser) cdata() error {
	if len(p.open) == 0 {
		return p.fail(CodeSyntax, p.pos, "text outside the outermost element", "a file holds exactly one outermost element")
	}
	_, err := p.delimited(XMLCData, "<![CDATA[", "]]>", "a CDATA section")
	return err
}

var xmlDeclaration = regexp.MustCompile(`^version\s*=\s*(?:"1\.\d+"|'1\.\d+')` +
	`(?:\s+encoding\s*=\s*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?` +
	`(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*$`)

func (p *xmlParser) instruction() error {
	start := p.pos
	node, err := p.delimited(XMLInstruction, "<?", "?>", "an instruction")
	if err != nil {
		return err
	}
	end := p.pos
	p.pos = start + 2
	if node.Name, err = p.name(); err != nil {
		return err
	}
	rest := p.doc.Source[p.pos:node.InnerEnd]
	text := bytes.TrimLeft(rest, " \t\r\n")
	if len(text) > 0 && len(text) == len(rest) {
		return p.fail(CodeSyntax, p.pos, "no space after the name of an instruction", "add one")
	}
	node.InnerStart = node.InnerEnd - len(text)
	node.Text = lineEnds(text)
	p.pos = end
	if !strings.EqualFold(node.Name, "xml") {
		return nil
	}
	if start != p.start || node.Name != "xml" {
		return p.fail(CodeSyntax, start, "an XML declaration inside the file", "it may stand at the very start alone")
	}
	if !xmlDeclaration.MatchString(node.Text) {
		return p.fail(CodeSyntax, start, "a malformed XML declaration", `write <?xml version="1.0" encoding="utf-8"?>`)
	}
	return nil
}

// doctype takes a document type that declares nothing. Nothing that it names is ever fetched.
func (p *xmlParser) doctype() error {
	start := p.pos
	if !p.at("<!DOCTYPE") || len(p.open) > 0 || p.doc.Root != nil {
		return p.fail(CodeSyntax, start, "a declaration where none may stand", "remove it")
	}
	for _, node := range p.doc.Nodes {
		if node.Kind == XMLDoctype {
			return p.fail(CodeSyntax, start, "a second document type", "remove it")
		}
	}
	src, quote := p.doc.Source, byte(0)
	for at := start; at < len(src); at++ {
		switch c := src[at]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			return p.fail(CodeEntity, start, "a document type with declarations of its own", "remove it and write out what it defines")
		case c == '>':
			return p.doctypeNode(start, at)
		}
	}
	return p.fail(CodeSyntax, start, "a document type is never closed", "add >")
}

func (p *xmlParser) doctypeNode(start, end int) error {
	p.pos = start + len("<!DOCTYPE")
	if p.pos == end || !xmlSpace(rune(p.doc.Source[p.pos])) {
		return p.fail(CodeSyntax, start, "a document type without a name", "remove it")
	}
	p.space()
	name, err := p.name()
	if err != nil {
		return err
	}
	rest := bytes.TrimSpace(p.doc.Source[p.pos:end])
	if !doctypeRest.Match(rest) {
		return p.fail(CodeSyntax, start, "a malformed document type", "remove it")
	}
	node, err := p.add(XMLDoctype, start)
	if err != nil {
		return err
	}
	node.Name, node.Text, p.pos = name, lineEnds(rest), end+1
	return p.finish(node, end, end)
}

var doctypeRest = regexp.MustCompile(`^(?:|SYSTEM\s+(?:"[^"]*"|'[^']*')|PUBLIC\s+(?:"[^"]*"|'[^']*')\s+(?:"[^"]*"|'[^']*'))$`)
