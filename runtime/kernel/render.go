package kernel

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Rendered is a view's fragment, and how it may be shown. It is shared and never changed: tokens and addresses are put into
// copies.
type Rendered struct {
	HTML    string
	Styles  []string
	Scripts []string
	Element string
	Init    json.RawMessage
	Bundle  string
	Entry   string
	Height  int
	// Inline says that the fragment may stand in the page: the block is part of this binary and sanitising changes nothing.
	// Otherwise it belongs in a sandboxed frame.
	Inline bool
	// Version made it; its assets are that version's.
	Version *registry.Version
}

// Shown is one block as one person sees it.
type Shown struct {
	Block *course.Block
	// Rendered is nil when Failure says why there is nothing to show.
	*Rendered
	// Failure is the block's or the host's error; pages show an honest placeholder.
	Failure *wire.Error
	// Description and Facts are of the version that rendered it.
	Description *wire.Description
	Facts       *wire.Facts
	// Access is nil for blocks that do not grade.
	Access *wire.Access
	// Sitting is the id that forms carry: the open one, or the one that the next will have.
	Sitting string
	// HasState says that something of the learner is stored here.
	HasState bool
	// Waiting says that the learner's newest answer has no verdict yet: the page hears of it, or asks again.
	Waiting  bool
	Children []*Shown
	path     string
	query    map[string][]string
}

// Render shows one view of a block and of the children that the person has. Failures of blocks are in the result, not in the
// error: one broken block never spoils a page.
func (v *Visit) Render(ctx context.Context, block *course.Block, view string) (*Shown, error) {
	return v.RenderAt(ctx, block, view, "", nil)
}

// RenderAt is Render for a view with pages: path follows the view's own address, query are the parameters given.
func (v *Visit) RenderAt(ctx context.Context, block *course.Block, view, path string, query map[string][]string) (*Shown, error) {
	shown := &Shown{Block: block, path: path, query: query}
	err := v.render(ctx, shown, view)
	var failure *wire.Error
	switch {
	case err == nil:
		return shown, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("rendering %s: %w", block.Usage, ctx.Err())
	case errors.As(err, &failure):
		shown.Failure = failure
	default:
		v.kernel.config.Log.ErrorContext(ctx, "a block could not be rendered", "usage", block.Usage.String(), "error", err)
		shown.Failure = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the page part could not be made")
	}
	return shown, nil
}

func (v *Visit) render(ctx context.Context, shown *Shown, view string) error {
	block := shown.Block
	if course.Structural(block.Usage.Type) {
		return wire.Errorf(wire.CodeNotFound, wire.BlameHost, "a %s is shown by its page", block.Usage.Type)
	}
	if block.Broken != "" {
		return wire.Errorf(wire.CodeBroken, wire.BlameOutside, "%s", block.Broken)
	}
	s, err := v.sit(ctx, block)
	if err != nil {
		return err
	}
	shown.Description, shown.Facts, shown.Sitting = &s.description, &s.prepared.Facts, s.nextSitting()
	shown.HasState = s.state.Version > 0
	if shown.Access, err = s.access(ctx); err != nil {
		return err
	}
	at := slices.IndexFunc(s.description.Views, func(d wire.View) bool { return d.Name == view })
	if at < 0 && view == wire.ViewVisitor || at < 0 && view == wire.ViewAuthor {
		at = slices.IndexFunc(s.description.Views, func(d wire.View) bool { return d.Name == wire.ViewLearner })
	}
	if at < 0 {
		return wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "%s has no view %q", block.Usage.Type, view)
	}
	declared := &s.description.Views[at]
	if !v.mayView(declared) {
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "this view is not for you")
	}
	if declared.Reads.Children {
		if err := s.children(ctx, shown); err != nil {
			return err
		}
	}
	shown.Rendered, err = s.render(ctx, declared, shown)
	return err
}

// mayView applies a view's roles.
func (v *Visit) mayView(view *wire.View) bool {
	if len(view.Roles) == 0 && v.Published.Key.IsZero() && v.Person.User == "" {
		return false // on the site nobody enrols: visitors see what names them
	}
	return slices.ContainsFunc(viewers(view), v.Person.May)
}

// viewers are a view's roles; without any its name decides.
func viewers(view *wire.View) []wire.Role {
	if len(view.Roles) > 0 {
		return view.Roles
	}
	switch view.Name {
	case wire.ViewLearner, wire.ViewVisitor:
		return []wire.Role{wire.RoleVisitor}
	case wire.ViewStaff, wire.ViewGrade:
		return []wire.Role{wire.RoleStaff}
	}
	return []wire.Role{wire.RoleAuthor, wire.RoleAdmin}
}

