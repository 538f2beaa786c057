package olx

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// A backup is what Open edX's newer libraries go out as: package.toml names the library; each component has a TOML file below
// entities/xblock.v1/TYPE and beside it, in a folder of the same name, component_versions/vN with block.xml and the files of that
// version alone, below static. Of the versions there are the published one and the draft, if that is another.

// xblockSpace is the namespace of components.
const xblockSpace = "xblock.v1"

// packageDoc is package.toml.
type packageDoc struct {
	Meta struct {
		FormatVersion any `toml:"format_version"`
	} `toml:"meta"`
	Package struct {
		Title       string `toml:"title"`
		Key         string `toml:"key"`
		Description string `toml:"description"`
	} `toml:"learning_package"`
}

// entityDoc is the file of a component, or of a unit, subsection or section.
type entityDoc struct {
	file   string
	Entity struct {
		Key       string         `toml:"key"`
		Created   any            `toml:"created"`
		Draft     versionPointer `toml:"draft"`
		Published versionPointer `toml:"published"`
		Container map[string]any `toml:"container"`
	} `toml:"entity"`
}

// versionPointer names a version; 0 is none.
type versionPointer struct {
	Number int `toml:"version_num"`
}

// created is when the entity was made, for their order.
func (e *entityDoc) created() time.Time {
	at, _ := e.Entity.Created.(time.Time) // without one it comes first
	return at
}

// backup is one that is being read.
type backup struct {
	*reader
	entities []*entityDoc
	// names are the library's files by the name that they have here.
	names map[string]intake.File
}

func (r *reader) readBackup() error {
	b := &backup{reader: r, names: map[string]intake.File{}}
	file := r.join(packageFile)
	doc := packageDoc{}
	if err := r.decode(file, &doc); err != nil {
		return err
	}
	if version := doc.Meta.FormatVersion; !knownFormat(version) {
		return &Error{
			Code: ErrVersion, File: file, What: intake.Printable(fmt.Sprintf("format_version %v is not read, only 1 is", version)), Fix: "export it as version 1",
		}
	}
	b.called(file, &doc)
	if err := b.readEntities(); err != nil {
		return err
	}
	b.collections()
	data, err := r.text(file)
	if err != nil {
		return r.fatal(file, err)
	}
	source := Source{File: file, End: len(data), Line: 1, XML: data}
	source.EndLine, _ = intake.NewLines(data).Position(len(data))
	published := newTree(r, "", r.course.blocks)
	root := published.shelf(source, nil)
	for _, field := range [][2]string{{"display_name", doc.Package.Title}, {"description", doc.Package.Description}} {
		if field[1] != "" {
			root.Attrs = append(root.Attrs, Attribute{Name: field[0], Value: field[1], File: file, Line: 1})
		}
	}
	return b.components(published, root.Children[0].Children[0].Children[0])
}

// knownFormat says whether a version is 1, or one that says to be compatible with it.
func knownFormat(version any) bool {
	switch version := version.(type) {
	case int64:
		return version == 1
	case float64:
		return version >= 1 && version < 2
	}
	return false
}

// called takes the library's name.
func (b *backup) called(file string, doc *packageDoc) {
	b.claim(file, RoleDefinition, nil)
	parts := strings.Split(doc.Package.Key, ":")
	fault := "the key " + intake.Printable(doc.Package.Key) + " is not lib:ORG:SLUG"
	if len(parts) == 3 && parts[0] == "lib" {
		b.course.Org, b.course.Number = parts[1], parts[2]
		fault = b.suggestLibrary()
	}
	if fault != "" {
		b.find(Finding{Code: CodeCourse, File: file, Line: 1, Message: fault, Fix: "choose a key when importing"})
	}
}

