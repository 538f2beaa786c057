package fakehost

import (
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// asker is who asks a service: what a host fixes of a call.
type asker struct {
	role   wire.Role
	person *Person
	place  *Place
	// subject is the learner whom the call is about.
	subject string
	// key is equal on every run of the same job or grading: outside requests of it are made once.
	key string
}

// privileged reports whether the call may read about other learners than its subject.
func (a *asker) privileged() bool {
	return a.role == wire.RoleStaff || a.role == wire.RoleHost || a.role == wire.RoleAdmin
}

func forbidden(format string, args ...any) *wire.Error {
	return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, format, args...)
}

// read decodes a method's request.
func read[R any](m wire.Message) (R, error) {
	var request R
	if err := m.Body(&request); err != nil {
		return request, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	return request, nil
}

// answered reads a request and answers it.
func answered[R any](m wire.Message, answer func(*R) (any, error)) (any, error) {
	request, err := read[R](m)
	if err != nil {
		return nil, err
	}
	return answer(&request)
}

// serve answers one question: what the operation may not ask, or the manifest does not ask permission for, is refused.
func (w *World) serve(a *asker, op wire.Op, call wire.ServiceCall, m wire.Message) (any, error) {
	switch {
	case !slices.Contains(wire.Services(), call.Service):
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "no service is called %q", call.Service)
	case !wire.Available(op, call.Service) || a == nil:
		return nil, forbidden("%s may not be asked during %s", call.Service, op)
	case !w.config.Permissions.Has(string(call.Service), ""):
		return nil, forbidden("block.json does not ask for the permission %q: add it with the reason", call.Service)
	case w.takeFault(FaultRefused, call.Service):
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameHost, "%s refused (a fault that the test asked for)", call.Service)
	case w.takeFault(FaultUnavailable, call.Service):
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%s is not there (a fault that the test asked for)", call.Service)
	}
	methods := map[string]func() (any, error){
		"documents.get": func() (any, error) {
			return answered(m, func(r *wire.DocumentGet) (any, error) {
				if _, err := w.collection(r.Collection); err != nil {
					return nil, err
				}
				return wire.DocumentFound{Document: w.Document(r.Collection, r.ID)}, nil
			})
		},
		"documents.find": func() (any, error) {
			return answered(m, func(r *wire.DocumentFind) (any, error) {
				c, err := w.collection(r.Collection)
				if err != nil {
					return nil, err
				}
				return c.find(*r)
			})
		},
		"children.list": func() (any, error) { return wire.ChildrenFound{Children: a.place.Children}, nil },
		"users.get": func() (any, error) {
			return answered(m, func(r *wire.UsersGet) (any, error) { return w.users(a, r.IDs) })
		},
		"scores.get": func() (any, error) {
			return answered(m, func(r *wire.ScoresGet) (any, error) { return w.scoresOf(a, r) })
		},
		"enrolments.find": func() (any, error) {
			return answered(m, func(r *wire.EnrolmentsFind) (any, error) { return w.enrolments(a, r) })
		},
		"files.read": func() (any, error) {
			return answered(m, func(r *wire.FileRead) (any, error) { return w.file(a, r) })
		},
		"script.run": func() (any, error) {
			return answered(m, func(r *wire.ScriptRun) (any, error) { return w.script(*r) })
		},
		"search.query": func() (any, error) {
			return answered(m, func(r *wire.SearchQuery) (any, error) { return w.search(a, r), nil })
		},
		"keys.sign": func() (any, error) {
			return answered(m, func(r *wire.KeySign) (any, error) { return w.sign(r) })
		},
		"keys.verify": func() (any, error) {
			return answered(m, func(r *wire.KeyVerify) (any, error) { return w.verify(r) })
		},
		"keys.publish": func() (any, error) { return wire.KeySetPublished{URL: w.publishKeys()}, nil },
		"http.do": func() (any, error) {
			return answered(m, func(r *wire.HTTPDo) (any, error) { return w.outside(a, r) })
		},
	}
	answer, ok := methods[string(call.Service)+"."+call.Method]
	if !ok {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "service %s has no method %q", call.Service, call.Method)
	}
	return answer()
}

// maxPeople bounds one question about people.
const maxPeople = 200

