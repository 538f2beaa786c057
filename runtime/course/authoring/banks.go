package authoring

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// bankType is the block that holds components which were chosen one by one.
const bankType = "itembank"

// Bank is a block of a course that draws from a library's components, and what the library has published besides those that it holds.
type Bank struct {
	Usage key.Usage
	Title string
	// Library is where the components come from; Whole says that the block takes all of it over, or all of a kind ([Authoring.Pull]).
	Library key.Course
	Whole   bool
	// New are components that the block does not hold: all of them for one that takes the whole library, and those that came since
	// for one whose components were chosen.
	New []Shelved
	// Gone counts the components that a block which takes the whole library holds and the library has no more.
	Gone int
}

// Shelved is a component that a library has published.
type Shelved struct {
	Usage key.Usage
	Title string
}

// Banks lists the blocks of a course that hold components of libraries which have something new for them, in its order, as far as the
// author may read those libraries.
func (a *Authoring) Banks(ctx context.Context, who Author, run key.Course) ([]Bank, error) {
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	var places []*place
	w.root.walk(func(p *place) {
		if p.usage.Type == contentType || p.usage.Type == bankType {
			places = append(places, p)
		}
	})
	contents, err := a.contents(ctx, places...)
	if err != nil {
		return nil, err
	}
	libraries := shelvesFor(&who)
	var banks []Bank
	for _, p := range places {
		for _, bank := range banksOf(p, contents[p]) {
			library, err := libraries.open(ctx, a, bank.Library)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if err := a.fillBank(ctx, p, contents[p], library, &bank); err != nil {
				return nil, err
			}
			if len(bank.New)+bank.Gone > 0 {
				banks = append(banks, bank)
			}
		}
	}
	return banks, nil
}

// banksOf names the libraries that a block holds components of.
func banksOf(p *place, content *course.Revision) []Bank {
	bank := Bank{Usage: p.usage, Title: p.title(), Whole: p.usage.Type == contentType}
	if bank.Whole {
		text, _ := unquote(content.Fields["source_library_id"])
		library, err := key.ParseCourse(text)
		if err != nil || !library.Library() || content.Fields["source_library_version"] == "" { // nothing was taken over yet
			return nil
		}
		bank.Library = library
		return []Bank{bank}
	}
	var banks []Bank
	for _, child := range p.children {
		link, ok := linkOf(child)
		if ok && !slices.ContainsFunc(banks, func(b Bank) bool { return b.Library == link.Upstream.Course }) {
			bank.Library = link.Upstream.Course
			banks = append(banks, bank)
		}
	}
	return banks
}

// fillBank compares what a block holds of a library with what is published there.
func (a *Authoring) fillBank(ctx context.Context, p *place, content *course.Revision, library *shelved, bank *Bank) error {
	have, version := map[key.Usage]bool{}, 0
	for _, child := range p.children {
		if link, ok := linkOf(child); ok && link.Upstream.Course == bank.Library {
			have[link.Upstream] = true
			version = max(version, link.Version)
		}
	}
	kind := ""
	if bank.Whole {
		kind, _ = unquote(content.Fields["capa_type"])
	}
	wanted, err := a.wanted(ctx, library, kind)
	if err != nil {
		return err
	}
	for _, block := range wanted {
		if have[block.Usage] {
			delete(have, block.Usage)
			continue
		}
		if !bank.Whole { // what was there when the last one was chosen was left out knowingly
			was, err := a.wasHash(ctx, block.Usage, version)
			if err != nil {
				return err
			}
			if was != "" {
				continue
			}
		}
		bank.New = append(bank.New, Shelved{block.Usage, block.Title()})
	}
	if bank.Whole && library.head != nil {
		bank.Gone = len(have)
		if taken, _ := unquote(content.Fields["source_library_version"]); taken == strconv.Itoa(library.head.Head.Number) {
			bank.Gone = 0 // they were put in by hand since
		}
	}
	return nil
}

// wanted finds the components of a library that are of the kind that is asked for.
func (a *Authoring) wanted(ctx context.Context, library *shelved, kind string) ([]*course.Block, error) {
	var want []*course.Block
	for _, block := range library.shelf {
		if kind != "" && kind != "any" {
			revision, err := a.courses.Revision(ctx, block.Hash)
			if err != nil {
				return nil, err
			}
			if !asks(revision, kind) {
				continue
			}
		}
		want = append(want, block)
	}
	return want, nil
}
