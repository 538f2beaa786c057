package kernel

import (
	"context"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Editor renders the view "editor" of a block's type: what its author edits it with. It gets nothing of the course, so that it
// opens where the content is broken and needs its author most; the page that shows it hands the fields to it. The failure of a
// block is in the result.
func (k *Kernel) Editor(ctx context.Context, p *access.Person, published *course.Published, usage key.Usage) (*Shown, error) {
	s, err := k.editing(ctx, p, published, usage)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(s.description.Views, func(v wire.View) bool { return v.Name == wire.ViewEditor })
	if at < 0 || !s.visit.mayView(&s.description.Views[at]) {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "%s has no editor of its own", usage.Type)
	}
	var fragment wire.Fragment
	if _, err := k.invoke(ctx, question{
		version: s.version, op: wire.OpRender, context: s.context(unpersonal(s.description.Views[at].Reads), wire.RoleAuthor),
		body: &wire.RenderRequest{View: wire.ViewEditor}, asker: s.asker(wire.OpRender, wire.RoleAuthor),
	}, &fragment); err != nil {
		return nil, err
	}
	return &Shown{Block: s.block, Description: &s.description, Rendered: k.rendered(s.version, &fragment)}, nil
}

// AskForEditor calls a handler that the editor of a block asks: one for the role author, which works on what the request brings and
// changes nothing. What an editor changes is saved by Studio.
func (k *Kernel) AskForEditor(
	ctx context.Context, p *access.Person, published *course.Published, usage key.Usage, handler string, in wire.HTTP,
) (*wire.HandleReply, error) {
	s, err := k.editing(ctx, p, published, usage)
	if err != nil {
		return nil, err
	}
	declared, err := s.handler(Request{Handler: handler, As: wire.RoleAuthor})
	if err != nil {
		return nil, err
	}
	if declared.Grades {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	}
	c := s.context(unpersonal(declared.Reads), wire.RoleAuthor)
	c.Random = newID()
	var reply wire.HandleReply
	if _, err := k.invoke(ctx, question{
		version: s.version, op: wire.OpHandle, context: c, body: &wire.HandleRequest{Handler: handler, HTTP: in},
		asker: s.asker(wire.OpHandle, wire.RoleAuthor),
	}, &reply); err != nil {
		return nil, err
	}
	if err := unhosted(&reply); err != nil {
		return nil, err
	}
	failure := wire.CheckAnswer(&reply)
	if failure == nil && (len(reply.Effects) > 0 || reply.Commit != nil) {
		failure = wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "what an editor asks changes nothing: the page saves its fields")
	}
	if failure != nil {
		return nil, refuse(usage.Type, wire.OpHandle, failure)
	}
	return &reply, nil
}

// unpersonal leaves out what comes of a learner's sitting.
func unpersonal(reads wire.Reads) *wire.Reads {
	reads.Seed, reads.Prepared = false, false
	return &reads
}

// editing is a seat at a block of which only the type matters.
func (k *Kernel) editing(ctx context.Context, p *access.Person, published *course.Published, usage key.Usage) (*seat, error) {
	version, err := k.config.Registry.LookupIn(usage.Type, usage.Course.String())
	if err != nil {
		return nil, err
	}
	s := &seat{visit: &Visit{kernel: k, Person: p, Published: published, Now: k.config.Now()}, block: &course.Block{Usage: usage, Settings: &course.Settings{}}, version: version}
	s.description, err = k.describe(ctx, version, usage.Type)
	return s, err
}
