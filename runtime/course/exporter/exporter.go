package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Courses is what an export reads of courses; [course.Courses] is one.
type Courses interface {
	Run(ctx context.Context, course key.Course) (course.Run, error)
	Revision(ctx context.Context, hash string) (*course.Revision, error)
	ImportRecord(ctx context.Context, id string) (course.Import, error)
	Assets(ctx context.Context, course key.Course, after store.Cursor, limit int) ([]course.Asset, store.Cursor, error)
	Pages(ctx context.Context, course key.Course) ([]course.Page, error)
	Drafts(ctx context.Context, course key.Course) ([]course.Draft, error)
}

// Blocks reads and writes elements; the kernel is one.
type Blocks interface {
	importer.Blocks
	// ExportOLX lets a type's block write content; known is false when there is none that can.
	ExportOLX(ctx context.Context, blockType, blockID string, fields wire.Fields) (xml []byte, files []wire.OLXFile, known bool, err error)
}

// Files opens stored files by their hash; a length under 0 reads to the end. Package files is one.
type Files interface {
	Open(ctx context.Context, hash string, offset, length int64) (io.ReadCloser, files.Blob, error)
}

// Config is what an export works with; all of it but TempDir is needed.
type Config struct {
	Courses Courses
	Blocks  Blocks
	Files   Files
	// TempDir is where archives lie meanwhile, without a name; "" is the system's.
	TempDir string
}

// Request is one export.
type Request struct {
	Course key.Course
	// Secrets lets keys and passports out that the archive brought in. It is for instructors of this very course (R12); a
	// course that was copied from another one's archive does not get them all the same.
	Secrets bool
	// Rewrite writes every block from its fields, touched or not, to see whether anything would be lost by that.
	Rewrite bool
	// Backup writes a library as a backup (zip), as Open edX's newer libraries go out, and not as OLX (tar.gz). Files that no component
	// names are not in it, and it does not say which files are locked.
	Backup bool
}

// Report tells what went out.
type Report struct {
	Course key.Course
	// Head is the published state that was taken.
	Head  course.Head
	Files int
	// Bytes is the sum of all files.
	Bytes int64
	// Changed counts blocks that differ from the archive that came in, New those that it did not have, Removed those of it
	// that are published no more.
	Changed, New, Removed int
	// Withheld counts keys and passports that were left out.
	Withheld int
	Notes    []Note
}

// Note is something about an export that its course team should know.
type Note struct {
	// Block is "TYPE@ID", "" when it is about none. File is a path of the archive.
	Block, File string
	Message     string
}

// exporting is one export under way.
type exporting struct {
	config  Config
	request Request
	run     course.Run
	base    *base
	root    *node
	nodes   map[usage]*node
	drafts  drafts
	report  Report
	// keyed are the fields that hold keys, by the types of the course's blocks that declare some.
	keyed map[string][]string
	// shelf is what stands in a library.
	shelf string
	assembly
}

// usage names a block within its course.
type usage struct{ blockType, id string }

// Export takes the published state of a course out. The caller closes the package. The error wraps [course.ErrNotFound] when
// there is no such course or nothing of it is published.
func Export(ctx context.Context, config Config, request Request) (*Package, error) {
	e := &exporting{config: config, request: request, nodes: map[usage]*node{}}
	p, err := e.export(ctx)
	if closed := e.base.close(); err == nil && closed != nil {
		err = errors.Join(closed, p.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("exporting %s: %w", request.Course, err)
	}
	return p, nil
}

// mostTries bounds how often an archive is put together: each time more blocks are written as a whole.
const mostTries = 4

func (e *exporting) export(ctx context.Context) (*Package, error) {
	if err := e.read(ctx); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		p, again, err := e.attempt(ctx, try == mostTries)
		if err == nil && !again && e.request.Backup && e.library() {
			return e.backup(ctx, p)
		}
		if err != nil || !again {
			return p, err
		}
		if err := p.Close(); err != nil {
			return nil, err
		}
	}
}

// attempt puts the archive together and reads it again. again says that some blocks are to be written otherwise.
func (e *exporting) attempt(ctx context.Context, last bool) (p *Package, again bool, err error) {
	e.report = Report{Course: e.request.Course, Head: e.run.Head}
	if err := e.assemble(ctx); err != nil {
		return nil, false, err
	}
	if p, err = e.pack(ctx); err != nil {
		return nil, false, err
	}
	if !e.root.same || e.request.Rewrite {
		again, err = e.verify(ctx, p.files, last)
	}
	if err != nil {
		return nil, false, errors.Join(err, p.Close())
	}
	e.report.Files, e.report.Bytes = len(p.files.List()), p.files.Total()
	p.Report = e.report
	return p, again, nil
}

// read reads what is published and the archive that it came from.
func (e *exporting) read(ctx context.Context) error {
	run, err := e.config.Courses.Run(ctx, e.request.Course)
	if err != nil {
		return err
	}
	if run.Head.Root == "" {
		return fmt.Errorf("%w: nothing of it is published", course.ErrNotFound)
	}
	e.run = run
	if !e.library() { // whose components are written from their fields, whatever the form they came in
		if e.base, err = openBase(ctx, e.config, run.Import); err != nil {
			return err
		}
	}
	if e.root, err = e.grow(ctx, course.ChildRef{Type: "course", ID: course.RootID, Hash: run.Head.Root}, nil); err != nil {
		return err
	}
	if err := e.readDrafts(ctx); err != nil {
		return err
	}
	e.findKeyed(ctx)
	return nil
}

func (e *exporting) note(n Note) { e.report.Notes = append(e.report.Notes, n) }

// own says whether the archive that came in was this course's.
func (e *exporting) own() bool {
	return e.base != nil && e.base.record.Course == e.request.Course.String()
}

// join gives a path of the course as the archive has it.
func (e *exporting) join(name string) string {
	if e.library() {
		return "library/" + name
	}
	if e.base == nil {
		return "course/" + name
	}
	if e.base.course.Folder == "" {
		return name
	}
	return e.base.course.Folder + "/" + name
}

// runName is how the archive calls the run in its paths.
func (e *exporting) runName() string {
	if e.base == nil {
		return e.request.Course.Run
	}
	return e.base.course.Run
}

// Compile-time guards.
var (
	_ Courses = (*course.Courses)(nil)
	_ Files   = (*files.Files)(nil)
)