// readEntities reads the files of components; units and what holds them are told about.
func (b *backup) readEntities() error {
	seen := map[string]string{}
	for _, file := range b.files.List() {
		name, ok := strings.CutPrefix(file.Path, b.join("entities/"))
		if !ok || !strings.HasSuffix(name, ".toml") || strings.Contains(name, "/component_versions/") {
			continue
		}
		b.claim(file.Path, RoleDefinition, nil)
		entity := &entityDoc{file: file.Path}
		if err := b.decode(file.Path, entity); err != nil {
			broken := (*Error)(nil)
			if !errors.As(err, &broken) || broken.Code != ErrBroken {
				return err
			}
			b.find(Finding{Code: CodeTOML, File: file.Path, Line: broken.Line, Column: broken.Column, Message: broken.What, Fix: broken.Fix})
			continue
		}
		named := intake.Printable(entity.Entity.Key)
		parts := strings.Split(entity.Entity.Key, ":")
		switch first, twice := seen[entity.Entity.Key]; {
		case len(entity.Entity.Container) > 0 || len(parts) == 3 && slices.Contains(shelves, parts[1]):
			b.find(Finding{
				Code: CodeContainer, File: file.Path, Line: 1, Message: named + " groups components; a library here holds components alone",
				Fix: "its components come in one by one; put them together in a course",
			})
		case len(parts) != 3 || parts[0] != xblockSpace || !key.ValidID(parts[1]) || parts[2] == "":
			b.find(Finding{Code: CodeTOML, File: file.Path, Line: 1, Message: "the key " + named + " is not " + xblockSpace + ":TYPE:ID", Fix: "correct the key"})
		case twice:
			b.find(Finding{Code: CodeConflict, File: file.Path, Line: 1, Message: named + " stands in " + first + " already; this one is left out", Fix: "give it a key of its own"})
		default:
			seen[entity.Entity.Key] = file.Path
			b.entities = append(b.entities, entity)
		}
	}
	slices.SortStableFunc(b.entities, func(x, y *entityDoc) int {
		return cmp.Or(x.created().Compare(y.created()), cmp.Compare(x.file, y.file))
	})
	return nil
}

// collections tells about the lists that a backup has of its entities.
func (b *backup) collections() {
	for _, file := range b.files.List() {
		name, ok := strings.CutPrefix(file.Path, b.join("collections/"))
		if ok && strings.HasSuffix(name, ".toml") && !strings.Contains(name, "/") {
			b.claim(file.Path, RoleDefinition, nil)
			b.find(Finding{
				Code: CodeContainer, File: file.Path, Line: 1, Message: "collections are not kept: a library here is one list", Fix: "look for components by their words and kinds",
			})
		}
	}
}

// components reads what is published into the shelf, and what is drafted into another of its own.
func (b *backup) components(published *tree, shelf *Block) error {
	drafts := newTree(b.reader, draftFolder, b.course.drafts)
	drafted := &Block{Type: shelf.Type, ID: shelf.ID, Draft: true, Sources: shelf.Sources}
	for open := range published.open {
		drafts.open[open] = true // a draft stands as deep
	}
	changed := false
	for _, entity := range b.entities {
		before := len(shelf.Children)
		if err := b.component(published, shelf, entity, entity.Entity.Published.Number); err != nil {
			return err
		}
		if entity.Entity.Draft == entity.Entity.Published {
			drafted.Children = append(drafted.Children, shelf.Children[before:]...)
			continue
		}
		changed = true
		if err := b.component(drafts, drafted, entity, entity.Entity.Draft.Number); err != nil {
			return err
		}
	}
	if changed {
		drafts.used[usage{drafted.Type, drafted.ID}] = drafted
		b.course.Drafts = append(b.course.Drafts, &Draft{Root: drafted, Parent: shelf.Parent, ParentType: "sequential", ParentID: shelfID})
	}
	return nil
}

