package review

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// Use is a place that refers to a file.
type Use struct {
	// Usage is the block, zero for a page; Page is "kind/slug".
	Usage key.Usage
	Page  string
	Title string
	// Unit is what the block stands in, for a link to its editor; zero above units.
	Unit key.Usage
	// Draft says that it is in unpublished work.
	Draft bool
}

// place is a block of the working copy on the walk through it.
type place struct {
	usage    key.Usage
	revision *course.Revision
	titles   []string
	unit     key.Usage
	parent   *place
	draft    bool
	depth    int
}

func (p *place) title() string { return titleOf(p.revision, p.usage.ID) }

func titleOf(revision *course.Revision, otherwise string) string {
	var title string
	if json.Unmarshal([]byte(revision.Fields["display_name"]), &title) == nil && title != "" {
		return title
	}
	return otherwise
}

// walk visits the blocks of a working copy, parents first, each once.
func walk(run key.Course, w *course.Working, visit func(*place) error) error {
	seen := map[string]bool{}
	var step func(parent *place, blockType, id, hash string) error
	step = func(parent *place, blockType, id, hash string) error {
		at := course.Place(blockType, id)
		revision := w.Revisions[hash]
		if seen[at] || revision == nil {
			return nil
		}
		seen[at] = true
		p := &place{usage: run.Usage(blockType, id), revision: revision, parent: parent, draft: w.Drafted[at]}
		if parent != nil {
			p.depth, p.unit, p.titles = parent.depth+1, parent.unit, slices.Clip(parent.titles)
			if parent.depth > 0 {
				p.titles = append(p.titles, parent.title())
			}
		}
		if p.depth == unitDepth {
			p.unit = p.usage
		}
		if err := visit(p); err != nil {
			return err
		}
		for _, child := range revision.Children {
			if err := step(p, child.Type, child.ID, child.Hash); err != nil {
				return err
			}
		}
		return nil
	}
	return step(nil, "course", course.RootID, w.Root)
}

// unitDepth is how deep units stand: course, section, subsection, unit.
const unitDepth = 3

// Uses tells for each of a course's files where it is referred to, unpublished work and pages included. names are the files: some
// fields name one without a link.
func Uses(ctx context.Context, courses *course.Courses, run key.Course, names []string) (map[string][]Use, error) {
	known := make(map[string]bool, len(names))
	for _, name := range names {
		known[name] = true
	}
	uses := map[string][]Use{}
	add := func(name string, use Use) {
		list := uses[name]
		if len(list) == 0 || list[len(list)-1] != use {
			uses[name] = append(list, use)
		}
	}
	w, err := courses.Working(ctx, run)
	if err != nil && !errors.Is(err, course.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		_ = walk(run, w, func(p *place) error { // never fails
			use := Use{Usage: p.usage, Title: p.title(), Unit: p.unit, Draft: p.draft}
			for _, text := range texts(p.revision) {
				for _, name := range filesIn(run, text, known) {
					add(name, use)
				}
			}
			return nil
		})
	}
	pages, err := courses.Pages(ctx, run)
	if err != nil {
		return nil, err
	}
	for i := range pages {
		use := Use{Page: pages[i].Kind + "/" + pages[i].Slug, Title: pages[i].Slug}
		for _, text := range append([]string{pages[i].HTML}, values(pages[i].Fields)...) {
			for _, name := range filesIn(run, text, known) {
				add(name, use)
			}
		}
	}
	return uses, nil
}

// texts are all that a revision says, in a fixed order.
func texts(revision *course.Revision) []string {
	list := values(revision.Fields)
	list = append(list, values(revision.Extra)...)
	if revision.Source != nil {
		list = append(list, revision.Source.XML)
		for i := range revision.Source.Files {
			list = append(list, revision.Source.Files[i].Text)
		}
	}
	return list
}

func values(of map[string]string) []string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = of[name]
	}
	return list
}

// filesIn names the files that a text refers to: by a link, or as a field's whole value, as transcripts are.
func filesIn(run key.Course, text string, known map[string]bool) []string {
	if text == "" {
		return nil
	}
	var found []string
	for _, link := range olx.Links(run, []byte(text)) {
		if link.Kind == olx.ReferenceAsset && !link.Foreign {
			found = append(found, link.Target)
		}
	}
	if len(text) <= maxNamed {
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '"' }) {
			if known[part] {
				found = append(found, part)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// maxNamed bounds the fields that are looked through for bare names of files: longer ones are texts, whose links are links.
const maxNamed = 4 << 10
