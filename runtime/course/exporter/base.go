package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// base is the archive that a course was imported from, read again. A nil base is none: the course was made here.
type base struct {
	files  *intake.Files
	course *olx.Course
	record course.Import
	all    []*olx.Block // published ones and drafts
	docs   map[string]*intake.XMLDocument
	// definers counts the blocks that an element defines, bodies those whose text a file is.
	definers map[sourcePlace]int
	bodies   map[string]int
}

type sourcePlace struct {
	file  string
	start int
}

func placeOf(s olx.Source) sourcePlace { return sourcePlace{s.File, s.Start} }

// ownLimits are those for archives that we packed ourselves: what is in them was within the limits when it came in.
var ownLimits = intake.Limits{Ratio: 1 << 20, ArchiveBytes: 16 << 30}

func openBase(ctx context.Context, config Config, record string) (*base, error) {
	if record == "" {
		return nil, nil
	}
	b := &base{docs: map[string]*intake.XMLDocument{}, definers: map[sourcePlace]int{}, bodies: map[string]int{}}
	var err error
	if b.record, err = config.Courses.ImportRecord(ctx, record); err != nil {
		return nil, fmt.Errorf("reading where the course came from: %w", err)
	}
	if b.files, err = openStored(ctx, config, b.record.Archive); err != nil {
		return nil, fmt.Errorf("opening the archive that the course came from: %w", err)
	}
	b.course, _, err = olx.Read(ctx, b.files, olx.Options{})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading the archive that the course came from: %w", err), b.files.Close())
	}
	b.all = append(b.all, b.course.Blocks...)
	for _, draft := range b.course.Drafts {
		walk(draft.Root, func(block *olx.Block) { b.all = append(b.all, block) })
	}
	for _, block := range b.all {
		for _, source := range block.Sources {
			b.definers[placeOf(source)]++
		}
		if block.Body != "" {
			b.bodies[block.Body]++
		}
	}
	return b, nil
}

// openStored opens an archive that is kept under its hash.
func openStored(ctx context.Context, config Config, hash string) (files *intake.Files, err error) {
	from, _, err := config.Files.Open(ctx, hash, 0, -1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	s, err := newSpool(config.TempDir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if _, err := io.Copy(s.file, from); err != nil {
		return nil, err
	}
	return s.open(ctx, config.TempDir)
}

func (b *base) close() error {
	if b == nil {
		return nil
	}
	return b.files.Close()
}

// block finds a published block.
func (b *base) block(of usage) *olx.Block {
	if b == nil {
		return nil
	}
	block, _ := b.course.Block(of.blockType, of.id)
	return block
}

// origin is the hash of the revision that a published block became, "" when it is not known.
func (b *base) origin(of usage) string {
	if b == nil {
		return ""
	}
	return b.record.Blocks[of.blockType+"@"+of.id].Hash
}

// maxText bounds an XML, JSON or HTML file in bytes; the reader of courses reads no larger ones.
const maxText = 16 << 20

// doc parses an XML file once. It is nil for what is no XML.
func (b *base) doc(file string) *intake.XMLDocument {
	doc, known := b.docs[file]
	if !known {
		if data, err := b.files.ReadFile(file, maxText); err == nil {
			doc, _ = intake.ParseXML(file, data, intake.XMLOptions{HTMLEntities: true}) // one that is broken goes out as it is
		}
		b.docs[file] = doc
	}
	return doc
}

// node finds an element where it stands, or gives nil.
func (b *base) node(s olx.Source) *intake.XMLNode {
	doc := b.doc(s.File)
	if doc == nil {
		return nil
	}
	for at := doc.Root; at != nil; {
		if at.Start == s.Start && at.End == s.End {
			return at
		}
		var next *intake.XMLNode
		for _, child := range at.Children {
			if child.Kind == intake.XMLElement && child.Start <= s.Start && s.End <= child.End {
				next = child
			}
		}
		at = next
	}
	return nil
}

// shared says whether an element defines several blocks: what is changed there changes all of them.
func (b *base) shared(s olx.Source) bool { return b.definers[placeOf(s)] > 1 }

func walk(block *olx.Block, visit func(*olx.Block)) {
	visit(block)
	for _, child := range block.Children {
		walk(child, visit)
	}
}

// spool is a temporary file that has no name while it is in use.
type spool struct {
	file *os.File
	name string
}

func newSpool(dir string) (*spool, error) {
	file, err := os.CreateTemp(dir, "quoin-export-*")
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	s := &spool{file: file, name: file.Name()}
	if os.Remove(s.name) == nil {
		s.name = ""
	}
	return s, nil
}

// open reads what was written as an archive.
func (s *spool) open(ctx context.Context, dir string) (*intake.Files, error) {
	size, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	return intake.OpenArchive(ctx, s.file, size, intake.Options{TempDir: dir, Limits: ownLimits})
}

func (s *spool) close() error {
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}
