package importer

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Read is one element as an import reads it.
type Read struct {
	// Block is the element's block, Made what became of it and of all that is in it.
	Block *olx.Block
	Made  map[*olx.Block]*course.Revision
	// Findings have their lines in the element.
	Findings []Finding
	// Problem says why the element cannot be read, and Line where, 0 for nowhere; there is no block then.
	Problem string
	Line    int
}

// The element is read in a course of its own, from its second line on.
const (
	before = `<course org="element" course="element" url_name="run"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v">` + "\n"
	behind = "\n</vertical></sequential></chapter></course>"
	nested = 3 // blocks around the unit's
)

// ofCourse are findings about what is around an element, which here is nothing.
var ofCourse = []olx.Code{
	olx.CodeNoID, olx.CodeID, olx.CodeMissingAsset, olx.CodeBrokenLink, olx.CodeForeign, olx.CodeUnused, olx.CodeCourse,
}

// Element reads one OLX element, with what is in it, as an import would. files are those that it names, by their paths in the
// course's folder. tempDir is where they lie meanwhile, "" is the system's.
func Element(ctx context.Context, blocks Blocks, tempDir string, element []byte, files ...course.SourceFile) (read Read, err error) {
	if len(bytes.TrimSpace(element)) == 0 {
		return Read{Problem: "type exactly one element"}, nil
	}
	archive, err := packElement(element, files)
	if err != nil {
		return read, err
	}
	opened, err := intake.OpenArchive(ctx, bytes.NewReader(archive), int64(len(archive)), intake.Options{TempDir: tempDir})
	if err != nil {
		return read, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	i := &importing{
		config: Config{Blocks: blocks}, request: Request{Files: opened}, revisions: map[string]*course.Revision{},
		hashes: map[*olx.Block]string{}, origins: store.Map[course.Origin]{}, unknown: map[string]bool{},
	}
	whole, findings, err := olx.Read(ctx, opened, olx.Options{UserField: i.userField(ctx)})
	if ctx.Err() != nil {
		return read, context.Cause(ctx)
	}
	if err != nil {
		return problem(err.Error()), nil
	}
	for _, f := range findings {
		if f.Level == wire.LevelError {
			return Read{Problem: f.Message, Line: max(1, f.Line-1)}, nil
		}
		if slices.Contains(ofCourse, f.Code) {
			continue
		}
		i.report.Findings = append(i.report.Findings, Finding{Code: f.Code, Level: f.Level, File: f.File, Line: f.Line, Block: f.ID, Message: f.Message, Fix: f.Fix})
	}
	unit := whole.Root
	for range nested {
		if unit == nil || len(unit.Children) != 1 {
			return Read{Problem: "type exactly one element"}, nil
		}
		unit = unit.Children[0]
	}
	if len(unit.Children) != 1 {
		return Read{Problem: "type exactly one element"}, nil
	}
	i.course, read.Block = whole, unit.Children[0]
	if err := i.takeAll(ctx, read.Block); err != nil {
		return read, err
	}
	read.Made = make(map[*olx.Block]*course.Revision, len(i.hashes))
	for block, hash := range i.hashes {
		read.Made[block] = i.revisions[hash]
	}
	for _, f := range i.report.Findings {
		if f.File == "course.xml" {
			f.Line = max(1, f.Line-1)
		}
		read.Findings = append(read.Findings, f)
	}
	return read, nil
}

// packElement makes a course of one element.
func packElement(element []byte, files []course.SourceFile) ([]byte, error) {
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	write := func(name string, text string) error {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o600, Format: tar.FormatPAX}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err := archive.Write([]byte(text))
		return err
	}
	err := write("course.xml", before+string(element)+behind)
	for _, file := range files {
		err = errors.Join(err, write(file.Path, file.Text))
	}
	if err = errors.Join(err, archive.Close()); err != nil {
		return nil, fmt.Errorf("putting an element into a course: %w", err)
	}
	return out.Bytes(), nil
}

var inFile = regexp.MustCompile(`(?:reading course: )?course\.xml:(\d+):(?:\d+:)?\s*`)

// problem tells a place in the course around an element as one in the element.
func problem(text string) Read {
	match := inFile.FindStringSubmatch(text)
	if match == nil {
		return Read{Problem: text, Line: 1}
	}
	line, _ := strconv.Atoi(match[1]) // the pattern has digits alone there
	return Read{Problem: inFile.ReplaceAllString(text, ""), Line: max(1, line-1)}
}
