package olx

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// A library is kept as a course of one unit (package course, Shelf), so it is read as one: the components of the archive stand in a
// unit of that id, which no element stands for.

// shelfID is the id of a library's section, subsection and unit.
const shelfID = "shelf"

// shelves are the types of blocks that hold a library's components.
var shelves = []string{"course", "chapter", "sequential", "vertical"}

// The files that make an archive a library's, by its format.
const (
	libraryFile = "library.xml"  // the older one: OLX
	packageFile = "package.toml" // the newer one: a backup
)

func (r *reader) readLibrary() error {
	found, err := r.libraryFile()
	if err != nil {
		return err
	}
	folder, name := split(found)
	r.course = &Course{Folder: folder, blocks: map[usage]*Block{}, drafts: map[usage]*Block{}, assets: map[string]int{}}
	if name == packageFile {
		err = r.readBackup()
	} else {
		err = r.readShelf()
	}
	if err != nil {
		return err
	}
	r.course.Root.walk(func(b *Block) { r.course.Blocks = append(r.course.Blocks, b) })
	r.resolve()
	r.manifest()
	r.progress()
	return nil
}

// libraryFile finds the file that makes the archive a library's: the outermost one, if there is but one.
func (r *reader) libraryFile() (string, error) {
	var found []string
	course := ""
	depth := func(path string) int { return strings.Count(path, "/") }
	for _, file := range r.files.List() {
		switch _, name := split(file.Path); {
		case name == "course.xml" && (course == "" || depth(file.Path) < depth(course)):
			course = file.Path
		case name != libraryFile && name != packageFile:
		case len(found) == 0 || depth(file.Path) < depth(found[0]):
			found = []string{file.Path}
		case depth(file.Path) == depth(found[0]):
			found = append(found, file.Path)
		}
	}
	switch {
	case len(found) > 1:
		return "", &Error{
			Code: ErrAmbiguous, What: "there are several libraries: " + intake.Printable(strings.Join(found, ", ")), Fix: "pack one library by itself",
		}
	case len(found) == 1 && (course == "" || depth(course) > depth(found[0])):
		return found[0], nil
	case course != "":
		return "", &Error{Code: ErrCourse, File: course, What: "this is a course, not a content library", Fix: "import it as a course"}
	}
	return "", &Error{
		Code: ErrNotACourse, What: "there is neither a " + libraryFile + " nor a " + packageFile, Fix: "take the archive as it was exported",
	}
}

// readShelf reads a library of OLX: its one element has the library's fields, the elements in it are its components.
func (r *reader) readShelf() error {
	path := r.join(libraryFile)
	doc, err := r.parse(path)
	if err != nil {
		return r.fatal(path, err)
	}
	if doc.Root.Name != "library" {
		line, column := doc.Position(doc.Root.Start)
		return &Error{
			Code: ErrBroken, File: path, Line: line, Column: column, What: "the outermost element is " + intake.Printable(doc.Root.Name) + ", not library",
			Fix: "take the archive as it was exported",
		}
	}
	r.course.Org, _ = doc.Root.Attr("org")
	r.course.Number, _ = doc.Root.Attr("library")
	if fault := r.suggestLibrary(); fault != "" {
		r.findAt(doc, doc.Root.Start, nil, Finding{Code: CodeCourse, Message: fault, Fix: "choose a key when importing"})
	}
	r.claim(path, RoleDefinition, nil)
	r.readAssets()
	t := newTree(r, "", r.course.blocks)
	at := place{doc: doc, node: doc.Root}
	root := t.shelf(sourceOf(doc, doc.Root), &at)
	shelf := root.Children[0].Children[0].Children[0]
	if err := t.content(at, shelf); err != nil {
		return err
	}
	shelf.Children = t.flat(nil, shelf, shelf.Children)
	return nil
}

// flat puts components alone on the shelf: those of units come in one by one.
func (t *tree) flat(into []*Block, shelf *Block, children []*Block) []*Block {
	for _, child := range children {
		if !slices.Contains(shelves, child.Type) {
			child.Parent = shelf
			into = append(into, child)
			continue
		}
		at := child.Element()
		t.find(Finding{
			Code: CodeContainer, File: at.File, Line: at.Line, Type: child.Type, ID: child.ID,
			Message: "a library here holds components alone", Fix: "its components come in one by one; put them together in a course",
		})
		delete(t.used, usage{child.Type, child.ID})
		into = t.flat(into, shelf, child.Children)
	}
	return into
}

// suggestLibrary makes a key of what the library calls itself, and says what is wrong with it.
func (r *reader) suggestLibrary() (fault string) {
	c := r.course
	if _, err := key.NewCourse(c.Org, c.Number, c.Number); err != nil {
		return "org and library make no library key: " + err.Error()
	}
	if strings.Contains(c.Org+c.Number, ":") {
		return "org and library make no library key: none of them holds a colon"
	}
	c.Suggested = key.Course{Org: c.Org, Number: c.Number}
	return ""
}

// shelf makes the course's block and the three in each other that hold the components. They stay open: what they hold is read next.
// The element, if there is one, has the attributes of the course's block.
func (t *tree) shelf(source Source, element *place) *Block {
	var root, parent *Block
	for _, level := range shelves {
		block := &Block{Type: level, ID: shelfID, Draft: t.draft, Parent: parent, Sources: []Source{source}}
		if parent == nil {
			root, block.ID = block, rootID
			t.course.Root = root
			if element != nil {
				attrs := newAttributes(t.reader, root)
				attrs.add(*element)
				root.Attrs = attrs.list
				t.attributeFindings(root)
			}
		} else {
			parent.Children = []*Block{block}
		}
		t.used[usage{block.Type, block.ID}] = block
		t.open[block] = true
		t.blocks++
		parent = block
	}
	return root
}
