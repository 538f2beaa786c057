package olx

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Read reads a course, or a library ([Options.Library]). The error is an [Error] where there is none to be read, or the context's. Findings come in the order
// in which they were found. The course keeps parts of the files' text but does not need files once it is read.
func Read(ctx context.Context, files *intake.Files, options Options) (*Course, []Finding, error) {
	r := &reader{
		ctx: ctx, files: files, options: options.withDefaults(), policy: &policy{},
		claims: map[string]*claim{}, docs: map[string]parsed{}, links: map[string][]link{},
	}
	for _, file := range files.List() {
		if strings.HasSuffix(file.Path, ".xml") {
			r.xmlFiles++
		}
	}
	read := r.read
	if options.Library {
		read = r.readLibrary
	}
	if err := read(); err != nil {
		if ours := (*Error)(nil); errors.As(err, &ours) {
			ours.Library = options.Library
		}
		return nil, r.findings, err
	}
	if r.unlisted > 0 {
		r.findings = append(r.findings, Finding{
			Code: CodeTooMany, Level: wire.LevelWarning,
			Message: fmt.Sprintf("%d more findings are not listed", r.unlisted), Fix: "mend those that are listed first",
		})
	}
	return r.course, r.findings, nil
}

// reader reads one course.
type reader struct {
	ctx      context.Context //nolint:containedctx // lives for one call of Read
	files    *intake.Files
	options  Options
	course   *Course
	policy   *policy
	findings []Finding
	unlisted int

	claims   map[string]*claim
	docs     map[string]parsed // XML files that filename attributes name: several elements may name one
	links    map[string][]link // of HTML files, for the same reason
	linked   int
	textRead int64
	xmlFiles int
	xmlRead  int
	blocks   int
}

type parsed struct {
	doc *intake.XMLDocument
	err error
}

func (r *reader) read() error {
	folder, err := r.courseFolder()
	if err != nil {
		return err
	}
	r.course = &Course{Folder: folder, blocks: map[usage]*Block{}, drafts: map[usage]*Block{}, assets: map[string]int{}}
	doc, err := r.courseFile()
	if err != nil {
		return err
	}
	r.names(doc)
	r.readAssets()
	if r.course.Run != "" {
		r.readPolicy(r.course.Run)
		r.readGradingPolicy()
	}
	if r.course.Root, err = newTree(r, "", r.course.blocks).root(doc); err != nil {
		return err
	}
	if r.course.Root.Broken != "" {
		return r.brokenRoot()
	}
	r.course.Root.walk(func(b *Block) { r.course.Blocks = append(r.course.Blocks, b) })
	if err := r.readDrafts(); err != nil {
		return err
	}
	if err := r.readPages(); err != nil {
		return err
	}
	r.unusedPolicies()
	r.resolve()
	r.manifest()
	r.progress()
	return nil
}

