package fakehost

import (
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Mounted is a request under the block's own path.
type Mounted struct {
	Mount string
	// As is the role that it is made in; "" is outside.
	As   wire.Role
	HTTP wire.HTTP
	// ID is its Idempotency-Key; "" takes the digest of caller, path and body.
	ID string
}

// Mount sends a request to a mounted path and commits what it changes. The error is a *wire.Error.
func (w *World) Mount(p *Person, place *Place, m Mounted) (*Posted, error) {
	if m.As == "" {
		m.As = wire.RoleOutside
	}
	declared, err := w.mount(p, &m)
	if err != nil {
		return nil, err
	}
	s, err := w.sit(p, place)
	if err != nil {
		return nil, err
	}
	body := bodyHash(Post{Handler: m.Mount, HTTP: m.HTTP})
	id := m.ID
	if id == "" {
		id = digest("mount", p.ID, m.Mount, m.HTTP.Path, body)
	}
	if earlier, found := w.requests[id]; found {
		a := &attempt{body: body}
		if err := a.repeat(earlier); err != nil {
			return nil, err
		}
		return a.done, nil
	}
	request := &wire.MountRequest{Mount: m.Mount, HTTP: m.HTTP}
	if request.Method == "" {
		request.Method = "POST"
	}
	w.nonce(request)
	for run := 1; run <= conflicts; run++ {
		posted, err := w.mountOnce(s, declared, m, request, id)
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil {
			return nil, err
		}
		posted.Runs = run
		w.requests[id] = remembered{id, body, posted}
		return posted, nil
	}
	return nil, tooMany()
}

// mount finds the declared mount and checks the role. A request from outside keeps its body as bytes and has no caller.
func (w *World) mount(p *Person, m *Mounted) (*wire.Handler, error) {
	at := slices.IndexFunc(w.description.Mounts, func(h wire.Handler) bool { return h.Name == m.Mount })
	if at < 0 || !w.config.Permissions.Has("mount", m.Mount) {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "nothing is mounted at %q", m.Mount)
	}
	outside := m.As == wire.RoleOutside
	if !slices.Contains(w.description.Mounts[at].Roles, m.As) || !outside && !p.May(m.As) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "mount %q is not for the role %s of this caller", m.Mount, m.As)
	}
	if outside && len(m.HTTP.Form) > 0 {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameHost, "a request from outside carries its body as bytes, not as a form")
	}
	if len(m.HTTP.Body.Data) > wire.MaxBody {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "the body has %d bytes, the limit is %d", len(m.HTTP.Body.Data), wire.MaxBody)
	}
	return &w.description.Mounts[at], nil
}

func (w *World) mountOnce(s *seat, declared *wire.Handler, m Mounted, request *wire.MountRequest, id string) (*Posted, error) {
	var err error
	if request.Fields, err = s.fields(declared.Reads.Fields, true); err != nil {
		return nil, err
	}
	request.Settings = s.settings(declared.Reads.Settings)
	context := s.context(&declared.Reads, m.As)
	context.Random = digest("random", id)
	reply := wire.MountReply{}
	err = w.ask(question{
		op: wire.OpMount, context: context, body: request,
		asker: &asker{role: m.As, person: s.person, place: s.place, subject: s.person.ID},
	}, &reply)
	if err != nil {
		return nil, err
	}
	if err := w.checkAnswer(&reply, false); err != nil {
		return nil, err
	}
	if strings.EqualFold(request.Method, "get") && len(reply.Effects) > 0 {
		return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "a GET answered with effects: only its nonce may be spent")
	}
	o := origin{role: m.As, learner: s.person.ID, place: s.place, request: id, from: w.config.Type}
	if err := w.commitEffects(wire.OpMount, o, reply.Effects, reply.Commit); err != nil {
		return nil, err
	}
	return &Posted{HandleReply: reply, ID: id}, nil
}

// nonce gives a request a fresh nonce, or says whether the one in its query was spent before.
func (w *World) nonce(request *wire.MountRequest) {
	given := request.Query["nonce"]
	if len(given) == 0 {
		request.Nonce = w.fresh("nonce")
		return
	}
	request.Spent = w.spent[given[0]]
	w.spent[given[0]] = true
}
