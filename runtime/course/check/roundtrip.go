package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// RoundTrip is what differs between an archive and the export of what was imported from it, and between the blocks of both. XML
// is compared in canonical form, comments kept, everything else byte by byte.
type RoundTrip struct {
	// Lost is what did not come out again, Changed what came out otherwise.
	Lost    []Difference `json:"lost"`
	Changed []Difference `json:"changed"`
}

// Difference is one file or block.
type Difference struct {
	File string `json:"file,omitempty"`
	// Block is a usage key.
	Block   string `json:"block,omitempty"`
	Message string `json:"message"`
}

// Failed reports whether something was lost or changed.
func (r *RoundTrip) Failed() bool { return r != nil && len(r.Lost)+len(r.Changed) > 0 }

// GoRound exports a course that was just imported from an archive, reads the export as an import would, and compares.
func GoRound(ctx context.Context, config exporter.Config, run key.Course, archive *intake.Files) (found *RoundTrip, err error) {
	p, err := exporter.Export(ctx, config, exporter.Request{Course: run, Secrets: true})
	if err != nil {
		return nil, fmt.Errorf("checking the round trip: %w", err)
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	r := &rounding{found: &RoundTrip{Lost: []Difference{}, Changed: []Difference{}}, run: run}
	for _, note := range p.Report.Notes {
		r.changed(Difference{File: note.File, Block: r.usage(note.Block), Message: note.Message})
	}
	if err := r.files(archive, p.Files()); err != nil {
		return nil, fmt.Errorf("checking the round trip: %w", err)
	}
	if err := r.blocks(ctx, config, p); err != nil {
		return nil, fmt.Errorf("checking the round trip: %w", err)
	}
	return r.found, nil
}

type rounding struct {
	found *RoundTrip
	run   key.Course
}

func (r *rounding) lost(d Difference)    { r.found.Lost = append(r.found.Lost, d) }
func (r *rounding) changed(d Difference) { r.found.Changed = append(r.found.Changed, d) }

func (r *rounding) usage(place string) string {
	blockType, id, found := strings.Cut(place, "@")
	if !found {
		return ""
	}
	return r.run.Usage(blockType, id).String()
}

// files compares file by file.
func (r *rounding) files(in, out *intake.Files) error {
	for _, file := range in.List() {
		came, there := out.Stat(file.Path)
		switch {
		case !there:
			r.lost(Difference{File: file.Path, Message: "the file does not come out again"})
			continue
		case came.SHA256 == file.SHA256:
			continue
		}
		same, err := sameXML(file.Path, in, out)
		if err != nil {
			return err
		}
		if !same {
			r.changed(Difference{File: file.Path, Message: "the file comes out otherwise"})
		}
	}
	for _, file := range out.List() {
		if _, there := in.Stat(file.Path); !there {
			r.changed(Difference{File: file.Path, Message: "the file comes out and did not come in"})
		}
	}
	return nil
}

// maxXML bounds an XML file in bytes; a course's reader reads no larger ones.
const maxXML = 16 << 20

// sameXML says whether two files are equal in canonical form. What is no XML is not.
func sameXML(path string, in, out *intake.Files) (bool, error) {
	if !strings.HasSuffix(path, ".xml") {
		return false, nil
	}
	var forms [2][]byte
	for i, files := range []*intake.Files{in, out} {
		data, err := files.ReadFile(path, maxXML)
		if err != nil {
			return false, err
		}
		doc, err := intake.ParseXML(path, data, intake.XMLOptions{HTMLEntities: true})
		if err != nil {
			return false, nil //nolint:nilerr // bytes are all that can be compared, and they differ
		}
		forms[i] = doc.Canonical()
	}
	return bytes.Equal(forms[0], forms[1]), nil
}

// blocks compares what an import would make of the export with what is published.
func (r *rounding) blocks(ctx context.Context, config exporter.Config, p *exporter.Package) error {
	read, _, err := olx.Read(ctx, p.Files(), olx.Options{})
	if err != nil {
		return err
	}
	made, err := importer.Revisions(ctx, config.Blocks, p.Files(), read, read.Root)
	if err != nil {
		return err
	}
	root := p.Report.Head.Root
	if made[read.Root].Hash() == root {
		return nil
	}
	return r.compare(ctx, config, course.ChildRef{Type: "course", ID: course.RootID, Hash: root}, func(blockType, id string) *course.Revision {
		block, _ := read.Block(blockType, id)
		return made[block]
	})
}

// compare walks down to the blocks that differ by themselves.
func (r *rounding) compare(
	ctx context.Context, config exporter.Config, ref course.ChildRef, find func(blockType, id string) *course.Revision,
) error {
	was, err := config.Courses.Revision(ctx, ref.Hash)
	if err != nil {
		return err
	}
	usage := r.run.Usage(ref.Type, ref.ID).String()
	now := find(ref.Type, ref.ID)
	if now == nil {
		r.lost(Difference{Block: usage, Message: "the block does not come back"})
		return nil
	}
	if now.Hash() == ref.Hash {
		return nil
	}
	below := false
	for _, child := range was.Children {
		if back := find(child.Type, child.ID); back == nil || back.Hash() != child.Hash {
			below = true
			if err := r.compare(ctx, config, child, find); err != nil {
				return err
			}
		}
	}
	if !below {
		r.changed(Difference{Block: usage, Message: "the block comes back with other content"})
	}
	return nil
}