// courseFolder finds the folder that holds course.xml: the outermost one, if there is but one.
func (r *reader) courseFolder() (string, error) {
	var found []string
	depth, library := 0, ""
	for _, file := range r.files.List() {
		folder, name := split(file.Path)
		switch name {
		case "course.xml":
			at := strings.Count(file.Path, "/")
			if len(found) == 0 || at < depth {
				found, depth = []string{folder}, at
			} else if at == depth {
				found = append(found, folder)
			}
		case "library.xml", "package.toml":
			if library == "" || strings.Count(file.Path, "/") < strings.Count(library, "/") {
				library = file.Path
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", &Error{
			Code: ErrAmbiguous, What: "there are several courses: " + intake.Printable(strings.Join(found, ", ")),
			Fix: "pack one course by itself",
		}
	case library != "":
		return "", &Error{
			Code: ErrLibrary, File: library, What: "this is a content library, not a course",
			Fix: "import it as a library, or import a course that uses it",
		}
	}
	return "", &Error{Code: ErrNotACourse, What: "there is no course.xml", Fix: "pack the folder that holds course.xml"}
}

// courseFile reads course.xml.
func (r *reader) courseFile() (*intake.XMLDocument, error) {
	path := r.join("course.xml")
	doc, err := r.parse(path)
	if err == nil && doc.Root.Name != "course" {
		line, column := doc.Position(doc.Root.Start)
		return nil, &Error{
			Code: ErrBroken, File: path, Line: line, Column: column, What: "the outermost element is " + doc.Root.Name + ", not course",
			Fix: "pack the folder that holds the course's course.xml",
		}
	}
	if err != nil {
		return nil, r.fatal(path, err)
	}
	return doc, nil
}

// fatal turns an error of a file without which there is no course into the import's.
func (r *reader) fatal(path string, err error) error {
	var refusal *intake.Error
	if errors.As(err, &refusal) {
		return &Error{
			Code: ErrBroken, File: path, Line: refusal.Line, Column: refusal.Column, What: refusal.What, Fix: refusal.Fix, Err: refusal.Err,
		}
	}
	return err
}

// brokenRoot says why the course block could not be read; the finding about it is there already.
func (r *reader) brokenRoot() error {
	for _, f := range r.findings {
		if f.Type == "course" && f.ID == rootID {
			return &Error{Code: ErrBroken, File: f.File, Line: f.Line, Column: f.Column, What: f.Message, Fix: f.Fix}
		}
	}
	return &Error{Code: ErrBroken, What: r.course.Root.Broken}
}

// names reads how the course is called.
func (r *reader) names(doc *intake.XMLDocument) {
	c := r.course
	c.Org, _ = doc.Root.Attr("org")
	c.Number, _ = doc.Root.Attr("course")
	c.Run, _ = doc.Root.Attr(urlName)
	if c.Run == "" {
		c.Run, _ = doc.Root.Attr("slug")
	}
	suggested, err := key.NewCourse(c.Org, c.Number, c.Run)
	if err != nil {
		r.findAt(doc, doc.Root.Start, nil, Finding{
			Code: CodeCourse, Message: "org, course and url_name make no course key: " + err.Error(), Fix: "choose a key when importing",
		})
		return
	}
	c.Suggested = suggested
}

// join gives a path of the course as the archive has it.
func (r *reader) join(name string) string {
	if r.course.Folder == "" {
		return name
	}
	return r.course.Folder + "/" + name
}

// lookup finds a file by a name that may come from outside: what is no clean path is not there.
func (r *reader) lookup(name string) (string, bool) {
	if intake.CheckPath(name) != nil {
		return "", false
	}
	path := r.join(name)
	_, ok := r.files.Stat(path)
	return path, ok
}

// text reads a whole file, within what may be read in all.
func (r *reader) text(path string) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	data, err := r.files.ReadFile(path, r.options.FileBytes)
	if err != nil {
		return nil, err
	}
	return data, r.spend(path, len(data))
}

// spend pays for looking at text. Text that is looked at several times, because elements share a file or stand in each other,
// is paid for each time, so that no small archive makes long work.
func (r *reader) spend(path string, bytes int) error {
	if r.textRead += int64(bytes); r.textRead > r.options.TextBytes {
		return &Error{
			Code: ErrTooMany, File: path, What: fmt.Sprintf("the course has more than %d bytes of text", r.options.TextBytes), Fix: "split it",
		}
	}
	return nil
}

// parse reads an XML file.
func (r *reader) parse(path string) (*intake.XMLDocument, error) {
	data, err := r.text(path)
	if err != nil {
		return nil, err
	}
	return r.parsed(path, data)
}

// parsed reads a text as that of an XML file.
func (r *reader) parsed(path string, data []byte) (*intake.XMLDocument, error) {
	if r.xmlRead++; r.xmlRead%50 == 0 {
		r.progress()
	}
	doc, err := intake.ParseXML(path, data, r.options.XML)
	if err != nil {
		return nil, err
	}
	if doc.Recoded {
		r.find(Finding{Code: CodeEncoding, File: path, Message: "the file is not UTF-8; it was converted", Fix: "save it as UTF-8"})
	}
	if n := len(doc.Entities); n > 0 {
		r.findAt(doc, doc.Entities[0].Start, nil, Finding{
			Code: CodeEntity, Message: fmt.Sprintf("&%s; is HTML's, Open edX refuses the file for it (uses of such: %d)", doc.Entities[0].Name, n),
			Fix: "write the characters themselves",
		})
	}
	return doc, nil
}

// stops says whether an error ends the import: the context's, and that there is too much. All others are one file's.
func stops(err error) bool {
	var ours *Error
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &ours)
}

func (r *reader) progress() {
	if r.options.Progress != nil {
		r.options.Progress(Progress{Blocks: r.blocks, Files: min(r.xmlRead, r.xmlFiles), Of: r.xmlFiles})
	}
}

// claim is what is known of a file's use.
type claim struct {
	role    Role
	blocks  []*Block
	secrets bool
}

// claim notes what a file is for.
func (r *reader) claim(path string, role Role, block *Block) *claim {
	c := r.claims[path]
	if c == nil {
		c = &claim{role: role}
		r.claims[path] = c
	}
	if block != nil && !slices.Contains(c.blocks[max(0, len(c.blocks)-1):], block) {
		c.blocks = append(c.blocks, block)
	}
	return c
}

func split(path string) (folder, name string) {
	if cut := strings.LastIndexByte(path, '/'); cut >= 0 {
		return path[:cut], path[cut+1:]
	}
	return "", path
}