// render asks for the view or remembers it.
func (s *seat) render(ctx context.Context, view *wire.View, shown *Shown) (*Rendered, error) {
	k := s.visit.kernel
	request, err := s.renderRequest(ctx, view, shown)
	if err != nil {
		return nil, err
	}
	shown.Waiting = request.Grading != nil && !request.Grading.Failed
	role := s.visit.Person.Role()
	if view.Name == wire.ViewStaff && s.visit.Person.May(wire.RoleStaff) {
		role = wire.RoleStaff
	}
	asker := s.asker(wire.OpRender, role)
	q := question{
		version: s.version, op: wire.OpRender, context: s.context(&view.Reads, role), body: request, asker: asker,
	}
	if err := q.encode(); err != nil {
		return nil, err
	}
	hash := sha256.New()
	hash.Write([]byte(s.version.Digest))
	hash.Write(q.frame)
	memo := [32]byte(hash.Sum(nil))
	if !k.config.NoRenderCache {
		if rendered, ok := k.renders.GetIfPresent(memo); ok {
			k.metrics.hits.Add(1)
			return rendered, nil
		}
	}
	var fragment wire.Fragment
	if _, err := k.invoke(ctx, q, &fragment); err != nil {
		return nil, err
	}
	rendered := k.rendered(s.version, &fragment)
	if len(asker.Asked) > 0 || k.config.NoRenderCache {
		k.metrics.skipped.Add(1)
		return rendered, nil
	}
	k.metrics.misses.Add(1)
	k.renders.Set(memo, rendered)
	return rendered, nil
}

// rendered is a fragment, and whether it may stand in a page of ours.
func (k *Kernel) rendered(version *registry.Version, fragment *wire.Fragment) *Rendered {
	return &Rendered{
		HTML: string(fragment.HTML.Data), Styles: fragment.Styles, Scripts: fragment.Scripts, Element: fragment.Element,
		Init: fragment.Init, Bundle: fragment.Bundle, Entry: fragment.Entry, Height: fragment.Height, Version: version,
		Inline: fragment.Bundle == "" && k.inline(version, string(fragment.HTML.Data)),
	}
}

// renderRequest fills in what the view declared to read.
func (s *seat) renderRequest(ctx context.Context, view *wire.View, shown *Shown) (*wire.RenderRequest, error) {
	reads := &view.Reads
	fields, err := s.fields(ctx, reads.Fields)
	if err != nil {
		return nil, err
	}
	request := &wire.RenderRequest{View: view.Name, Fields: fields, Settings: s.settings(reads.Settings)}
	if reads.Prepared {
		values := s.prepared
		if reads.Seed {
			if values, err = s.values(ctx); err != nil {
				return nil, err
			}
		}
		request.Public.Data = values.Public
	}
	if reads.Access {
		request.Access = shown.Access
	}
	if reads.Verdict {
		if request.Newest, request.Counted, err = s.verdicts(shown.Access); err != nil {
			return nil, err
		}
		if tries := s.state.Body.Tries; len(tries) > 0 {
			if request.Grading, err = s.waiting(ctx, tries[len(tries)-1].Submission); err != nil {
				return nil, err
			}
		}
	}
	if reads.Path {
		request.Path = shown.path
	}
	for _, name := range reads.Query {
		if values, given := shown.query[name]; given {
			if request.Query == nil {
				request.Query = map[string][]string{}
			}
			request.Query[name] = values
		}
	}
	for _, child := range shown.Children {
		usage := child.Block.Usage
		request.Children = append(request.Children, wire.Place{ID: usage.ID, Type: usage.Type, Title: child.Block.Title()})
	}
	return request, nil
}

// children renders the children that the person has.
func (s *seat) children(ctx context.Context, shown *Shown) error {
	mine, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	for _, child := range mine {
		below, err := s.visit.Render(ctx, child, wire.ViewLearner)
		if err != nil {
			return err
		}
		shown.Children = append(shown.Children, below)
	}
	return nil
}

// inline reports whether a block's markup may stand in the page.
func (k *Kernel) inline(version *registry.Version, html string) bool {
	return version.BuiltIn && (k.config.Inline == nil || k.config.Inline(html))
}