// users tells about people of the run: names to everybody, more to staff's calls, to tasks, and of the subject himself.
func (w *World) users(a *asker, ids []string) (any, error) {
	if len(ids) > maxPeople {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "%d people, the limit is %d", len(ids), maxPeople)
	}
	var found wire.UsersFound
	for _, id := range ids {
		p, ok := w.people[id]
		if !ok || id == "" {
			continue
		}
		user := wire.User{ID: p.ID, Username: p.Username}
		if a.privileged() || p.ID == a.subject {
			user.Name, user.Groups, user.Locale, user.Zone = p.Name, p.Groups, p.Locale, p.Zone
		}
		found.Users = append(found.Users, user)
	}
	return found, nil
}

// SetScore says what a learner earned at a usage elsewhere in the course.
func (w *World) SetScore(learner, usage string, score wire.Score) {
	if w.scores[learner] == nil {
		w.scores[learner] = map[string]wire.Score{}
	}
	w.scores[learner][usage] = score
}

// points is what a learner earned at usages: at this block's places, and elsewhere as SetScore says.
func (w *World) points(learner string, usages []string) map[string]wire.Score {
	found := map[string]wire.Score{}
	for _, usage := range usages {
		if score, ok := w.scores[learner][usage]; ok {
			found[usage] = score
		}
		place := w.byUsage(usage)
		if place == nil || learner == "" {
			continue
		}
		if earned, possible, ok := w.Score(learner, place); ok {
			found[usage] = wire.Score{Earned: earned, Possible: possible, Completion: place.state(learner).completion}
		}
	}
	return found
}

func (w *World) scoresOf(a *asker, r *wire.ScoresGet) (any, error) {
	if len(r.Learners) > maxPeople || len(r.Usages) > maxPeople {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the limit is %d learners and %d usages", maxPeople, maxPeople)
	}
	found := wire.ScoresFound{Scores: map[string]map[string]wire.Score{}}
	for _, learner := range r.Learners {
		if !a.privileged() && learner != a.subject {
			return nil, forbidden("a learner's call may ask for his own scores only")
		}
		found.Scores[learner] = w.points(learner, r.Usages)
	}
	return found, nil
}

func (w *World) enrolments(a *asker, r *wire.EnrolmentsFind) (any, error) {
	if !a.privileged() && (r.Learner == "" || r.Learner != a.subject) {
		return nil, forbidden("a learner's call may ask for his own enrolment only")
	}
	limit := r.Limit
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	var found wire.EnrolmentsFound
	for _, id := range w.People() {
		p := w.people[id]
		switch {
		case r.Learner != "" && r.Learner != id, r.Group != "" && !slices.Contains(p.Groups, r.Group), r.After != "" && id <= r.After:
			continue
		case len(found.Enrolments) == limit:
			found.Next = found.Enrolments[limit-1].Learner
			return found, nil
		}
		found.Enrolments = append(found.Enrolments, wire.Enrolment{Learner: id, Mode: p.Mode, Active: !p.NotEnrolled, Since: p.Since})
	}
	return found, nil
}

func (w *World) file(a *asker, r *wire.FileRead) (any, error) {
	file, ok := w.files[r.Path]
	if r.Path == "" {
		file, ok = w.parts[r.Hash]
		ok = ok && file.learner == a.subject
	}
	switch {
	case !ok:
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no file %q%q", r.Path, r.Hash)
	case len(file.data) > wire.MaxBlob:
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "file %q has more than %d bytes", r.Path, wire.MaxBlob)
	}
	return &wire.FileFound{File: file.File, Data: wire.Blob{Data: file.data}}, nil
}

// search finds a text in what index effects put into the course search, as far as the asker may see it.
func (w *World) search(a *asker, r *wire.SearchQuery) wire.SearchFound {
	var found wire.SearchFound
	for _, id := range slices.Sorted(maps.Keys(w.Indexed)) {
		doc := w.Indexed[id]
		if !strings.Contains(strings.ToLower(doc.Title+" "+doc.Text), strings.ToLower(r.Text)) {
			continue
		}
		if len(doc.To) > 0 && !slices.ContainsFunc(doc.To, a.is) || r.Limit > 0 && len(found.Hits) == r.Limit {
			continue
		}
		found.Hits = append(found.Hits, wire.SearchHit{Usage: a.place.Usage, ID: id, Title: doc.Title, Excerpt: doc.Text})
	}
	return found
}

// is reports whether an audience (a role, a group or a pseudonym) includes the asker.
func (a *asker) is(audience string) bool {
	return audience == string(a.role) || audience == a.subject || a.person != nil && slices.Contains(a.person.Groups, audience)
}
