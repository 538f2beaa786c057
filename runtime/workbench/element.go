package workbench

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// MaxOLX bounds an element that is typed in, in bytes.
const MaxOLX = 1 << 20

// element reads a scenario's OLX as an import does, and adds what comes of it, with other fields where an author has saved some.
// problem is for the developer.
func (w *writing) element(ctx context.Context, s *Scenario, fields wire.Fields) (hash, problem string, err error) {
	block, made, problem, err := w.bench.read(ctx, s.olx)
	if err != nil || problem != "" {
		return "", problem, err
	}
	if block.Type != s.Type {
		return "", fmt.Sprintf("the element is a %s, not a %s", block.Type, s.Type), nil
	}
	for inner, revision := range made {
		if inner != block {
			w.add(revision)
		}
	}
	if s.Edited {
		made[block].Fields = texts(fields)
	} else {
		maps.Copy(made[block].Fields, texts(s.settings))
	}
	return w.add(made[block]), "", nil
}

// read reads one element with what is in it by the real importer. problem is for the developer.
func (b *Bench) read(ctx context.Context, element []byte) (block *olx.Block, made map[*olx.Block]*course.Revision, problem string, err error) {
	read, err := importer.Element(ctx, b.config.Site.Kernel, b.config.Site.Data(), element)
	switch {
	case err != nil:
		return nil, nil, "", err
	case read.Problem != "" && read.Line > 0:
		return nil, nil, fmt.Sprintf("line %d: %s", read.Line, read.Problem), nil
	}
	return read.Block, read.Made, read.Problem, nil
}

// AddOLX adds a scenario of an element that somebody typed. problem says why there is none.
func (b *Bench) AddOLX(ctx context.Context, title, element string) (id, problem string, err error) {
	if len(element) > MaxOLX {
		return "", fmt.Sprintf("at most %d bytes are read", MaxOLX), nil
	}
	block, _, problem, err := b.read(ctx, []byte(element))
	if err != nil || problem != "" {
		return "", problem, err
	}
	p, typeTitle := b.packageOfType(block.Type)
	if p == "" {
		return "", fmt.Sprintf("none of the blocks here has the type %q", block.Type), nil
	}
	if title = strings.TrimSpace(title); title == "" {
		title = typeTitle
	}
	b.mu.Lock()
	s := &Scenario{Kind: KindOwn, Package: p, Type: block.Type, TypeTitle: typeTitle, Name: fmt.Sprint(len(b.own) + 1), Title: title, olx: []byte(element)}
	s.ID = slug(s.Type, s.Kind, s.Name)
	b.own = append(b.own, s)
	b.mu.Unlock()
	if err := b.republish(ctx); err != nil {
		return "", "", err
	}
	b.tell("scenarios", nil)
	return s.ID, "", nil
}

func (b *Bench) packageOfType(blockType string) (name, title string) {
	for _, p := range b.Packages() {
		if version := b.current(p.Name); version != nil {
			for _, t := range version.Manifest.Types {
				if t.Name == blockType {
					return p.Name, t.Title
				}
			}
		}
	}
	return "", ""
}
