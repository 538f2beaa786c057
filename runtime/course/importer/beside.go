package importer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"path"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/store"
)

func (i *importing) beside() *beside.Beside {
	return beside.New(beside.Config{Courses: i.config.Courses})
}

// undoOp is the change that takes the import's files and pages back.
func (i *importing) undoOp() beside.Op {
	op := i.op
	op.ID, op.Did = op.ID+"-undo", "undo"
	return op
}

// begin looks what the course is now, and whether that is what the plan was made for.
func (i *importing) begin(ctx context.Context) error {
	run, err := i.config.Courses.Run(ctx, i.key)
	if err != nil && !errors.Is(err, course.ErrNotFound) {
		return err
	}
	i.run = run
	i.op = i.beside().Begin(i.key, i.request.By, "import")
	if i.request.Op != "" {
		i.op.ID = i.request.Op
		if err := i.resume(ctx); err != nil {
			return err
		}
	}
	if plan := i.request.Plan; plan != nil {
		if plan.Course != i.key || plan.Head != i.run.Head.Number || plan.Archive != digest(i.request.Files) {
			return fmt.Errorf("%w: the archive or the course is not what the report was about", course.ErrStale)
		}
	}
	i.report.Op = i.op.ID
	i.report.Before = Before{Number: i.run.Head.Number, Root: i.run.Head.Root, Grading: i.run.Grading, Import: i.run.Import, Title: i.run.Title}
	return nil
}

// resume finds out whether this very import published already, before a crash.
func (i *importing) resume(ctx context.Context) error {
	if i.run.Import == "" {
		return nil
	}
	record, err := i.config.Courses.ImportRecord(ctx, i.run.Import)
	if err != nil || record.Op != i.op.ID {
		return err
	}
	i.published, i.report.Head = true, i.run.Head
	i.run.Head = course.Head{Number: record.Before.Number, Root: record.Before.Root}
	i.run.Grading, i.run.Import, i.run.Title = record.Before.Grading, record.Before.Import, record.Before.Title
	return nil
}

// contentType is what an asset is sent as.
func contentType(declared, name string) string {
	if declared != "" {
		return declared
	}
	return mime.TypeByExtension(path.Ext(name))
}

// files stores the uploaded files and the pages.
func (i *importing) files(ctx context.Context) error {
	for n, asset := range i.course.Assets {
		content, err := i.request.Files.Open(asset.File.Path)
		if err != nil {
			return err
		}
		hash, size, err := i.config.Files.Put(ctx, content)
		if err != nil {
			return fmt.Errorf("storing %s: %w", asset.File.Path, err)
		}
		_, err = i.beside().PutFile(ctx, i.op, course.Asset{
			Course: i.key.String(), Name: asset.Name, Hash: hash, Size: size, Type: contentType(asset.ContentType, asset.Name), At: i.request.Now,
			Locked: asset.Locked,
		})
		if err != nil {
			return err
		}
		i.report.Assets++
		i.progress("files", n+1, len(i.course.Assets))
	}
	for n := range i.course.Pages {
		page, err := i.page(n)
		if err != nil {
			return err
		}
		if _, err := i.beside().PutPage(ctx, i.op, page); err != nil {
			return err
		}
	}
	return nil
}

// page reads one of the archive's pages.
func (i *importing) page(n int) (course.Page, error) {
	from := &i.course.Pages[n]
	page := course.Page{Course: i.key.String(), Kind: string(from.Kind), Slug: from.Slug}
	if from.File != "" {
		text, err := i.text(from.File)
		if err != nil {
			return page, err
		}
		page.HTML = text
	}
	for name, file := range from.Fields {
		text, err := i.text(file)
		if err != nil {
			return page, err
		}
		if page.Fields == nil {
			page.Fields = store.Map[string]{}
		}
		page.Fields[name] = text
	}
	return page, nil
}

func fileHash(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
