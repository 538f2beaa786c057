package exporter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// write writes what has changed in a block and what is in it, children before parents.
func (e *exporting) write(ctx context.Context, n *node) error {
	for _, child := range n.children {
		if err := e.write(ctx, child); err != nil {
			return err
		}
	}
	if n.same {
		return nil
	}
	err := e.writeOwn(ctx, n)
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Blame != wire.BlameHost { // one block's fault does not keep a course in
		what := "goes out as it came in"
		if n.base == nil {
			what = "is left out"
		}
		e.note(Note{Block: n.blockType + "@" + n.id, Message: "the block cannot be written and " + what + ": " + failure.Message})
		return nil
	}
	return err
}

func (e *exporting) writeOwn(ctx context.Context, n *node) error {
	if n.base == nil {
		return e.create(ctx, n)
	}
	if !n.whole {
		done, err := e.change(ctx, n)
		if done || err != nil {
			return err
		}
		n.whole = true
	}
	return e.rewrite(ctx, n)
}

// change edits a block where it stands. done is false when that cannot be: the block is then written as a whole.
func (e *exporting) change(ctx context.Context, n *node) (done bool, err error) {
	c := &change{exporting: e, block: n.base, edits: map[string][]edit{}}
	if !ownEqual(n.old, n.revision) {
		old, err := e.draw(ctx, n, n.old)
		if err != nil {
			return false, nil //nolint:nilerr // what cannot be compared is written as a whole, which tells why
		}
		now, err := e.draw(ctx, n, n.revision)
		if err != nil {
			return false, err
		}
		if !c.merge(old, now, len(n.base.Children) > 0) {
			return false, nil
		}
	}
	if !c.children(n) {
		return false, nil
	}
	c.commit()
	return true, nil
}

// rewrite writes a block of the archive from its fields. What stands around its definition stays.
func (e *exporting) rewrite(ctx context.Context, n *node) error {
	m, err := e.draw(ctx, n, n.revision)
	if err != nil {
		return err
	}
	var old *image
	if n.old != nil {
		old, _ = e.draw(ctx, n, n.old) // without it, attributes that are gone may stay
	}
	if m.raw {
		e.put(n, m)
		e.restore(n, m.inner)
		return nil
	}
	at := e.target(n.base)
	if at < 0 {
		e.restore(n, e.whole(n, m, old, 1))
		return nil
	}
	source := n.base.Sources[at]
	text := e.whole(n, m, old, at)
	file := e.definitionFile(n)
	switch {
	case !wellFormed(text) && at == 0: // in a file of its own it spoils nothing else
		e.note(Note{Block: n.blockType + "@" + n.id, Message: "the block's source is not well-formed XML; it goes out as it is"})
		if e.free(file) {
			e.add(file, text)
			text = pointer(n.usage)
		}
	case at == 0 && pointsElsewhere(text) && e.free(file):
		e.add(file, "<"+n.blockType+"/>\n")
	}
	e.edits[source.File] = append(e.edits[source.File], edit{start: source.Start, end: source.End, text: text})
	return nil
}

// restore makes a text, which may be no element, the whole of a block's own file.
func (e *exporting) restore(n *node, text string) {
	source := n.base.Definition()
	switch file := e.definitionFile(n); {
	case len(n.base.Sources) > 1 && !e.base.shared(source):
		e.add(source.File, text)
	case e.free(file):
		e.add(file, text)
		source = n.base.Element()
		e.edits[source.File] = append(e.edits[source.File], edit{start: source.Start, end: source.End, text: pointer(n.usage)})
	default:
		e.note(Note{Block: n.blockType + "@" + n.id, File: source.File, Message: "the block goes out as it came in: it has no place for a file of its own"})
	}
}

// target gives the source at which a block is written as a whole: the file that its element in the parent points to, or that
// element itself. It is -1 where a broken file is to be replaced.
func (e *exporting) target(block *olx.Block) int {
	if len(block.Sources) < 2 || !pointsElsewhere(string(block.Sources[0].XML)) || e.base.shared(block.Sources[1]) {
		return 0
	}
	if e.base.node(block.Sources[1]) == nil {
		return -1
	}
	return 1
}

