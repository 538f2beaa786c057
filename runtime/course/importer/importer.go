package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Blocks reads elements and outlines content; the kernel is one.
type Blocks interface {
	course.Outliner
	// ImportOLX lets a type's block read its element; known is false when there is none that can.
	ImportOLX(ctx context.Context, blockType string, xml []byte, files []wire.OLXFile) (fields wire.Fields, findings []wire.Finding, known bool, err error)
	// Declared gives the fields that a type's block declares; ok is false when the type is not installed.
	Declared(ctx context.Context, blockType string) (fields []wire.Field, ok bool)
}

// Keeper stores files under their hash; package files is one.
type Keeper interface {
	Put(ctx context.Context, content io.Reader) (hash string, size int64, err error)
}

// Config is what an import works with. Answers alone may be nil: then nobody says which scores may change.
type Config struct {
	Courses *course.Courses
	Blocks  Blocks
	Files   Keeper
	Answers Answers
	// Hasher tells whether a change puts answers into question; nil takes every change of a block's own content for one.
	Hasher Hasher
	// Enter enters an import and its undo into the history; nil enters nothing.
	Enter func(context.Context, Change) error
}

// Request is one import.
type Request struct {
	// Course is where the archive goes; zero takes what the archive calls itself, a course. What the archive calls itself never decides
	// over an existing course of somebody else: the caller checks rights on the course that Target gives.
	Course key.Course
	Files  *intake.Files
	By     string
	Now    time.Time
	// Runs says that who brings the archive runs the course, and so changes its keys and whether publishing needs a review.
	Runs bool
	// Op names the import, so that it can be taken up after a crash and undone; zero makes one.
	Op string
	// Plan is what somebody agreed to; nil asks nobody. Another archive, or a course that was published since, is ErrStale.
	Plan *Plan
	// Progress is told what goes on; nil is allowed.
	Progress func(Progress)
}

// Progress is how far an import has come.
type Progress struct {
	// Step is read, files, blocks or publish.
	Step        string
	Done, Total int
}

// Report is what came of an import.
type Report struct {
	Course key.Course
	// Op names the import for [Undo], Before is what the course was, Aside counts the team's drafts that were set aside.
	Op     string
	Before Before
	Aside  int
	Head   course.Head
	// Types counts published blocks by type; Unknown lists those that no installed block serves.
	Types   map[string]int
	Unknown []string
	Assets  int
	Drafts  int
	// Missing and Broken are links that lead nowhere.
	Missing []olx.Reference
	Broken  []olx.Reference
	// Findings tell what was found in the archive, by file and line.
	Findings []Finding
	// Failed says, by block id, why a block was published as broken.
	Failed map[string]string
}

