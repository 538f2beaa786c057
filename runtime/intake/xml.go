package intake

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

const opXML = "reading XML"

// XMLOptions bound an XML file. A zero field takes the default given in brackets.
type XMLOptions struct {
	Bytes     int // the file [16 MiB]
	Depth     int // elements in each other [256, as libxml2]
	Nodes     int // elements, attributes, texts, comments and instructions together [500 000]
	Attrs     int // attributes of one element [512]
	NameBytes int // a name [1 024]
	TextBytes int // one text, attribute value, comment or instruction [10 000 000, as libxml2]
	// HTMLEntities reads HTML's named entities, such as &nbsp;, as the characters they stand for; without a document type XML
	// knows but five. Their uses are listed in the document.
	HTMLEntities bool
}

func (o XMLOptions) withDefaults() XMLOptions {
	fill(&o.Bytes, 16<<20)
	fill(&o.Depth, 256)
	fill(&o.Nodes, 500_000)
	fill(&o.Attrs, 512)
	fill(&o.NameBytes, 1024)
	fill(&o.TextBytes, 10_000_000)
	return o
}

// ParseXML reads a whole file; file names it in errors, which are [Error] values with line and column.
//
// It wants well-formed XML 1.0 with these exceptions: prefixes need no declaration; a document type may be named but not
// declare anything, nor is anything it names fetched. Text that is valid UTF-8 is UTF-8 whatever the declaration says, as Open
// edX reads its files; else a declared ISO-8859-1 is converted, and anything else is refused. Time and memory grow with the
// size of the file alone. data is kept by the document: do not change it.
func ParseXML(file string, data []byte, options XMLOptions) (*XMLDocument, error) {
	options = options.withDefaults()
	doc := &XMLDocument{File: file, Source: data}
	if len(data) > options.Bytes {
		return nil, &Error{
			Op: opXML, Code: CodeTooLarge, File: file,
			What: fmt.Sprintf("the file has %d bytes, at most %d are read", len(data), options.Bytes), Fix: "split it",
		}
	}
	p := &xmlParser{doc: doc, options: options, names: map[string]string{}}
	if err := p.decode(); err != nil {
		return nil, err
	}
	if err := p.document(); err != nil {
		return nil, err
	}
	return doc, nil
}

var declaredEncoding = regexp.MustCompile(`^<\?xml[ \t\r\n][^>]*?encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]+)["']`)

// decode makes sure that the source is UTF-8 made of characters that XML allows, and notes where lines start.
func (p *xmlParser) decode() error {
	doc := p.doc
	if bytes.HasPrefix(doc.Source, []byte("\xff\xfe")) || bytes.HasPrefix(doc.Source, []byte("\xfe\xff")) {
		return p.fail(CodeUnsupported, 0, "the file is UTF-16", "save it as UTF-8")
	}
	if !utf8.Valid(doc.Source) {
		encoding := "none"
		if match := declaredEncoding.FindSubmatch(doc.Source[:min(len(doc.Source), 256)]); match != nil {
			encoding = string(match[1])
		}
		switch strings.ToUpper(encoding) {
		case "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "LATIN1", "LATIN-1":
			doc.Source, doc.Recoded = fromLatin1(doc.Source), true
		default:
			p.lines()
			return p.fail(CodeUnsupported, invalidAt(doc.Source), "the text is not UTF-8; declared encoding: "+encoding, "save it as UTF-8")
		}
	}
	if len(doc.Source) > p.options.Bytes {
		return p.fail(CodeTooLarge, 0, fmt.Sprintf("the text has more than %d bytes", p.options.Bytes), "split it")
	}
	p.lines()
	return p.characters()
}

func fromLatin1(data []byte) []byte {
	text := make([]byte, 0, len(data)+len(data)/8)
	for _, c := range data {
		text = utf8.AppendRune(text, rune(c))
	}
	return text
}

func invalidAt(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return len(data)
}

// lines indexes the source and skips its byte order mark.
func (p *xmlParser) lines() {
	p.doc.lines = NewLines(p.doc.Source)
	p.start = p.doc.lines.starts[0]
	p.pos = p.start
}

func (p *xmlParser) characters() error {
	src := p.doc.Source
	for at, c := range src {
		bad := c < ' ' && c != '\t' && c != '\n' && c != '\r' ||
			c == 0xef && len(src) > at+2 && src[at+1] == 0xbf && src[at+2] >= 0xbe // U+FFFE, U+FFFF
		if bad {
			return p.fail(CodeSyntax, at, "a character that XML does not allow", "remove it")
		}
	}
	return nil
}

func (p *xmlParser) fail(code Code, at int, what, fix string) error {
	if p.doc.lines == nil {
		p.lines()
	}
	line, column := p.doc.Position(at)
	return &Error{Op: opXML, Code: code, File: p.doc.File, Line: line, Column: column, What: what, Fix: fix}
}