// whole writes a block of the archive at one of its sources. Attributes that nobody has read stay.
func (e *exporting) whole(n *node, m, old *image, at int) string {
	b := n.base
	var attrs []attr
	put := func(a attr) { attrs = append(attrs, a) }
	e.put(n, m)
	_, filename := m.attr("filename")
	if at == 0 {
		put(attr{name: "url_name", text: e.elementName(b)})
	}
	for _, a := range b.Attrs {
		now, given := m.attr(a.Name)
		was := false
		if old != nil {
			_, was = old.attr(a.Name)
		}
		switch {
		case a.Name == "url_name" || a.Name == "slug": // in the parent
		case a.Name == "filename" && b.Body != "" && filename && e.ownBody(b):
			put(attr{name: a.Name, text: a.Value})
		case a.Name == "filename" && (filename || len(b.Sources) > at+1): // what it named stands in the element now
		case !given && was && a.Mark == olx.MarkNone: // taken away
			if a.JSON != nil {
				e.policy(a, nil)
			}
		case a.JSON != nil:
			if given && !sameText(now.kind, a.Value, now.text) {
				e.policy(a, jsonText(now))
			}
		case given && a.Mark == olx.MarkNone && !sameText(now.kind, a.Value, now.text):
			put(now)
		default:
			put(attr{name: a.Name, text: a.Value})
		}
	}
	for _, a := range m.attrs {
		_, there := b.Attr(a.name)
		if a.name == "filename" {
			there = there && b.Body != "" && e.ownBody(b)
		}
		if !there {
			put(a)
		}
	}
	return element(n.blockType, attrs, e.inside(n, m))
}

// ownBody says whether a block's body is a file of its own.
func (e *exporting) ownBody(b *olx.Block) bool { return e.base.bodies[b.Body] == 1 }

// put writes the files beside an element.
func (e *exporting) put(n *node, m *image) {
	if n.base != nil && n.base.Body != "" && e.ownBody(n.base) && len(m.files) == 1 {
		e.add(n.base.Body, string(m.files[0].Data.Data))
		return
	}
	for _, file := range m.files {
		name := e.join(file.Path)
		if !e.free(name) {
			name = e.otherName(n, m, file.Path)
		}
		if !e.free(name) {
			e.note(Note{
				Block: n.blockType + "@" + n.id, File: name, Message: "a file of the block cannot have this name: it is taken or not allowed",
			})
			continue
		}
		e.add(name, string(file.Data.Data))
	}
}

// otherName gives a name to a file that cannot have its own, if its element says by filename what it is called. A reader
// looks for it beside the element's own file and, where that is at no clean path, at the top.
func (e *exporting) otherName(n *node, m *image, name string) string {
	ending := path.Ext(name)
	at := slices.IndexFunc(m.attrs, func(a attr) bool { return a.name == "filename" && path.Base(name) == a.text+ending })
	if at < 0 {
		return e.join(name)
	}
	sum := sha256.Sum256([]byte(n.blockType + "@" + n.id))
	m.attrs[at].text = "q_" + hex.EncodeToString(sum[:8])
	other := e.join(path.Dir(name) + "/" + m.attrs[at].text + ending)
	if path.Dir(name) != parent(name) || intake.CheckPath(other) != nil {
		other = e.join(m.attrs[at].text + ending)
	}
	return other
}

// inside gives what stands between a block's tags: its own, asides, child blocks.
func (e *exporting) inside(n *node, m *image) string {
	inner := m.inner
	if !m.known && n.base != nil {
		inner = ownInner(n.base)
	}
	if len(n.children) > 0 && strings.Trim(inner, " \t\r\n") == "" {
		inner = "" // what indented the children
	}
	var b strings.Builder
	b.WriteString(inner)
	lines := len(n.children) > 0
	add := func(text string) {
		if lines {
			b.WriteString("\n  ")
		}
		b.WriteString(text)
	}
	if n.base != nil {
		for _, aside := range n.base.Asides {
			add(string(aside.XML))
		}
	}
	for _, child := range n.children {
		add(e.place(child))
	}
	if lines {
		b.WriteByte('\n')
	}
	return b.String()
}

