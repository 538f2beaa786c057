package intake_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

// FuzzOpenArchive: whatever the bytes, opening ends in a typed error or in files whose names are clean, whose hashes are
// right and which keep within the limits; and the disk holds nothing more than before.
func FuzzOpenArchive(f *testing.F) {
	small := map[string]string{"course/course.xml": "<course/>", "course/static/a b.png": "x", "course/a/b/c": ""}
	packed := intaketest.Tar(f, intaketest.Files(small)...)
	f.Add(packed)
	f.Add(intaketest.Gzip(f, packed))
	f.Add(intaketest.Zip(f, small))
	f.Add(intaketest.Tar(f, intaketest.File("../x", "y"), intaketest.Entry{Header: tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/"}}))
	if sparse, err := os.ReadFile("testdata/sparse.tar"); err == nil {
		f.Add(sparse)
	}
	spool := f.TempDir()
	limits := intake.Limits{Files: 100, FileBytes: 1 << 20, TotalBytes: 2 << 20, RatioFrom: 1 << 16, MemoryFile: 64, MemoryTotal: 256}
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), intake.Options{Limits: limits, TempDir: spool})
		if err != nil {
			if code := intake.CodeOf(err); code == "" || code == intake.CodeIO {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		defer files.Close()
		if len(files.List()) > limits.Files || files.Total() > limits.TotalBytes {
			t.Errorf("%d files of %d bytes are more than allowed", len(files.List()), files.Total())
		}
		for _, file := range files.List() {
			if err := intake.CheckPath(file.Path); err != nil {
				t.Error(err)
			}
			data, err := files.ReadFile(file.Path, limits.FileBytes)
			if err != nil || int64(len(data)) != file.Size || sha256.Sum256(data) != file.SHA256 {
				t.Errorf("%q: %d bytes, %v; listed are %d", file.Path, len(data), err, file.Size)
			}
		}
	})
}

// FuzzParseXML: what is accepted keeps its bytes in place, has one canonical form that survives being read again, and means
// the same to the standard library's reader.
func FuzzParseXML(f *testing.F) {
	for _, text := range []string{
		`<a/>`, `<?xml version="1.0" encoding="utf-8"?><!-- c --><a b="1 &lt; 2"><c>x &amp; y</c><![CDATA[<z>]]><?p q?></a>`,
		"\xef\xbb\xbf<a>\r\n&#13;&#x41;&nbsp;</a>", `<!DOCTYPE a><a/>`, `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
		`<o:a xmlns:o="u" o:b='"'><o:c/></o:a>`, `<a><b></a>`, `<a b="1" b="2"/>`, "<a>\xff</a>", `<é ü="ß"/>`, `<a>]]></a>`, `<a b="x&#10;y	z"/>`,
		`<?xml version="1.0" encoding="ISO-8859-1"?>` + "<a>\xe9</a>",
	} {
		f.Add([]byte(text), true)
		f.Add([]byte(text), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, entities bool) {
		options := intake.XMLOptions{HTMLEntities: entities, Depth: 50, Nodes: 5000, Attrs: 50}
		doc, err := intake.ParseXML("f.xml", data, options)
		if err != nil {
			var refusal *intake.Error
			if !errors.As(err, &refusal) || refusal.Line < 1 || refusal.Column < 1 || refusal.What == "" || refusal.Fix == "" {
				t.Fatalf("not a refusal with a place: %#v", err)
			}
			return
		}
		placed(t, doc, doc.Root)
		canonical := doc.Root.Canonical()
		again, err := intake.ParseXML("again.xml", canonical, options)
		if err != nil {
			t.Fatalf("canonical form %q: %v", canonical, err)
		}
		if got := again.Root.Canonical(); !bytes.Equal(got, canonical) {
			t.Errorf("canonical form %q became %q", canonical, got)
		}
		slice, err := intake.ParseXML("slice.xml", doc.Slice(doc.Root), options)
		if err != nil || !intake.XMLEqual(slice.Root, doc.Root) {
			t.Errorf("the root's own bytes %q: %v", doc.Slice(doc.Root), err)
		}
		if !doc.Recoded {
			standard(t, doc)
		}
	})
}

// placed checks that children lie inside their parent, in order and without overlap, and that tags stand where they should.
func placed(t *testing.T, doc *intake.XMLDocument, node *intake.XMLNode) {
	t.Helper()
	source := doc.Slice(node)
	if node.Kind == intake.XMLElement && (!bytes.HasPrefix(source, []byte("<"+node.Name)) || source[len(source)-1] != '>') {
		t.Errorf("<%s> is said to stand at %q", node.Name, source)
	}
	for _, attr := range node.Attrs {
		if !bytes.HasPrefix(doc.Source[attr.Start:attr.End], []byte(attr.Name)) {
			t.Errorf("%s is said to stand at %q", attr.Name, doc.Source[attr.Start:attr.End])
		}
	}
	at := node.InnerStart
	for _, child := range node.Children {
		if child.Start != at || child.End <= child.Start {
			t.Errorf("a child of <%s> starts at %d, not at %d", node.Name, child.Start, at)
		}
		at = child.End
		placed(t, doc, child)
	}
	if node.Kind == intake.XMLElement && at != node.InnerEnd {
		t.Errorf("the children of <%s> end at %d, not at %d", node.Name, at, node.InnerEnd)
	}
}

// standard compares elements, attributes and text with those that encoding/xml reads.
func standard(t *testing.T, doc *intake.XMLDocument) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(doc.Source, []byte("\xef\xbb\xbf"))))
	decoder.Entity = xml.HTMLEntity
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	var events []string
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Logf("the standard library refuses it: %v", err) // it knows fewer names, and reads a document type otherwise
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			events = append(events, "<"+full(token.Name))
			for _, attr := range token.Attr {
				events = append(events, full(attr.Name)+"="+flat(attr.Value))
			}
		case xml.EndElement:
			events = append(events, ">"+full(token.Name))
		case xml.CharData:
			events = append(events, "t"+string(token))
		}
	}
	want := texts(events)
	if got := texts(list(doc.Root, nil)); got != want {
		t.Errorf("got %q, the standard library has %q", got, want)
	}
}

func full(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}

func list(node *intake.XMLNode, events []string) []string {
	switch node.Kind {
	case intake.XMLText, intake.XMLCData:
		return append(events, "t"+node.Text)
	case intake.XMLElement:
		events = append(events, "<"+node.Name)
		for _, attr := range node.Attrs {
			events = append(events, attr.Name+"="+flat(attr.Value))
		}
		for _, child := range node.Children {
			events = list(child, events)
		}
		return append(events, ">"+node.Name)
	case intake.XMLComment, intake.XMLInstruction, intake.XMLDoctype:
	}
	return events
}

// flat makes blanks one: the standard library does not turn line ends in attributes into spaces.
func flat(value string) string {
	out := []byte(value)
	for i, c := range out {
		if c == '\n' || c == '\t' || c == '\r' {
			out[i] = ' '
		}
	}
	return string(out)
}

// texts joins events, neighbouring texts into one, blanks outside the root left out.
func texts(events []string) string {
	var out bytes.Buffer
	depth, last := 0, byte(0)
	for _, event := range events {
		switch event[0] {
		case '<':
			depth++
		case '>':
			depth--
		case 't':
			if depth == 0 || len(event) == 1 {
				continue
			}
			if last == 't' {
				out.WriteString(event[1:])
				continue
			}
		}
		last = event[0]
		out.WriteString("|" + event)
	}
	return out.String()
}
