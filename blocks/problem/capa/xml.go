package capa

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of an author's XML.
const (
	MaxSource   = 1 << 20 // bytes
	maxDepth    = 200     // nested tags
	maxElements = 20_000  // tags and texts
	maxInputs   = 500
)

// SyntaxError is XML that cannot be read.
type SyntaxError struct {
	// Line and Column count from 1; columns are bytes.
	Line, Column int
	Reason, Fix  string
}

// Error words it with its place and a way to mend it.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("parsing problem: line %d, column %d: %s; %s", e.Line, e.Column, e.Reason, e.Fix)
}

// reader turns text into elements. It knows no document types, so there is no entity that could grow.
type reader struct {
	text     string
	pos      int
	line     int
	start    int // of the line
	depth    int
	count    int
	findings []Finding
}

// parseXML reads one document. Comments and processing instructions are dropped.
func parseXML(text string) (*element, []Finding, *SyntaxError) {
	if len(text) > MaxSource {
		return nil, nil, &SyntaxError{1, 1, fmt.Sprintf("the problem is longer than %d bytes", MaxSource), "make it shorter"}
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	r := &reader{text: strings.ReplaceAll(text, "\r\n", "\n"), line: 1}
	top := &element{}
	if err := r.content(top); err != nil {
		return nil, nil, err
	}
	if r.pos < len(r.text) {
		return nil, nil, r.fail("this tag closes nothing", "remove it, or open it before")
	}
	var root *element
	for _, kid := range top.kids {
		switch {
		case kid.name != "" && root == nil:
			root = kid
		case kid.name != "":
			return nil, nil, &SyntaxError{kid.line, kid.column, "there is a second outermost tag", "put everything into <problem>"}
		case strings.TrimSpace(kid.text) != "":
			return nil, nil, &SyntaxError{kid.line, kid.column, "text stands outside of all tags", "put everything into <problem>"}
		}
	}
	if root == nil {
		return nil, nil, &SyntaxError{1, 1, "there is no tag", "begin with <problem>"}
	}
	root.parent = nil
	return root, r.findings, nil
}

func (r *reader) fail(reason, fix string) *SyntaxError {
	return &SyntaxError{r.line, r.pos - r.start + 1, reason, fix}
}

func (r *reader) warn(message, fix string) {
	r.findings = append(r.findings, Finding{Level: Warning, Line: r.line, Column: r.pos - r.start + 1, Message: message, Fix: fix})
}

// advance moves on and counts lines.
func (r *reader) advance(to int) {
	for i := r.pos; i < to; i++ {
		if r.text[i] == '\n' {
			r.line++
			r.start = i + 1
		}
	}
	r.pos = to
}

// content reads what is inside of an element, up to the tag that closes it or the end of the text.
func (r *reader) content(parent *element) *SyntaxError {
	if r.depth++; r.depth > maxDepth {
		return r.fail("tags are nested too deeply", fmt.Sprintf("at most %d are allowed", maxDepth))
	}
	defer func() { r.depth-- }()
	for r.pos < len(r.text) {
		rest := r.text[r.pos:]
		var err *SyntaxError
		switch {
		case strings.HasPrefix(rest, "</"):
			return nil
		case strings.HasPrefix(rest, "<!--"):
			err = r.skip("<!--", "-->", "the comment is never closed")
		case strings.HasPrefix(rest, "<![CDATA["):
			err = r.cdata(parent)
		case strings.HasPrefix(rest, "<?"):
			err = r.skip("<?", "?>", "the processing instruction is never closed")
		case strings.HasPrefix(rest, "<!"):
			err = r.doctype()
		case rest[0] == '<' && len(rest) > 1 && nameStart(rest[1]):
			err = r.element(parent)
		default:
			err = r.characters(parent)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) skip(open, end, reason string) *SyntaxError {
	i := strings.Index(r.text[r.pos+len(open):], end)
	if i < 0 {
		return r.fail(reason, "write "+end)
	}
	r.advance(r.pos + len(open) + i + len(end))
	return nil
}

func (r *reader) cdata(parent *element) *SyntaxError {
	const open, end = "<![CDATA[", "]]>"
	from := r.pos + len(open)
	i := strings.Index(r.text[from:], end)
	if i < 0 {
		return r.fail("the CDATA section is never closed", "write ]]>")
	}
	err := r.add(parent, r.text[from:from+i])
	r.advance(from + i + len(end))
	return err
}

func (r *reader) doctype() *SyntaxError {
	i := strings.IndexAny(r.text[r.pos:], "[>")
	if i < 0 || r.text[r.pos+i] == '[' {
		return r.fail("document type definitions are not allowed", "remove <!DOCTYPE ...>; write characters instead of entities")
	}
	r.advance(r.pos + i + 1)
	return nil
}

// add appends text, to the text before it where there is one.
func (r *reader) add(parent *element, text string) *SyntaxError {
	if text == "" {
		return nil
	}
	if n := len(parent.kids); n > 0 && parent.kids[n-1].name == "" {
		parent.kids[n-1].text += text
		return nil
	}
	return r.append(parent, &element{text: text, line: r.line, column: r.pos - r.start + 1})
}

func (r *reader) append(parent, kid *element) *SyntaxError {
	if r.count++; r.count > maxElements {
		return r.fail("the problem has too many tags", "split it")
	}
	kid.parent = parent
	parent.kids = append(parent.kids, kid)
	return nil
}

func (r *reader) characters(parent *element) *SyntaxError {
	end := r.pos
	if r.text[end] == '<' {
		r.warn("a < that begins no tag", "write &lt;")
		end++
	}
	for end < len(r.text) && r.text[end] != '<' {
		end++
	}
	text := r.text[r.pos:end]
	decoded := r.decode(text, r.pos)
	err := r.add(parent, decoded)
	r.advance(end)
	return err
}

func (r *reader) element(parent *element) *SyntaxError {
	e := &element{line: r.line, column: r.pos - r.start + 1}
	r.pos++
	e.name = r.word()
	if err := r.append(parent, e); err != nil {
		return err
	}
	closed, err := r.attributes(e)
	if err != nil || closed {
		return err
	}
	if err := r.content(e); err != nil {
		return err
	}
	return r.closing(e)
}

func (r *reader) closing(e *element) *SyntaxError {
	fix := fmt.Sprintf("write </%s> for the tag of line %d", e.name, e.line)
	if r.pos >= len(r.text) {
		return r.fail("the problem ends before <"+e.name+"> is closed", fix)
	}
	at := *r
	r.pos += len("</")
	name := r.word()
	if name != e.name {
		return at.fail("</"+name+"> stands where <"+e.name+"> must be closed first", fix)
	}
	r.space()
	if r.pos >= len(r.text) || r.text[r.pos] != '>' {
		return at.fail("the closing tag has no >", fix)
	}
	r.pos++
	return nil
}

func (r *reader) space() {
	end := r.pos
	for end < len(r.text) && isXMLSpace(r.text[end]) {
		end++
	}
	r.advance(end)
}

func (r *reader) word() string {
	start := r.pos
	for r.pos < len(r.text) && namePart(r.text[r.pos]) {
		r.pos++
	}
	return r.text[start:r.pos]
}

// attributes reads up to the end of the tag; closed says that it ended in />.
func (r *reader) attributes(e *element) (closed bool, _ *SyntaxError) {
	for {
		r.space()
		switch {
		case strings.HasPrefix(r.text[r.pos:], "/>"):
			r.pos += len("/>")
			return true, nil
		case strings.HasPrefix(r.text[r.pos:], ">"):
			r.pos++
			return false, nil
		}
		if r.pos >= len(r.text) || !nameStart(r.text[r.pos]) {
			return false, r.fail("the tag <"+e.name+"> is not finished here", "write > or an attribute like name=\"value\"")
		}
		if err := r.attribute(e); err != nil {
			return false, err
		}
	}
}

func (r *reader) attribute(e *element) *SyntaxError {
	at := *r
	name := r.word()
	r.space()
	if !strings.HasPrefix(r.text[r.pos:], "=") {
		return at.fail("the attribute "+name+" has no value", "write "+name+`="..."`)
	}
	r.pos++
	r.space()
	if r.pos >= len(r.text) || r.text[r.pos] != '"' && r.text[r.pos] != '\'' {
		return at.fail("the value of "+name+" has no quotes", "write "+name+`="..."`)
	}
	quote := r.text[r.pos]
	r.pos++
	length := strings.IndexByte(r.text[r.pos:], quote)
	if length < 0 {
		return at.fail("the value of "+name+" is never closed", "write "+string(quote)+" behind it")
	}
	if _, twice := e.attr(name); twice {
		return at.fail("the attribute "+name+" stands twice in <"+e.name+">", "keep one")
	}
	if len(e.attrs) >= 100 {
		return at.fail("<"+e.name+"> has too many attributes", "at most 100 are allowed")
	}
	raw := r.text[r.pos : r.pos+length]
	raw = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' || c == '\r' {
			return ' '
		}
		return c
	}, raw)
	e.attrs = append(e.attrs, attribute{name, r.decode(raw, r.pos)})
	r.advance(r.pos + length + 1)
	return nil
}

