package authoring

import (
	"context"
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// readCame reads content that came in as an element, before a block of its type was installed, by the block that is installed now: else
// its form would show no fields, and what is typed there would count less than the element. What cannot be read stays an element.
func (a *Authoring) readCame(ctx context.Context, usage key.Usage, r *course.Revision) (*course.Revision, error) {
	if r.Source == nil {
		return r, nil
	}
	if _, installed := a.config.Blocks.Declared(ctx, usage.Type); !installed {
		return r, nil
	}
	written, err := exporter.Write(ctx, a.config.Blocks, usage.ID, r)
	if err != nil {
		return nil, err
	}
	if inner, err := innerOf(r.Source.XML); err != nil || inner != "" && !a.readsOLX(ctx, usage.Type, r.Source.XML) {
		return r, nil //nolint:nilerr // what is no XML is kept as it is
	}
	reader := elementReader{Authoring: a, usage: usage, files: written.Files, now: r}
	read, _, err := reader.read(ctx, written.XML)
	var unreadable *Invalid
	if errors.As(err, &unreadable) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	read.Children = r.Children
	return read, nil
}

// readsOLX reports whether a type's block reads elements itself: of others attributes are read alone, and what stands inside would go.
func (a *Authoring) readsOLX(ctx context.Context, blockType, xml string) bool {
	_, _, known, err := a.config.Blocks.ImportOLX(ctx, blockType, []byte(xml), nil)
	return known && err == nil
}

// innerOf is what stands between the tags of an element, without the white space around it.
func innerOf(xml string) (string, error) {
	doc, err := intake.ParseXML("", []byte(xml), intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(doc.Source[doc.Root.InnerStart:doc.Root.InnerEnd])), nil
}
