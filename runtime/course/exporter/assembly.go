package exporter

import (
	"context"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// assembly is an archive that is being put together. All paths are those of the archive that came in, before a run's folders
// get its name.
type assembly struct {
	edits map[string][]edit
	// policies are changes of policy files by where the value begins; a nil value takes it away.
	policies map[string]map[int][]byte
	// added are new files and those that are written as a whole; stored are files by their hash.
	added  map[string]string
	stored map[string]string
	gone   map[string]bool
	// names and folders are the paths that are in use.
	names, folders map[string]bool
	alive          map[*olx.Block]bool
	// moved says that blocks were added, removed or put elsewhere.
	moved bool
}

func (e *exporting) assemble(ctx context.Context) error {
	e.assembly = assembly{
		edits: map[string][]edit{}, policies: map[string]map[int][]byte{}, added: map[string]string{}, stored: map[string]string{},
		gone: map[string]bool{}, names: map[string]bool{}, folders: map[string]bool{}, alive: map[*olx.Block]bool{},
	}
	if e.base != nil {
		for _, file := range e.base.files.List() {
			e.take(file.Path)
		}
	}
	e.live(e.root)
	e.liveDrafts()
	e.arrange()
	e.name()
	if err := e.write(ctx, e.root); err != nil {
		return err
	}
	e.again()
	e.dead()
	for _, step := range []func(context.Context) error{e.assets, e.pages} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	e.grading()
	return nil
}

// live marks the blocks of the archive that are still published.
func (e *exporting) live(n *node) {
	if n.base == nil {
		e.report.New++
	} else {
		e.alive[n.base] = true
		if n.same {
			walk(n.base, func(b *olx.Block) { e.alive[b] = true })
		} else if n.old == nil || !ownEqual(n.old, n.revision) || !sameChildren(n) {
			e.report.Changed++
		}
	}
	for _, child := range n.children {
		e.live(child)
	}
}

func sameChildren(n *node) bool {
	return len(n.children) == len(n.base.Children) && !slices.ContainsFunc(n.base.Children, func(b *olx.Block) bool {
		at := slices.Index(n.base.Children, b)
		return n.children[at].base != b
	})
}

// arrange finds which elements stay in their parents, and cuts out the others.
func (e *exporting) arrange() {
	if e.base != nil {
		for _, block := range e.base.course.Blocks {
			if !e.alive[block] {
				e.report.Removed++
				e.moved = true
			}
		}
	}
	for _, n := range e.nodes {
		if n.same || n.base == nil {
			e.moved = e.moved || n.base == nil
			continue
		}
		n.kept = keep(n)
		for _, child := range n.base.Children {
			if !n.kept[child] {
				e.moved = true
				e.cut(child, child.Element())
			}
		}
		e.moved = e.moved || len(n.kept) != len(n.children)
	}
}

// cut takes an element out of its file, with the line that it leaves empty.
func (e *exporting) cut(block *olx.Block, s olx.Source) {
	if doc := e.base.doc(s.File); doc != nil {
		start := blanksBefore(string(doc.Source), s.Start)
		e.edits[s.File] = append(e.edits[s.File], edit{start: start, end: s.End, cut: block})
	}
}

// keep gives the children of n that may stay: the longest list of those that follow each other as before.
func keep(n *node) map[*olx.Block]bool {
	at := make(map[*olx.Block]int, len(n.base.Children))
	for i, child := range n.base.Children {
		at[child] = i
	}
	var ends []int // ends[k] is the child that ends the best list of k+1
	before := make([]int, len(n.children))
	for i, child := range n.children {
		place, was := at[child.base]
		if child.base == nil || !was {
			continue
		}
		k, _ := slices.BinarySearchFunc(ends, place, func(end, place int) int { return at[n.children[end].base] - place })
		before[i] = -1
		if k > 0 {
			before[i] = ends[k-1]
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	kept := map[*olx.Block]bool{}
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			kept[n.children[i].base] = true
		}
	}
	return kept
}

// again puts the further places of blocks right: an element in place that names a block which has changed would be another
// block of the same name.
func (e *exporting) again() {
	if e.base == nil {
		return
	}
	for _, block := range e.base.course.Blocks {
		n := e.nodes[usage{block.Type, block.ID}]
		changed := n != nil && !n.same
		for _, source := range block.Again {
			switch {
			case e.moved:
				e.cut(nil, source)
				e.note(Note{
					Block: block.Type + "@" + block.ID, File: source.File, Message: "a further place of the block, which learners never see, is left out",
				})
			case changed && len(block.Sources) == 1:
				first := block.Element()
				text := e.applied(first, block)
				e.edits[source.File] = append(e.edits[source.File], edit{start: source.Start, end: source.End, text: text})
			}
		}
	}
}

// applied gives an element as it will be.
func (e *exporting) applied(s olx.Source, except *olx.Block) string {
	doc := e.base.doc(s.File)
	if doc == nil {
		return string(s.XML)
	}
	return apply(string(doc.Source), s.Start, s.End, e.edits[s.File], except)
}

// dead drops files that defined nothing but blocks which are gone.
func (e *exporting) dead() {
	if e.base == nil {
		return
	}
	for _, file := range e.base.course.Files {
		if file.Role != olx.RoleDefinition && file.Role != olx.RoleBody || len(file.Blocks) == 0 || e.added[file.Path] != "" {
			continue
		}
		if !slices.ContainsFunc(file.Blocks, func(b *olx.Block) bool { return e.alive[b] }) {
			e.gone[file.Path] = true
		}
	}
}

// free says whether a new file may have a path: it is a clean one, and nothing else is there or in the way.
func (e *exporting) free(path string) bool {
	if intake.CheckPath(path) != nil || e.names[path] || e.folders[path] {
		return false
	}
	for folder := parent(path); folder != ""; folder = parent(folder) {
		if e.names[folder] {
			return false
		}
	}
	return true
}

// take notes that a path is in use.
func (e *exporting) take(path string) {
	e.names[path] = true
	for folder := parent(path); folder != "" && !e.folders[folder]; folder = parent(folder) {
		e.folders[folder] = true
	}
}

func parent(path string) string {
	cut := strings.LastIndexByte(path, '/')
	return path[:max(cut, 0)]
}

// add writes a file as a whole.
func (e *exporting) add(path, text string) {
	e.added[path] = text
	e.take(path)
}
