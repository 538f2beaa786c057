package olx

import (
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// definition finds a definition file: a draft's among the drafts first.
func (t *tree) definition(name string) (string, bool) {
	if t.base != "" {
		if path, ok := t.lookup(t.base + name); ok {
			return path, true
		}
	}
	return t.lookup(name)
}

// define follows a pointer and a filename to where the block is defined, gathering attributes on the way.
func (t *tree) define(at place, block *Block, id identity, attrs *attributes) (place, error) {
	attrs.add(at)
	name, points := pointer(at.node, id.written)
	if !points && at.parent == nil && block.Type == "course" {
		name, points = t.coursePointer(at, id)
	}
	if points {
		path, ok := t.definition(name)
		if !ok {
			t.missing(at, block, name)
			return at, nil
		}
		defined, err := t.load(path, block, false)
		if err != nil || block.Broken != "" {
			return at, err
		}
		at = place{doc: defined, node: defined.Root, parent: at.parent}
		attrs.add(at)
	} else {
		t.claim(at.doc.File, RoleDefinition, block)
	}
	_, block.Pure = attrs.get(familyAttr)
	if filename, ok := at.node.Attr("filename"); ok && !block.Pure {
		return t.follow(at, block, id, filename, attrs)
	}
	return at, nil
}

// coursePointer takes a course element with more attributes than a pointer has for a pointer all the same, if it is empty and
// leads to a file.
func (t *tree) coursePointer(at place, id identity) (string, bool) {
	if id.written == "" || len(at.node.Children) > 0 {
		return "", false
	}
	name := definitionName("course", id.written)
	if _, ok := t.definition(name); !ok {
		return "", false
	}
	t.findAt(at.doc, at.node.Start, nil, Finding{
		Code: CodeCourse, Message: "Open edX takes this element for an empty course because of its further attributes",
		Fix: "keep url_name, org and course alone",
	})
	return name, true
}

// follow goes after a filename attribute: of html to its body, of others to a further XML file.
func (t *tree) follow(at place, block *Block, id identity, filename string, attrs *attributes) (place, error) {
	if block.Type == "html" {
		written := id.written
		if written == "" {
			written = block.ID
		}
		candidates := bodyNames(written, filename)
		for _, name := range candidates {
			if path, ok := t.definition(name); ok {
				block.Body = path
				t.claim(path, RoleBody, block)
				return at, nil
			}
		}
		t.missing(at, block, candidates[0])
		return at, nil
	}
	name := block.Type + "/" + filename + ".xml"
	path, ok := t.definition(name)
	if !ok && block.Type == "problem" {
		path, ok = t.definition("problems/" + filename + ".xml")
	}
	if !ok {
		if _, known := t.kindOf(block.Type); known {
			t.missing(at, block, name)
		}
		return at, nil // of an unknown type: an attribute like any other
	}
	further, err := t.load(path, block, true)
	if err != nil || block.Broken != "" {
		return at, err
	}
	at = place{doc: further, node: further.Root, parent: at.parent}
	attrs.add(at)
	return at, nil
}

// load reads a definition file of a block. A broken one makes the block broken, with the file's text as its definition.
func (t *tree) load(path string, block *Block, shared bool) (*intake.XMLDocument, error) {
	t.claim(path, RoleDefinition, block)
	file, cached := t.docs[path]
	if !cached {
		file.doc, file.err = t.parse(path)
		if shared {
			t.docs[path] = file
		}
	}
	doc := file.doc
	if doc == nil {
		return nil, t.broken(path, block, file.err)
	}
	if cached {
		if err := t.spend(path, len(doc.Source)); err != nil {
			return nil, err
		}
	}
	block.Sources = append(block.Sources, sourceOf(doc, doc.Root))
	if doc.Root.Name != block.Type {
		t.findAt(doc, doc.Root.Start, block, Finding{
			Code: CodeTag, Message: "the element is " + doc.Root.Name + ", not " + block.Type, Fix: "rename it or correct the pointer",
		})
	}
	return doc, nil
}

// broken keeps the text of a file that cannot be read as the definition of its block. It gives errors that end the import.
func (t *tree) broken(path string, block *Block, err error) error {
	if stops(err) {
		return err
	}
	finding := Finding{Code: CodeXML, File: path, Type: block.Type, ID: block.ID, Message: err.Error()}
	var refusal *intake.Error
	if errors.As(err, &refusal) {
		finding.Line, finding.Column, finding.Message, finding.Fix = refusal.Line, refusal.Column, refusal.What, refusal.Fix
	}
	t.find(finding)
	block.Broken = finding.Message
	source := Source{File: path, Line: 1, EndLine: 1}
	if data, err := t.files.ReadFile(path, t.options.FileBytes); err == nil {
		source.End, source.XML = len(data), data
		source.EndLine, _ = intake.NewLines(data).Position(len(data))
	}
	block.Sources = append(block.Sources, source)
	return nil
}

// bodyNames gives the names under which Open edX looks for an html block's body, in order. A filename is relative to the
// folder of the block's own file; older courses have it relative to html or to the top, and with its ending.
func bodyNames(written, filename string) []string {
	folder, _ := split("html/" + strings.ReplaceAll(written, ":", "/"))
	first := folder + "/" + filename + ".html"
	names := []string{first}
	at := strings.TrimSuffix(first, ".html.xml")
	if at != first {
		at += ".html"
	}
	at = strings.TrimSuffix(at, ".html.html")
	if at != first && !strings.HasSuffix(at, ".html") {
		at += ".html"
	}
	for strings.Contains(at, "/") {
		names = append(names, at)
		_, at, _ = strings.Cut(at, "/")
	}
	return slices.Compact(names)
}