// component reads one version of a component into a shelf; version 0 is none.
func (b *backup) component(t *tree, shelf *Block, entity *entityDoc, version int) error {
	if version == 0 {
		return nil
	}
	parts := strings.Split(entity.Entity.Key, ":")
	folder := fmt.Sprintf("%s/component_versions/v%d", strings.TrimSuffix(entity.file, ".toml"), version)
	file := folder + "/block.xml"
	if _, there := b.files.Stat(file); !there {
		b.find(Finding{
			Code: CodeMissingFile, File: entity.file, Line: 1, Type: parts[1], Message: "there is no " + intake.Printable(file) + "; the component is left out", Fix: "add the file",
		})
		return nil
	}
	id := identity{id: parts[2]}
	if !key.ValidID(id.id) {
		id = named("key", parts[2], parts[1])
		id.written = "" // nothing points to files by it
	}
	if other := t.used[usage{parts[1], id.id}]; other != nil {
		b.find(Finding{
			Code: CodeConflict, File: entity.file, Line: 1, Type: parts[1], ID: id.id,
			Message: "another component of this name stands in " + intake.Printable(other.Definition().File) + "; this one is left out", Fix: "give it a key of its own",
		})
		return nil
	}
	prefixes := b.statics(folder, parts[1], parts[2], version)
	block, err := b.versionBlock(t, shelf, file, parts[1], id, prefixes)
	if err != nil {
		return err
	}
	shelf.Children = append(shelf.Children, block)
	return nil
}

// versionBlock reads block.xml. One that cannot be read gives a broken block, with its text.
func (b *backup) versionBlock(t *tree, shelf *Block, file, blockType string, id identity, prefixes map[string]string) (*Block, error) {
	data, err := b.text(file)
	if err != nil {
		return nil, b.fatal(file, err)
	}
	doc, err := b.parsed(file, renameStatics(data, prefixes))
	if err == nil && doc.Root.Name == blockType {
		return t.block(place{doc: doc, node: doc.Root, parent: shelf}, id)
	}
	block := &Block{Type: blockType, ID: id.id, Minted: id.minted, Draft: t.draft, Parent: shelf}
	if err := t.bounds(place{}); err != nil {
		return nil, err
	}
	t.blocks++
	t.used[usage{block.Type, block.ID}] = block
	t.claim(file, RoleDefinition, block)
	if err != nil {
		return block, t.broken(file, block, err)
	}
	block.Sources = []Source{sourceOf(doc, doc.Root)}
	block.Broken = "the element is " + intake.Printable(doc.Root.Name) + ", not " + blockType
	t.findAt(doc, doc.Root.Start, block, Finding{Code: CodeTag, Level: levels[CodeXML], Message: block.Broken, Fix: "rename it or correct the key"})
	return block, nil
}

// statics takes the files of a version. Here all files of a library stand together: one whose name another file has gets a prefix to
// its name, under which the component finds it.
func (b *backup) statics(folder, blockType, id string, version int) (prefixes map[string]string) {
	prefixes = map[string]string{}
	clean := strings.ReplaceAll(id, ":", "_")
	all := b.files.List() // by path
	first, _ := slices.BinarySearchFunc(all, folder+"/static/", func(file intake.File, path string) int { return cmp.Compare(file.Path, path) })
	for _, file := range all[first:] {
		name, ok := strings.CutPrefix(file.Path, folder+"/static/")
		if !ok {
			break
		}
		if ignoredAsset(name) {
			continue
		}
		b.claim(file.Path, RoleAsset, nil)
		at, base := path.Split(name)
		for _, prefix := range []string{"", clean + "-", fmt.Sprintf("%s-%s-v%d-", blockType, clean, version)} {
			taken, there := b.names[at+prefix+base]
			if there && taken.SHA256 != file.SHA256 {
				continue
			}
			if !there {
				b.names[at+prefix+base] = file
				b.addAsset(Asset{Name: at + prefix + base, File: file, DisplayName: base, ContentType: contentType("", base)})
			}
			if prefix != "" {
				prefixes[name] = prefix
				b.find(Finding{
					Code: CodeRenamed, File: file.Path, Type: blockType, ID: id,
					Message: "the library has another file of this name; this one is called " + intake.Printable(at+prefix+base) + " here",
					Fix:     "nothing is to be done: the component uses the new name",
				})
			}
			break
		}
	}
	return prefixes
}