// ownInner is what stands in a block's definition beside child blocks and asides.
func ownInner(b *olx.Block) string {
	doc, err := intake.ParseXML("", b.OLX(), intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return ""
	}
	inner := string(doc.Source[doc.Root.InnerStart:doc.Root.InnerEnd])
	if strings.Trim(inner, " \t\r\n") == "" {
		return ""
	}
	return inner
}

// place gives the element that stands for a block in its parent.
func (e *exporting) place(n *node) string {
	if n.base == nil {
		return n.element
	}
	return e.applied(n.base.Element(), n.base)
}

// create writes a block that the archive did not have, into a file of its own if there is a place for one.
func (e *exporting) create(ctx context.Context, n *node) error {
	m, err := e.draw(ctx, n, n.revision)
	if err != nil {
		return err
	}
	if e.shelves(n) {
		e.createShelf(n, m)
		return nil
	}
	file := e.definitionFile(n)
	if n.blockType == "course" {
		return e.createCourse(n, m, file)
	}
	_, stood := m.attr("url_name") // as an element that is kept has it, if it stood in its parent
	own := e.free(file) && (m.raw || olx.Legacy(n.blockType) || n.revision.Source != nil && !stood)
	if own {
		e.take(file)
	}
	e.put(n, m)
	text := m.inner
	if !m.raw {
		text = element(n.blockType, m.attrs, e.inside(n, m))
	}
	if own && m.raw {
		e.add(file, text)
		n.element = pointer(n.usage)
		return nil
	}
	if own {
		e.add(file, text+"\n")
		n.element = pointer(n.usage)
		return nil
	}
	if !wellFormed(text) {
		e.note(Note{Block: n.blockType + "@" + n.id, Message: "the block is left out: its source is not well-formed XML, and it cannot have a file of its own"})
		return nil
	}
	attrs := []attr{{"url_name", n.id, wire.TypeString}}
	if e.pure(n) && n.revision.Source == nil {
		attrs = append(attrs, attr{"xblock-family", "xblock.v1", wire.TypeString})
	}
	for _, a := range m.attrs {
		if a.name != "url_name" {
			attrs = append(attrs, a)
		}
	}
	n.element = element(n.blockType, attrs, e.inside(n, m))
	return nil
}

// pure says whether a block's attributes are read as YAML: of one of the archive, if it says so, of a new one, if its type is none of
// Open edX's older ones.
func (e *exporting) pure(n *node) bool {
	if n.base != nil {
		return n.base.Pure
	}
	return !olx.Legacy(n.blockType)
}

// createCourse writes the outermost elements of a course that was made here.
func (e *exporting) createCourse(n *node, m *image, file string) error {
	c := e.request.Course
	e.add(e.join("course.xml"), element("course", []attr{
		{name: "url_name", text: c.Run}, {name: "org", text: c.Org}, {name: "course", text: c.Number},
	}, "")+"\n")
	e.add(file, element("course", m.attrs, e.inside(n, m))+"\n")
	return nil
}

// definitionFile is where a reader looks for a block's definition.
func (e *exporting) definitionFile(n *node) string {
	id := n.id
	if n.blockType == "course" {
		id = e.runName()
	}
	return e.join(n.blockType + "/" + strings.ReplaceAll(id, ":", "/") + ".xml")
}

// policy changes what policy.json says of a block; nil takes it away.
func (e *exporting) policy(a olx.Attribute, value []byte) {
	if e.policies[a.File] == nil {
		e.policies[a.File] = map[int][]byte{}
	}
	e.policies[a.File][a.Start] = value
}

// jsonText gives an attribute's text as policy.json has it: as JSON where it is that and no text, else quoted.
func jsonText(a attr) []byte {
	switch a.kind {
	case wire.TypeInteger, wire.TypeNumber, wire.TypeBoolean, wire.TypeList, wire.TypeObject, wire.TypeCaptions, wire.TypeAny:
		if json.Valid([]byte(a.text)) && !strings.HasPrefix(strings.TrimSpace(a.text), `"`) {
			return []byte(a.text)
		}
	default:
	}
	quoted, err := json.Marshal(a.text)
	if err != nil { // a text always encodes
		return []byte(`""`)
	}
	return quoted
}
