package authoring

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// contentType is the block that holds all of a library, or its problems of one kind.
const contentType = "library_content"

// Pulled is what came of taking a library over: copies that are new, brought up to date, and taken out because the library has them
// no more.
type Pulled struct {
	Op                  Op
	Added, Updated, Out int
	Kept                []Left
}

// SourceOf is the library that a library_content names; ok is false for one that names none.
func SourceOf(content *Content) (library key.Course, ok bool) {
	if content.Type != contentType {
		return library, false
	}
	text, _ := unquote(string(content.Fields["source_library_id"]))
	library, err := key.ParseCourse(text)
	return library, err == nil && library.Library()
}

// Pull makes the children of a library_content what its library has published: of all kinds, or of the one that it asks for. Copies
// are known by where they came from, so they keep their ids, what learners did with them, and what the course's team changed.
// Children of another origin are left alone, but for one that says what a component of the library says: it becomes its copy.
func (a *Authoring) Pull(ctx context.Context, who Author, usage key.Usage) (Pulled, error) {
	w, _, err := a.several(ctx, usage.Course, []key.Usage{usage})
	if err != nil {
		return Pulled{}, err
	}
	c := a.plan(usage.Course, who, KindUpdate)
	doc, err := a.current(ctx, usage)
	if err != nil {
		return Pulled{}, err
	}
	text, _ := unquote(doc.Body.Revision.Fields["source_library_id"])
	source, err := key.ParseCourse(text)
	if err != nil || !source.Library() || usage.Type != contentType {
		return Pulled{}, invalid(CodeValue, "source_library_id", "%q is no library", text)
	}
	libraries := shelvesFor(&who)
	library, err := libraries.open(ctx, a, source)
	if err != nil {
		return Pulled{}, err
	}
	if library.head == nil {
		return Pulled{}, fmt.Errorf("%w: nothing is published of %s", ErrNotFound, source)
	}
	p := &pulling{changing: c, copy: w, who: who, libraries: libraries, library: library}
	kind, _ := unquote(doc.Body.Revision.Fields["capa_type"])
	if p.want, err = a.wanted(ctx, library, kind); err != nil {
		return Pulled{}, err
	}
	children, err := p.children(ctx, doc.Body.Revision.Children, source)
	if err != nil {
		return Pulled{}, err
	}
	holder, err := c.edit(ctx, usage)
	if err != nil {
		return Pulled{}, err
	}
	holder.Children = children
	holder.Fields["source_library_version"] = quote(strconv.Itoa(library.head.Head.Number))
	if err := c.bringAll(ctx, who, libraries); err != nil {
		return Pulled{}, err
	}
	p.out.Op, err = c.do(ctx)
	return p.out, err
}

// pulling is a Pull under way.
type pulling struct {
	*changing
	copy      *copyOf
	who       Author
	libraries *shelves
	library   *shelved
	want      []*course.Block
	out       Pulled
}

// asks reports whether a problem has a response of a kind, such as "numericalresponse".
func asks(r *course.Revision, kind string) bool {
	text, _ := unquote(r.Fields["data"])
	if r.Source != nil {
		text += r.Source.XML
	}
	for {
		at := strings.Index(text, "<"+kind)
		if at < 0 {
			return false
		}
		if text = text[at+1+len(kind):]; text == "" || strings.ContainsRune(" \t\r\n/>", rune(text[0])) {
			return text != ""
		}
	}
}

// children are those of the block from now on: the library's in its order, and others behind them.
func (p *pulling) children(ctx context.Context, now []course.ChildRef, source key.Course) ([]course.ChildRef, error) {
	have, others := map[key.Usage]course.ChildRef{}, map[string]course.ChildRef{}
	var stay []course.ChildRef
	for _, child := range now {
		doc, err := p.authoring.current(ctx, p.run.Usage(child.Type, child.ID))
		if err != nil {
			return nil, err
		}
		text, _ := unquote(doc.Body.Revision.Fields[fieldUpstream])
		from, err := key.ParseLibraryUsage(text)
		switch _, twice := have[from]; {
		case err != nil:
			stay = append(stay, ref(p.run.Usage(child.Type, child.ID)))
			others[bare(&doc.Body.Revision).Hash()] = child
		case from.Course != source || twice:
			stay = append(stay, ref(p.run.Usage(child.Type, child.ID)))
		default:
			have[from] = child
		}
	}
	var children []course.ChildRef
	for _, block := range p.want {
		child, there := have[block.Usage]
		delete(have, block.Usage)
		made := p.run.Usage(child.Type, child.ID)
		var err error
		if !there {
			made, err = p.adoptOrTake(ctx, block, others)
		} else {
			err = p.upToDate(ctx, made)
		}
		if err != nil {
			return nil, err
		}
		children = append(children, ref(made))
		stay = slices.DeleteFunc(stay, func(r course.ChildRef) bool { return r == ref(made) })
	}
	p.out.Out = len(have)
	for _, child := range have { // so that an undo brings them back
		if at := p.copy.places[p.run.Usage(child.Type, child.ID)]; at != nil {
			if err := p.takeOut(ctx, at); err != nil {
				return nil, err
			}
		}
	}
	return append(children, stay...), nil
}

// adoptOrTake makes a child that says the same a copy, or takes a new one.
func (p *pulling) adoptOrTake(ctx context.Context, block *course.Block, others map[string]course.ChildRef) (key.Usage, error) {
	own, hash, err := p.authoring.own(ctx, block)
	if err != nil {
		return key.Usage{}, err
	}
	same := bare(own).Hash()
	child, there := others[same]
	if !there {
		p.out.Added++
		return p.take(ctx, p.libraries, block.Usage)
	}
	delete(others, same)
	usage := p.run.Usage(child.Type, child.ID)
	content, err := p.edit(ctx, usage)
	if err != nil {
		return key.Usage{}, err
	}
	stamp(content, block.Usage, p.library.head.Head.Number, hash)
	return usage, nil
}

// upToDate brings a copy up to date where the library has something else than was taken.
func (p *pulling) upToDate(ctx context.Context, usage key.Usage) error {
	content, err := p.edit(ctx, usage)
	if err != nil {
		return err
	}
	u, err := p.authoring.upstream(ctx, content, p.libraries)
	if err != nil {
		return err
	}
	if content.Fields[fieldContent] == quote(u.hash) && len(u.changed) == 0 {
		return nil
	}
	kept, err := p.update(ctx, p.who, usage, p.libraries)
	if err != nil {
		return err
	}
	p.out.Updated++
	for _, field := range kept {
		p.out.Kept = append(p.out.Kept, Left{Usage: usage, Field: field})
	}
	return nil
}
