package olx

import (
	"bytes"
	"sort"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

const draftFolder = "drafts/"

// draftFile is a file of the drafts that says where in the course it belongs.
type draftFile struct {
	doc    *intake.XMLDocument
	id     identity
	parent usage
	index  int
}

// readDrafts reads what lies under drafts: each file that names its place is a subtree, unless it belongs in another draft.
func (r *reader) readDrafts() error {
	var found []draftFile
	have := map[usage]bool{}
	for _, file := range r.files.List() {
		name, ok := strings.CutPrefix(file.Path, r.join(draftFolder))
		if !ok || !strings.HasSuffix(name, ".xml") || ignoredAsset(name) {
			continue
		}
		draft, ok, err := r.draftFile(file.Path, name)
		if err != nil {
			return err
		}
		if ok {
			found = append(found, draft)
			have[usage{draft.doc.Root.Name, draft.id.id}] = true
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].index < found[j].index })
	t := newTree(r, draftFolder, r.course.drafts)
	for _, roots := range []bool{true, false} { // what a draft holds is read with it; what is left then stands by itself
		for _, draft := range found {
			if have[draft.parent] == roots || t.used[usage{draft.doc.Root.Name, draft.id.id}] != nil {
				continue
			}
			if err := t.draftTree(draft); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) draftFile(path, name string) (draftFile, bool, error) {
	data, err := r.text(path)
	if stops(err) {
		return draftFile{}, false, err
	}
	if !bytes.Contains(data, []byte(attrIndex)) {
		return draftFile{}, false, nil
	}
	doc, err := r.parse(path)
	if doc == nil {
		r.claim(path, RoleDefinition, nil)
		return draftFile{}, false, (&tree{reader: r}).broken(path, &Block{}, err)
	}
	index, ok := doc.Root.Attr(attrIndex)
	if !ok {
		return draftFile{}, false, nil
	}
	draft := draftFile{doc: doc, index: -1}
	if n, err := strconv.Atoi(strings.TrimSpace(index)); err == nil && n >= 0 {
		draft.index = n
	} else {
		r.findAt(doc, doc.Root.Start, nil, Finding{
			Code: CodeDraft, Message: attrIndex + " is no place: " + intake.Printable(index), Fix: "it counts from 0",
		})
	}
	stem := strings.TrimSuffix(name, ".xml")
	if _, inner, ok := strings.Cut(stem, "/"); ok {
		stem = inner
	}
	draft.id = named("the file's name", strings.ReplaceAll(stem, "/", ":"), doc.Root.Name)
	parent, ok := doc.Root.Attr(attrParent)
	if !ok {
		parent, _ = doc.Root.Attr(attrParentOld)
	}
	draft.parent = parentUsage(parent)
	return draft, true, nil
}

// parentUsage reads a draft's parent: a usage key, or the older i4x://ORG/COURSE/TYPE/ID.
func parentUsage(text string) usage {
	if rest, ok := strings.CutPrefix(text, "i4x://"); ok {
		parts := strings.Split(rest, "/")
		if len(parts) == 4 {
			id, _, _ := strings.Cut(parts[3], "@")
			return usage{parts[2], id}
		}
		return usage{}
	}
	named, err := key.ParseUsage(text)
	if err != nil {
		return usage{}
	}
	return usage{named.Type, named.ID}
}

func (t *tree) draftTree(draft draftFile) error {
	if !key.ValidID(draft.doc.Root.Name) {
		t.findAt(draft.doc, draft.doc.Root.Start, nil, Finding{Code: CodeType, Message: "the element cannot be a block type", Fix: "rename it"})
		return nil
	}
	root, err := t.block(place{doc: draft.doc, node: draft.doc.Root}, draft.id)
	if err != nil {
		return err
	}
	result := &Draft{Root: root, Index: draft.index, ParentType: draft.parent.blockType, ParentID: draft.parent.id}
	if result.Parent = t.course.drafts[draft.parent]; result.Parent == nil {
		result.Parent = t.course.blocks[draft.parent]
	}
	if draft.parent.blockType == "course" && result.Parent == nil {
		result.Parent = t.course.Root
	}
	if result.Parent == nil {
		t.findAt(draft.doc, draft.doc.Root.Start, root, Finding{
			Code: CodeDraft, Message: "the draft's parent is not in the course: " + intake.Printable(draft.parent.blockType+" "+draft.parent.id),
			Fix: "correct " + attrParent,
		})
	}
	t.course.Drafts = append(t.course.Drafts, result)
	return nil
}
