package authoring

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// A library is a course of one unit ([course.Shelf]) that no learner sees: it has drafts, a history and published heads like every
// other. Courses take copies of what is published of it. A copy knows where it came from by fields of its own (course.Settings):
// the component, the library's head, the hash of the content, which is the common base when it is brought up to date, and the files
// that came along.

// The fields of a copy.
const (
	fieldUpstream = "upstream"
	fieldVersion  = "upstream_version"
	fieldContent  = "upstream_content"
	fieldDeclined = "upstream_declined"
	fieldFiles    = "upstream_files"
)

var upstreamFields = []string{fieldUpstream, fieldVersion, fieldContent, fieldDeclined, fieldFiles}

// CreateLibrary makes a library with nothing in it.
func (a *Authoring) CreateLibrary(ctx context.Context, who Author, library key.Course, title string) error {
	if !library.Library() || strings.Contains(library.Org+library.Number, ":") {
		return invalid(CodeKey, "", "%q is no library key", library)
	}
	if title == "" || len(title) > maxTitle {
		return invalid(CodeTitle, "title", "a library needs a title of 1 to %d bytes", maxTitle)
	}
	run := course.Run{Key: library.String(), Org: library.Org, Number: library.Number, Title: title, Created: a.now(), By: who.ID}
	if err := a.createRun(ctx, run); err != nil {
		return err
	}
	return a.createTree(ctx, who, library, title, []course.ChildRef{
		{Type: "chapter", ID: course.ShelfID}, {Type: "sequential", ID: course.ShelfID}, {Type: "vertical", ID: course.ShelfID},
	})
}

// noteLibrary lets a course be found by the library that a new block of it came from.
func (a *Authoring) noteLibrary(ctx context.Context, d *course.Draft) error {
	library, ok := course.LibraryOf(&d.Revision)
	if !ok {
		return nil
	}
	run, err := key.ParseCourse(d.Course)
	if err != nil {
		return err
	}
	return a.courses.UseLibrary(ctx, run, library)
}

// shelved is what is published of a library.
type shelved struct {
	head  *course.Published // nil for nothing
	shelf []*course.Block
	by    map[key.Usage]*course.Block
}

// shelved reads what is published of a library. Of one that is not there nothing is.
func (a *Authoring) shelved(ctx context.Context, library key.Course) (*shelved, error) {
	s := &shelved{by: map[key.Usage]*course.Block{}}
	head, err := a.head(ctx, library)
	if isNotFound(err) || err == nil && head == nil {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	shelf, err := head.Find(ctx, course.Shelf(library))
	if err != nil {
		return nil, notFound(err)
	}
	s.head, s.shelf = head, shelf.Children
	for _, block := range s.shelf {
		s.by[block.Usage] = block
	}
	return s, nil
}

// own is the content of a block without what stands in it, as copies compare it; hash names it.
func (a *Authoring) own(ctx context.Context, block *course.Block) (own *course.Revision, hash string, err error) {
	revision, err := a.courses.Revision(ctx, block.Hash)
	if err != nil {
		return nil, "", err
	}
	own = clone(revision)
	own.Children = nil
	return own, own.Hash(), nil
}

// stamp writes into a copy where it came from.
func stamp(r *course.Revision, from key.Usage, head int, hash string) {
	if r.Fields == nil {
		r.Fields = store.Map[string]{}
	}
	r.Fields[fieldUpstream], r.Fields[fieldVersion], r.Fields[fieldContent] = quote(from.Upstream()), strconv.Itoa(head), quote(hash)
	delete(r.Fields, fieldDeclined)
	delete(r.Fields, fieldFiles)
}

// Take puts copies of components into a block of a course, behind after (see [Authoring.Add]), as their libraries have published
// them. The files that they name come along, keys do not.
func (a *Authoring) Take(ctx context.Context, who Author, to key.Usage, after string, from ...key.Usage) ([]key.Usage, Op, error) {
	if _, _, err := a.several(ctx, to.Course, []key.Usage{to}); err != nil {
		return nil, Op{}, err
	}
	if len(from) == 0 || len(from) > maxUsages {
		return nil, Op{}, invalid(CodeTooLarge, "", "%d components at once; 1 to %d are allowed", len(from), maxUsages)
	}
	c := a.plan(to.Course, who, KindTake)
	libraries := shelvesFor(&who)
	var taken []key.Usage
	for _, usage := range from {
		if err := fits(to.Type, usage.Type); err != nil {
			return nil, Op{}, err
		}
		made, err := c.take(ctx, libraries, usage)
		if err != nil {
			return nil, Op{}, err
		}
		taken = append(taken, made)
	}
	if err := c.place(ctx, to, after, taken); err != nil {
		return nil, Op{}, err
	}
	if err := c.bringAll(ctx, who, libraries); err != nil {
		return nil, Op{}, err
	}
	op, err := c.do(ctx)
	return taken, op, err
}

// place plans that new blocks stand in another one.
func (c *changing) place(ctx context.Context, to key.Usage, after string, made []key.Usage) error {
	holder, err := c.edit(ctx, to)
	if err != nil {
		return err
	}
	refs := make([]course.ChildRef, len(made))
	for i, usage := range made {
		refs[i] = ref(usage)
	}
	holder.Children, err = insert(holder.Children, after, refs...)
	return err
}

// bringAll copies the files that the new blocks name.
func (c *changing) bringAll(ctx context.Context, who Author, libraries *shelves) error {
	for _, library := range sortedCourses(libraries.known) {
		if library == c.run {
			continue
		}
		if err := c.bringFiles(ctx, who, library); err != nil {
			return err
		}
	}
	return nil
}

// take plans a copy of a component.
func (c *changing) take(ctx context.Context, libraries *shelves, usage key.Usage) (key.Usage, error) {
	library, err := libraries.open(ctx, c.authoring, usage.Course)
	if err != nil {
		return key.Usage{}, err
	}
	block := library.by[usage]
	if block == nil {
		return key.Usage{}, fmt.Errorf("%w: nothing is published of %s", ErrNotFound, usage)
	}
	return c.copyShelved(ctx, library, block, true)
}

// copyShelved plans new blocks with a published content and all in it.
func (c *changing) copyShelved(ctx context.Context, library *shelved, block *course.Block, top bool) (key.Usage, error) {
	revision, hash, err := c.authoring.own(ctx, block)
	if err != nil {
		return key.Usage{}, err
	}
	if len(c.order) >= maxUsages {
		return key.Usage{}, invalid(CodeTooLarge, "", "more than %d blocks at once", maxUsages)
	}
	c.authoring.withoutKeys(ctx, block.Usage.Type, revision)
	for _, child := range block.Children {
		made, err := c.copyShelved(ctx, library, child, false)
		if err != nil {
			return key.Usage{}, err
		}
		revision.Children = append(revision.Children, ref(made))
	}
	if top {
		stamp(revision, block.Usage, library.head.Head.Number, hash)
	}
	usage := c.run.Usage(block.Usage.Type, c.authoring.config.NewID())
	c.create(usage, revision)
	return usage, nil
}

func sortedCourses(libraries map[key.Course]*shelved) []key.Course {
	var all []key.Course
	for library := range libraries {
		all = append(all, library)
	}
	slices.SortFunc(all, func(a, b key.Course) int { return strings.Compare(a.String(), b.String()) })
	return all
}