// decode replaces references to characters. An ampersand that begins none stays as it is.
func (r *reader) decode(text string, at int) string {
	i := strings.IndexByte(text, '&')
	if i < 0 {
		return text
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(text, '&') {
		b.WriteString(text[:i])
		text = text[i:]
		end := strings.IndexByte(text[:min(len(text), 12)], ';')
		if decoded, ok := reference(text[:end+1]); ok {
			b.WriteString(decoded)
			text = text[end+1:]
			continue
		}
		here := *r
		here.advance(at)
		r.findings = append(r.findings, Finding{
			Level: Warning, Line: here.line, Column: here.pos - here.start + 1,
			Message: "an & that begins no known character reference", Fix: "write &amp;",
		})
		b.WriteByte('&')
		text = text[1:]
	}
	b.WriteString(text)
	return b.String()
}

// reference decodes &name; and &#number;.
func reference(text string) (string, bool) {
	if len(text) < 3 {
		return "", false
	}
	name := text[1 : len(text)-1]
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, ok := strings.CutPrefix(strings.ToLower(digits), "x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		return string(rune(n)), true
	}
	return namedReference(name)
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func nameStart(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}

func namePart(c byte) bool { return nameStart(c) || '0' <= c && c <= '9' || c == '-' || c == '.' }
