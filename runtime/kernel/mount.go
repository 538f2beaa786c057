package kernel

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// MountCall is one request under a block's own path.
type MountCall struct {
	// Path is what follows the address of the usage's mounts; the longest declared prefix of it chooses the mount.
	Path string
	// As is visitor, learner, staff, author or admin for callers with a login, outside for those without.
	As   wire.Role
	HTTP wire.HTTP
	// ID is the caller's Idempotency-Key, or digests path and body. It is the caller's own: another caller's, or one at
	// another usage, is another request.
	ID       string
	BodyHash string
	// Nonce is a one-use value that the host made for this request; Spent says that the one in the query was used before.
	Nonce string
	Spent bool
}

// Mount serves a request under a block's own path and commits what it changes on a document of the request's own. A GET that
// asks for effects is refused (security R18).
func (k *Kernel) Mount(ctx context.Context, p *access.Person, published *course.Published, block *course.Block, r MountCall) (*Response, error) {
	if r.As == wire.RoleOutside { // such a call carries nobody's rights, whatever cookie came with it (security R18)
		p = &access.Person{Run: p.Run, Locale: p.Locale, Zone: p.Zone, ReadOnly: p.ReadOnly, Scratch: p.Scratch}
	}
	if r.ID != "" {
		r.ID = digest("mount", p.Learner, block.Usage.String(), r.ID)
	}
	for range conflicts {
		v, err := k.Visit(ctx, p, published, block)
		if err != nil {
			return nil, k.unavailable(ctx, err)
		}
		response, err := v.mount(ctx, block, r)
		if !errors.Is(err, errAgain) {
			return response, k.unavailable(ctx, err)
		}
	}
	return nil, wire.Errorf(wire.CodeConflict, wire.BlameHost, "too many people change this at once: try again")
}

func (v *Visit) mount(ctx context.Context, block *course.Block, r MountCall) (*Response, error) {
	s, err := v.sit(ctx, block)
	if err != nil {
		return nil, err
	}
	if r.As != wire.RoleOutside {
		if err := s.admit(); err != nil {
			return nil, err
		}
	}
	mount, err := s.mounted(r)
	if err != nil {
		return nil, err
	}
	k := v.kernel
	id := requestID(s.version.Manifest.Name, v.Published.Key.String(), r.ID)
	if r.ID != "" && !readOnly(r.HTTP.Method) && !s.visit.Person.ReadOnly { // reading has nothing to remember, and gets no other request's reply
		done, err := k.requests.Get(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if recorded, found := done.Body.Find(r.ID); found {
			return k.replay(ctx, recorded, r.BodyHash)
		}
	}
	reply, err := s.callMount(ctx, r, mount)
	if err != nil {
		return nil, err
	}
	if err := s.lookOnly(len(reply.Effects) > 0 || reply.Commit != nil); err != nil {
		return nil, err
	}
	response := &Response{HandleReply: *reply}
	if len(reply.Effects) == 0 {
		return response, nil
	}
	return response, s.commitMount(ctx, r, id, reply)
}

// mounted finds the declared mount with the longest prefix of the path, and checks the role.
func (s *seat) mounted(r MountCall) (*wire.Handler, error) {
	var found *wire.Handler
	for i := range s.description.Mounts {
		mount := &s.description.Mounts[i]
		rest, ok := strings.CutPrefix(strings.TrimPrefix(r.Path, "/"), mount.Name)
		if ok && (rest == "" || rest[0] == '/') && (found == nil || len(mount.Name) > len(found.Name)) {
			found = mount
		}
	}
	if found == nil {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "nothing is mounted there")
	}
	if !slices.Contains(found.Roles, r.As) || r.As != wire.RoleOutside && !s.visit.Person.May(r.As) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyVisitor)
	}
	return found, nil
}

func (s *seat) callMount(ctx context.Context, r MountCall, mount *wire.Handler) (*wire.HandleReply, error) {
	reads := &mount.Reads
	fields, err := s.fields(ctx, reads.Fields)
	if err != nil {
		return nil, err
	}
	if err := s.addAuthored(ctx, reads.Fields, &fields); err != nil {
		return nil, err
	}
	request := &wire.MountRequest{
		Mount: mount.Name, HTTP: r.HTTP, Nonce: r.Nonce, Spent: r.Spent, Fields: fields, Settings: s.settings(reads.Settings),
	}
	request.Path = strings.TrimPrefix(strings.TrimPrefix(r.Path, "/"), mount.Name)
	return s.handled(ctx, wire.OpMount, reads, r.As, r.HTTP.Method, request)
}

// addAuthored adds the authored fields that a mount declared to read, secret ones excepted.
func (s *seat) addAuthored(ctx context.Context, names []string, fields *wire.Fields) error {
	var authored wire.Fields
	for i := range s.description.Fields {
		field := &s.description.Fields[i]
		if !field.Scope.Authored() || field.Secret || field.Type == wire.TypeKey || !slices.Contains(names, field.Name) {
			continue
		}
		if authored == nil {
			revision, err := s.visit.kernel.revision(ctx, s.version, s.hash)
			if err != nil {
				return err
			}
			if authored, err = s.visit.kernel.authored(ctx, s.version, &s.description, revision); err != nil {
				return err
			}
		}
		if value, set := authored[field.Name]; set {
			if *fields == nil {
				*fields = wire.Fields{}
			}
			(*fields)[field.Name] = value
		}
	}
	return nil
}

func (s *seat) commitMount(ctx context.Context, r MountCall, id string, reply *wire.HandleReply) error {
	k := s.visit.kernel
	origin := state.Origin{
		Run: s.visit.Published.Key.String(), Usage: s.block.Usage.String(), Type: s.block.Usage.Type,
		Package: s.version.Manifest.Name, Caller: s.visit.Person.Learner, Role: string(r.As), Request: r.ID,
		Scratch: s.visit.Person.Scratch,
	}
	p, err := k.plan(ctx, s.version, &s.description, origin, reply.Effects, reply.Commit)
	if err != nil {
		return err
	}
	recorded, err := k.remember(ctx, r.ID, r.BodyHash, "", reply, "")
	if err != nil {
		return err
	}
	if reply.Commit != nil {
		return p.onDocument(ctx, recorded)
	}
	return p.onRequest(ctx, id, recorded)
}
