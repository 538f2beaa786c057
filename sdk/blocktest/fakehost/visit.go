package fakehost

import (
	"slices"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Shown is a view as one person sees it.
type Shown struct {
	View     string
	Fragment wire.Fragment
	// HTML is the fragment's markup, its templates unreplaced.
	HTML string
	// Access is nil for content that is not graded.
	Access *wire.Access
	// Sitting is the id that the view's form carries.
	Sitting string
}

// Where is what a view's address goes on with.
type Where struct {
	Path  string
	Query map[string][]string
}

// View shows a view to a person. "" is the learner's view, or the visitor's for a visitor. The error is a *wire.Error.
func (w *World) View(p *Person, place *Place, view string, where Where) (*Shown, error) {
	s, err := w.sit(p, place)
	if err != nil {
		return nil, err
	}
	if view == "" {
		view = wire.ViewLearner
		if p.acting() == wire.RoleVisitor {
			view = wire.ViewVisitor
		}
	}
	declared, err := s.view(view)
	if err != nil {
		return nil, err
	}
	request, err := s.renderRequest(declared, where)
	if err != nil {
		return nil, err
	}
	role := s.viewRole(declared)
	shown := &Shown{View: view, Access: s.access(), Sitting: s.sittingID()}
	err = w.ask(question{
		op: wire.OpRender, context: s.context(&declared.Reads, role), body: request,
		asker: &asker{role: role, person: p, place: place, subject: p.ID},
	}, &shown.Fragment)
	if err != nil {
		return nil, err
	}
	shown.HTML = string(shown.Fragment.HTML.Data)
	return shown, nil
}

// view finds a declared view that the person may see.
func (s *seat) view(name string) (*wire.View, error) {
	find := func(name string) int {
		return slices.IndexFunc(s.world.description.Views, func(v wire.View) bool { return v.Name == name })
	}
	at := find(name)
	if at < 0 && (name == wire.ViewVisitor || name == wire.ViewAuthor) {
		at = find(wire.ViewLearner)
	}
	if at < 0 {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "the block declares no view %q", name)
	}
	declared := &s.world.description.Views[at]
	if !slices.ContainsFunc(ViewRoles(declared), s.person.May) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "view %q is not for this person", name)
	}
	return declared, nil
}

// ViewRoles are the least roles that may see a view: those that it declares, or those that follow from its name.
func ViewRoles(v *wire.View) []wire.Role {
	switch {
	case len(v.Roles) > 0:
		return v.Roles
	case v.Name == wire.ViewLearner, v.Name == wire.ViewVisitor:
		return []wire.Role{wire.RoleVisitor}
	case v.Name == wire.ViewStaff, v.Name == wire.ViewGrade:
		return []wire.Role{wire.RoleStaff}
	}
	return []wire.Role{wire.RoleAuthor, wire.RoleAdmin}
}

// viewRole is what a view's reader acts as: a learner's view carries learner rights whoever watches.
func (s *seat) viewRole(v *wire.View) wire.Role {
	switch v.Name {
	case wire.ViewLearner, wire.ViewVisitor:
		return s.person.acting()
	case wire.ViewStaff, wire.ViewGrade:
		return wire.RoleStaff
	case wire.ViewAuthor, wire.ViewEditor:
		return wire.RoleAuthor
	}
	if roles := ViewRoles(v); !slices.Contains(roles, s.person.acting()) {
		return s.person.role()
	}
	return s.person.acting()
}

func (s *seat) renderRequest(view *wire.View, where Where) (*wire.RenderRequest, error) {
	reads := &view.Reads
	fields, err := s.fields(reads.Fields, view.Name == wire.ViewAuthor || view.Name == wire.ViewEditor)
	if err != nil {
		return nil, err
	}
	request := &wire.RenderRequest{View: view.Name, Fields: fields, Settings: s.settings(reads.Settings)}
	if request.Public.Data, err = s.public(reads); err != nil {
		return nil, err
	}
	if reads.Access {
		request.Access = s.access()
	}
	if reads.Verdict {
		request.Newest, request.Counted = s.verdicts()
		request.Grading = s.waiting()
	}
	if reads.Children {
		if request.Children, err = s.world.chosen(s); err != nil {
			return nil, err
		}
	}
	if view.Name == wire.ViewGrade { // it shows what was handed in last, whoever did
		for _, one := range s.world.submissions {
			if one.place == s.place {
				request.Submission, request.Evidence = &one.Submission, one.Evidence
			}
		}
	}
	if reads.Path {
		request.Path = where.Path
	}
	for _, name := range reads.Query {
		if values, ok := where.Query[name]; ok {
			if request.Query == nil {
				request.Query = map[string][]string{}
			}
			request.Query[name] = values
		}
	}
	return request, nil
}

// public is the prepared value or the learner's variant of it, as declared.
func (s *seat) public(reads *wire.Reads) ([]byte, error) {
	if !reads.Prepared {
		return nil, nil
	}
	if !reads.Seed {
		return s.prepared.Public, nil
	}
	values, err := s.world.vary(s.place, s.prepared, s.seed, s.person.ID)
	if err != nil {
		return nil, err
	}
	return values.Public, nil
}

// Reveal shows the answer when the rules allow it.
func (w *World) Reveal(p *Person, place *Place) (*wire.Revealed, error) {
	s, err := w.sit(p, place)
	if err != nil {
		return nil, err
	}
	allowed := s.access()
	if allowed == nil || !w.Implements(wire.OpReveal) {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no answer to show")
	}
	if !allowed.Answer.Open {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", allowed.Answer.Why)
	}
	return w.reveal(s)
}

func (w *World) reveal(s *seat) (*wire.Revealed, error) {
	values, err := w.vary(s.place, s.prepared, s.seed, s.person.ID)
	if err != nil {
		return nil, err
	}
	request := &wire.RevealRequest{Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret}}
	if tries := s.state.tries; len(tries) > 0 {
		request.Answers = w.Submission(tries[len(tries)-1].submission).Answers
	}
	context := wire.Context{Locale: s.person.Locale, Seed: &s.seed}
	if w.description.Identity && !s.prepared.Facts.Impersonal {
		context.Subject = s.person.ID
	}
	var revealed wire.Revealed
	err = w.ask(question{op: wire.OpReveal, context: context, body: request}, &revealed)
	return &revealed, err
}