// Finding is one remark on the archive.
type Finding struct {
	// Code says what it is about, "" for what a block remarked.
	Code  olx.Code   `json:"code,omitempty"`
	Level wire.Level `json:"level"`
	File  string     `json:"file,omitempty"`
	Line  int        `json:"line,omitempty"`
	// Block is the block id, "" when it is about none.
	Block   string `json:"block,omitempty"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

// Target says which course an archive calls itself, so that the caller can check rights before Import.
func Target(ctx context.Context, files *intake.Files) (key.Course, error) {
	read, _, err := olx.Read(ctx, files, olx.Options{})
	if err != nil {
		return key.Course{}, err
	}
	if read.Suggested.IsZero() {
		return key.Course{}, fmt.Errorf("the archive calls itself org %q, course %q, run %q, which cannot be a key: name the course", read.Org, read.Number, read.Run)
	}
	return read.Suggested, nil
}

// importing is one import under way.
type importing struct {
	config  Config
	request Request
	course  *olx.Course
	key     key.Course
	report  Report
	// revisions by hash, and each block's.
	revisions map[string]*course.Revision
	hashes    map[*olx.Block]string
	origins   store.Map[course.Origin]
	unknown   map[string]bool
	// standing is what the course is now, by usage; keys are the names of each type's fields with keys.
	standing map[key.Usage]*course.Revision
	keys     map[string][]string
	// op is the import as a change of files and pages, run what the course is so far.
	op  beside.Op
	run course.Run
	// published says that this import had published before a crash.
	published bool
}

// Import reads the archive and makes it the course's published content.
func Import(ctx context.Context, config Config, request Request) (Report, error) {
	i := newImporting(config, request)
	if err := i.carry(ctx); err != nil {
		return i.report, fmt.Errorf("importing: %w", err)
	}
	return i.report, nil
}

func newImporting(config Config, request Request) *importing {
	return &importing{
		config: config, request: request, revisions: map[string]*course.Revision{}, hashes: map[*olx.Block]string{},
		origins: store.Map[course.Origin]{}, unknown: map[string]bool{}, keys: map[string][]string{}, report: Report{Types: map[string]int{}},
	}
}

func (i *importing) carry(ctx context.Context) error {
	if err := i.read(ctx); err != nil {
		return err
	}
	if err := i.begin(ctx); err != nil {
		return err
	}
	if err := i.blocks(ctx); err != nil {
		return err
	}
	if i.published {
		return i.end(ctx)
	}
	if err := i.publishAll(ctx); err != nil {
		return errors.Join(err, i.giveUp(context.WithoutCancel(ctx)))
	}
	return i.end(ctx)
}

// end is what is to be done once the content is published.
func (i *importing) end(ctx context.Context) error {
	if err := i.drafts(ctx); err != nil {
		return err
	}
	return i.config.enter(ctx, Change{Course: i.key, Op: i.op.ID, By: i.request.By, At: i.report.Head.At, Head: i.report.Head.Number})
}

// giveUp leaves the course as it was: files and pages changed already. Where the content was published all the same, the import is
// taken up again instead.
func (i *importing) giveUp(ctx context.Context) error {
	run, err := i.config.Courses.Run(ctx, i.key)
	if err == nil {
		i.run = run
		err = i.resume(ctx)
	}
	if i.published || err != nil && !errors.Is(err, course.ErrNotFound) {
		return err
	}
	_, err = i.beside().UndoAs(ctx, i.undoOp(), i.op.ID)
	if errors.Is(err, beside.ErrNotFound) {
		return nil
	}
	return err
}

// publishAll stores files and pages and makes the content the course's head.
func (i *importing) publishAll(ctx context.Context) error {
	if err := i.files(ctx); err != nil {
		return err
	}
	record, err := i.record(ctx)
	if err != nil {
		return err
	}
	return i.publish(ctx, record)
}

// read reads the archive and decides which course it is.
func (i *importing) read(ctx context.Context) error {
	read, findings, err := olx.Read(ctx, i.request.Files, olx.Options{
		Library: i.request.Course.Library(), UserField: i.userField(ctx),
		Progress: func(p olx.Progress) { i.progress("read", p.Files, p.Of) },
	})
	for _, f := range findings {
		i.report.Findings = append(i.report.Findings, Finding{
			Code: f.Code, Level: f.Level, File: f.File, Line: f.Line, Block: f.ID, Message: f.Message, Fix: f.Fix,
		})
	}
	if err != nil {
		return err
	}
	i.course, i.key = read, i.request.Course
	if i.key.IsZero() {
		i.key = read.Suggested
	}
	if i.key.IsZero() {
		return errors.New("the archive's own name cannot be a course key: name the course")
	}
	i.report.Course, i.report.Missing, i.report.Broken = i.key, read.MissingAssets(), read.BrokenLinks()
	return nil
}

func (i *importing) progress(step string, done, total int) {
	if i.request.Progress != nil {
		i.request.Progress(Progress{step, done, total})
	}
}

// blocks turns every block into a revision and stores them.
func (i *importing) blocks(ctx context.Context) error {
	if err := i.revise(ctx); err != nil {
		return err
	}
	all := make([]*course.Revision, 0, len(i.revisions))
	for _, revision := range i.revisions {
		all = append(all, revision)
	}
	_, err := i.config.Courses.AddRevisions(ctx, all...)
	return err
}

// revise turns every block into a revision, children before parents.
func (i *importing) revise(ctx context.Context) error {
	if err := i.readStanding(ctx); err != nil {
		return err
	}
	total := len(i.course.Blocks)
	for n := total - 1; n >= 0; n-- { // document order puts parents first
		block := i.course.Blocks[n]
		if err := i.take(ctx, block); err != nil {
			return err
		}
		i.report.Types[block.Type]++
		i.progress("blocks", total-n, total)
	}
	for _, draft := range i.course.Drafts {
		if err := i.takeAll(ctx, draft.Root); err != nil {
			return err
		}
	}
	for blockType := range i.unknown {
		i.report.Unknown = append(i.report.Unknown, blockType)
	}
	return nil
}

func (i *importing) takeAll(ctx context.Context, block *olx.Block) error {
	if i.hashes[block] != "" {
		return nil // a library's drafts hold what is published as well
	}
	for _, child := range block.Children {
		if err := i.takeAll(ctx, child); err != nil {
			return err
		}
	}
	return i.take(ctx, block)
}

func (i *importing) take(ctx context.Context, block *olx.Block) error {
	revision, err := i.revision(ctx, block)
	if ctx.Err() != nil {
		return context.Cause(ctx) // no fault of the block that was being read
	}
	if err != nil {
		return fmt.Errorf("block %s/%s (%s line %d): %w", block.Type, block.ID, block.Definition().File, block.Definition().Line, err)
	}
	hash := revision.Hash()
	i.revisions[hash], i.hashes[block] = revision, hash
	if !block.Draft {
		at := block.Definition()
		i.origins[block.Type+"@"+block.ID] = course.Origin{File: at.File, Start: at.Start, End: at.End, Line: at.Line, Hash: hash, Body: block.Body}
	}
	return nil
}

// text reads a file as UTF-8; one that had to be converted is reported.
func (i *importing) text(file string) (string, error) {
	data, err := i.request.Files.ReadFile(file, maxPage)
	if err != nil {
		return "", err
	}
	text, recoded := intake.Text(data)
	if recoded {
		i.report.Findings = append(i.report.Findings, Finding{
			Level: wire.LevelHint, File: file, Message: "the file is not UTF-8; it was converted", Fix: "save it as UTF-8",
		})
	}
	return string(text), nil
}

// maxPage bounds one page's text in bytes.
const maxPage = 4 << 20

// record keeps the whole archive and where each block came from.
func (i *importing) record(ctx context.Context) (string, error) {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(pack(writer, i.request.Files)) }()
	hash, _, err := i.config.Files.Put(ctx, reader)
	if err != nil {
		_ = reader.CloseWithError(err) // lets the packing end; the error is the one to tell
		return "", fmt.Errorf("keeping the archive: %w", err)
	}
	record := course.Import{Course: i.key.String(), At: i.request.Now, By: i.request.By, Op: i.op.ID, Before: i.report.Before, Archive: hash, Blocks: i.origins}
	for _, file := range i.request.Files.List() {
		record.Files = append(record.Files, course.ImportedFile{Path: file.Path, Hash: fileHash(file.SHA256), Size: file.Size})
	}
	return i.config.Courses.PutImport(ctx, record)
}

// publish makes the content the course's head.
func (i *importing) publish(ctx context.Context, record string) error {
	var err error
	i.report.Head, i.report.Failed, err = i.config.Courses.Publish(ctx, i.config.Blocks, course.Publication{
		Course: i.key, Root: i.hashes[i.course.Root], Base: i.run.Head.Number, Grading: string(i.course.GradingPolicy), Import: record,
		By: i.request.By, Note: "import", Progress: func(done, total int) { i.progress("publish", done, total) },
	})
	return err
}

// drafts sets the team's own drafts aside where the archive changed what they were begun on, and stores the archive's.
func (i *importing) drafts(ctx context.Context) error {
	touched, err := i.touched(ctx)
	if err != nil {
		return err
	}
	set := map[string]bool{}
	for n := range touched {
		set[touched[n].Usage] = true
	}
	brought := map[string]string{}
	for _, draft := range i.course.Drafts {
		i.brought(draft.Root, brought)
	}
	for at := range brought { // also what says the same: the archive's takes its place
		blockType, id, _ := strings.Cut(at, "@")
		set[i.key.Usage(blockType, id).String()] = true
	}
	i.report.Aside, err = i.config.Courses.SetAside(ctx, i.key, i.op.ID, func(d course.Draft) bool {
		return set[d.Usage] && !slices.Contains(d.Done, i.op.ID) // not what this import put there, before a crash
	})
	if err != nil {
		return err
	}
	for _, draft := range touched {
		if i.shelved(draft) && i.report.Aside > 0 {
			i.report.Aside--
		}
	}
	for _, draft := range i.course.Drafts {
		if err := i.putDrafts(ctx, draft.Root); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) putDrafts(ctx context.Context, block *olx.Block) error {
	base := ""
	if published, ok := i.course.Block(block.Type, block.ID); ok {
		base = i.hashes[published]
	}
	hash := i.hashes[block]
	if hash == base {
		return nil
	}
	i.report.Drafts++
	for _, child := range block.Children {
		if err := i.putDrafts(ctx, child); err != nil {
			return err
		}
	}
	return i.config.Courses.PutDraft(ctx, course.Draft{
		Course: i.key.String(), Usage: i.key.Usage(block.Type, block.ID).String(), Base: base, Revision: *i.revisions[hash],
		At: i.request.Now, By: i.request.By, Done: []string{i.op.ID},
	})
}
