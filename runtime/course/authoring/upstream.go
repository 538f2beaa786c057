package authoring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Link is a copy of a library's component in a course.
type Link struct {
	Usage key.Usage
	Title string
	// Unit is the unit that it stands in.
	Unit key.Usage
	// Upstream is where it came from.
	Upstream key.Usage
	// Version is the library's head when it was taken or brought up to date last, 0 where that is not known.
	Version int
	// Base is the hash of what was taken then, "" where it is not known; Now is what the library has published, "" for nothing. Files are
	// the library's files of the copy that were replaced there since, by name: they are in Now, too.
	Base, Now string
	Files     []string
	// Declined is the newest content that the course's team did not want.
	Declined string
	// Readable is false where the asker may not read the library: nothing is known of it then.
	Readable bool
}

// Behind reports whether the library has something newer that nobody has declined.
func (l *Link) Behind() bool { return l.Now != "" && l.Now != l.Base && l.Now != l.Declined }

// Gone reports whether the library does not have the component any more.
func (l *Link) Gone() bool { return l.Readable && l.Now == "" }

// Links lists the copies of libraries' components in the working copy of a course, in its order; within is a part of it, a zero one
// all. Contents are compared by their hashes, where the author may read the library.
func (a *Authoring) Links(ctx context.Context, who Author, run key.Course, within key.Usage) ([]Link, error) {
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	top, err := w.within(within)
	if err != nil {
		return nil, err
	}
	var links []Link
	var files []map[string]broughtFile
	top.walk(func(p *place) {
		if link, ok := linkOf(p); ok {
			links, files = append(links, link), append(files, filesOf(p.own()))
		}
	})
	libraries, closed := shelvesFor(&who), map[key.Course]bool{}
	for i := range links {
		library := links[i].Upstream.Course
		if closed[library] {
			continue
		}
		s, err := libraries.open(ctx, a, library)
		if errors.Is(err, ErrNotFound) {
			closed[library] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		links[i].Readable = true
		if links[i].Now, err = a.ownHash(ctx, s.by[links[i].Upstream]); err != nil {
			return nil, err
		}
		if links[i].Now == "" {
			continue
		}
		changed, err := a.replaced(ctx, library, files[i])
		if err != nil {
			return nil, err
		}
		links[i].Now, links[i].Files = withFiles(links[i].Now, changed), slices.Sorted(maps.Keys(changed))
	}
	return links, nil
}

// ownHash names the content of a block without what stands in it; "" for no block.
func (a *Authoring) ownHash(ctx context.Context, block *course.Block) (string, error) {
	if block == nil {
		return "", nil
	}
	if len(block.Children) == 0 {
		return block.Hash, nil
	}
	_, hash, err := a.own(ctx, block)
	return hash, err
}

// linkOf reads where a block came from.
func linkOf(p *place) (Link, bool) {
	own := p.own()
	text, _ := unquote(own[fieldUpstream])
	upstream, err := key.ParseLibraryUsage(text)
	if err != nil {
		return Link{}, false
	}
	link := Link{Usage: p.usage, Upstream: upstream}
	link.Title, _ = unquote(own["display_name"])
	link.Base, _ = unquote(own[fieldContent])
	link.Declined, _ = unquote(own[fieldDeclined])
	link.Version, _ = strconv.Atoi(own[fieldVersion]) // what is no number is not known
	for at := p; at != nil; at = at.parent {
		if at.usage.Type == "vertical" || at.parent != nil && at.parent.usage.Type == "sequential" {
			link.Unit = at.usage
		}
	}
	return link, true
}

// Newer is what a library changed of a component since a copy was taken, and what became of the copy meanwhile.
type Newer struct {
	// Library is the change in the library, Here the one in the course. Without a base, which is so for a course from elsewhere,
	// Library is what differs between the copy and the library, and Here is nothing.
	Library, Here []Difference
	// Kept are the fields that both changed: accepting leaves the course's.
	Kept []string
	// Based is false where nobody knows what was taken.
	Based bool
}

// Newer compares a copy with what its library has published now.
func (a *Authoring) Newer(ctx context.Context, who Author, usage key.Usage) (Newer, error) {
	doc, err := a.current(ctx, usage)
	if err != nil {
		return Newer{}, err
	}
	u, err := a.upstream(ctx, &doc.Body.Revision, shelvesFor(&who))
	if err != nil {
		return Newer{}, err
	}
	ours := bare(&doc.Body.Revision)
	u.theirs = a.asHere(u.theirs, u.usage.Course, usage.Course, u.files)
	if u.base != nil {
		u.base = a.asHere(u.base, u.usage.Course, usage.Course, u.files)
	}
	if u.base == nil {
		return Newer{Library: differences(ours, u.theirs)}, nil
	}
	merged := mergeRevisions(u.base, ours, u.theirs, oursStay)
	return Newer{
		Library: differences(u.base, u.theirs), Here: differences(u.base, ours), Kept: keptFields(u.base, ours, merged, u.theirs), Based: true,
	}, nil
}

// upstreamOf is a copy's two sources.
type upstreamOf struct {
	usage  key.Usage
	head   int
	hash   string
	theirs *course.Revision
	base   *course.Revision // nil where it is not known
	// files came along when the copy was taken; changed hold something else in the library now.
	files   map[string]broughtFile
	changed map[string]course.Asset
}

// upstream reads what a copy came from and what its library has now.
func (a *Authoring) upstream(ctx context.Context, r *course.Revision, libraries *shelves) (*upstreamOf, error) {
	text, _ := unquote(r.Fields[fieldUpstream])
	from, err := key.ParseLibraryUsage(text)
	if err != nil || from.Type != r.Type {
		return nil, fmt.Errorf("%w: it came from no library", ErrNotFound)
	}
	library, err := libraries.open(ctx, a, from.Course)
	if err != nil {
		return nil, err
	}
	block := library.by[from]
	if block == nil {
		return nil, fmt.Errorf("%w: nothing is published of %s", ErrNotFound, from)
	}
	u := &upstreamOf{usage: from, head: library.head.Head.Number}
	if u.theirs, u.hash, err = a.own(ctx, block); err != nil {
		return nil, err
	}
	u.files = filesOf(r.Fields)
	if u.changed, err = a.replaced(ctx, from.Course, u.files); err != nil {
		return nil, err
	}
	base, _ := unquote(r.Fields[fieldContent])
	known, err := a.courses.RevisionsByHash(ctx, []string{base})
	if err != nil {
		return nil, err
	}
	// A hash in a course's fields may name any content of the site: only one of this component's is its base.
	if there := known[base]; there != nil && there.Type == r.Type {
		version, _ := strconv.Atoi(r.Fields[fieldVersion])
		if was, err := a.wasHash(ctx, from, version); err != nil {
			return nil, err
		} else if was == base {
			u.base = bare(there)
			a.withoutKeys(ctx, r.Type, u.base)
		}
	}
	u.theirs = bare(u.theirs)
	a.withoutKeys(ctx, r.Type, u.theirs)
	return u, nil
}

// wasHash names the content that a library's component had under a head of it, without what stands in it; "" for none.
func (a *Authoring) wasHash(ctx context.Context, usage key.Usage, number int) (string, error) {
	head, err := a.courses.Head(ctx, usage.Course, number)
	if errors.Is(err, course.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	shelf := course.Shelf(usage.Course)
	way := []course.ChildRef{{Type: "chapter", ID: shelf.ID}, {Type: "sequential", ID: shelf.ID}, ref(shelf), ref(usage)}
	revision, err := a.courses.Revision(ctx, head.Root)
	for _, next := range way {
		if err != nil {
			return "", err
		}
		at := slices.IndexFunc(revision.Children, func(c course.ChildRef) bool { return c.Type == next.Type && c.ID == next.ID })
		if at < 0 {
			return "", nil
		}
		revision, err = a.courses.Revision(ctx, revision.Children[at].Hash)
	}
	if err != nil {
		return "", err
	}
	own := clone(revision)
	own.Children = nil
	return own.Hash(), nil
}

// bare is a content without what tells where it came from, and without what stands in it.
func bare(r *course.Revision) *course.Revision {
	out := clone(r)
	out.Children = nil
	for _, field := range upstreamFields {
		delete(out.Fields, field)
	}
	return out
}

// keptFields are those that the library changed and that a merge leaves as the course has them.
func keptFields(base, ours, merged, theirs *course.Revision) []string {
	return slices.DeleteFunc(changedFields(merged, theirs), func(field string) bool {
		return same(valueOr(base.Fields, field), valueOr(theirs.Fields, field)) || !same(valueOr(ours.Fields, field), valueOr(merged.Fields, field))
	})
}

// Updated is what came of bringing copies up to date.
type Updated struct {
	Op Op
	// Changed are the copies that were changed, Kept the fields that the library changed too and that stay as the course has them.
	Changed []key.Usage
	Kept    []Left
}

// Update brings copies up to what their libraries have published: what the library changed since each was taken. What the course's
// team changed in the same field stays. It is one operation on the working copy.
func (a *Authoring) Update(ctx context.Context, who Author, usages ...key.Usage) (Updated, error) {
	if len(usages) == 0 {
		return Updated{}, invalid(CodeTooLarge, "", "nothing to bring up to date")
	}
	if _, _, err := a.several(ctx, usages[0].Course, usages); err != nil {
		return Updated{}, err
	}
	c := a.plan(usages[0].Course, who, KindUpdate)
	libraries := shelvesFor(&who)
	var out Updated
	for _, usage := range usages {
		kept, err := c.update(ctx, who, usage, libraries)
		if err != nil {
			return Updated{}, err
		}
		out.Changed = append(out.Changed, usage)
		for _, field := range kept {
			out.Kept = append(out.Kept, Left{Usage: usage, Field: field})
		}
	}
	var err error
	out.Op, err = c.do(ctx)
	return out, err
}

// update plans that one copy is brought up to date.
func (c *changing) update(ctx context.Context, who Author, usage key.Usage, libraries *shelves) (kept []string, err error) {
	content, err := c.edit(ctx, usage)
	if err != nil {
		return nil, err
	}
	u, err := c.authoring.upstream(ctx, content, libraries)
	if err != nil {
		return nil, err
	}
	ours := bare(content)
	base := u.base
	if base == nil {
		base = clone(ours) // all that differs is the library's
	}
	base, theirs, came, err := c.bringTheirs(ctx, who, usage, u, base)
	if err != nil {
		return nil, err
	}
	merged := mergeRevisions(base, ours, theirs, oursStay)
	kept = keptFields(base, ours, merged, theirs)
	content.Fields, content.Extra, content.Source = merged.Fields, merged.Extra, merged.Source
	stamp(content, u.usage, u.head, u.hash)
	keepFiles(content, came)
	return kept, nil
}

// bringTheirs copies the files that the library's text names, which may get other names here. What was taken names those that came then:
// so a file that was replaced is a change of the text. came are the files that theirs names now.
func (c *changing) bringTheirs(ctx context.Context, who Author, usage key.Usage, u *upstreamOf, was *course.Revision) (base, theirs *course.Revision, came map[string]broughtFile, err error) {
	files := c.authoring.plan(c.run, who, KindUpdate)
	known := u.base != nil && len(u.files) > 0
	at, before := c.run.Usage(usage.Type, "theirs"), c.run.Usage(usage.Type, "base")
	stamp(u.theirs, u.usage, u.head, u.hash)
	files.create(at, u.theirs)
	if !known {
		files.create(before, clone(was)) // nobody knows what came along: all files count as the same
	}
	if u.usage.Course != c.run {
		if err := files.bringFiles(ctx, who, u.usage.Course); err != nil {
			return nil, nil, nil, err
		}
	}
	came = filesOf(files.after[at].Fields)
	if base = files.after[before]; known {
		base = c.authoring.asHere(was, u.usage.Course, c.run, u.files)
	}
	return base, bare(files.after[at]), came, nil
}

// Decline leaves copies as they are though their libraries have something newer, until there is something newer again.
func (a *Authoring) Decline(ctx context.Context, who Author, usages ...key.Usage) (Op, error) {
	if len(usages) == 0 {
		return Op{}, invalid(CodeTooLarge, "", "nothing to decline")
	}
	if _, _, err := a.several(ctx, usages[0].Course, usages); err != nil {
		return Op{}, err
	}
	c := a.plan(usages[0].Course, who, KindDecline)
	libraries := shelvesFor(&who)
	for _, usage := range usages {
		content, err := c.edit(ctx, usage)
		if err != nil {
			return Op{}, err
		}
		u, err := a.upstream(ctx, content, libraries)
		if err != nil {
			return Op{}, err
		}
		content.Fields[fieldDeclined] = quote(withFiles(u.hash, u.changed))
	}
	return c.do(ctx)
}
