package kernel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Request is one call of a handler, as the host received it.
type Request struct {
	Handler string
	// As is the role that the page carries: a learner's view carries learner rights whoever watches.
	As   wire.Role
	HTTP wire.HTTP
	// ID is the request's own, 128 bits that the form or script brought. The same id with the same body gets the same reply.
	ID string
	// BodyHash digests what was sent, see state.BodyHash.
	BodyHash string
	// Sitting is the one that the form was made for; "" from callers that hold no form.
	Sitting string
}

// Response is a handler's answer.
type Response struct {
	wire.HandleReply
	// Submission is the id of what was handed in by this request; "" when nothing was.
	Submission string
	// Repeated says that this is the remembered reply to an earlier request of the same id.
	Repeated bool
}

// conflicts bounds how often a call runs again because somebody else was faster.
const conflicts = 40

// errAgain asks for another run of the call on fresh state.
var errAgain = errors.New("somebody else was faster")

// Handle calls a block's handler and commits what it changes: all or nothing. The error is a *wire.Error for the caller to
// see: CodeNotFound, CodeRefused (Message says why), CodeConflict (another body under the same id, an ended sitting, a
// refused document), or a failure of block or host.
func (k *Kernel) Handle(ctx context.Context, p *access.Person, published *course.Published, block *course.Block, r Request) (*Response, error) {
	for range conflicts {
		v, err := k.Visit(ctx, p, published, block)
		if err != nil {
			return nil, k.unavailable(ctx, err)
		}
		response, err := v.handle(ctx, block, r)
		if !errors.Is(err, errAgain) {
			return response, k.unavailable(ctx, err)
		}
	}
	return nil, wire.Errorf(wire.CodeConflict, wire.BlameHost, "too many people change this at once: try again")
}

// unavailable makes a *wire.Error of whatever went wrong on the host's side, logging what callers must not see.
func (k *Kernel) unavailable(ctx context.Context, err error) error {
	var failure *wire.Error
	if err == nil || errors.As(err, &failure) {
		return err
	}
	k.config.Log.ErrorContext(ctx, "a call failed", "error", err)
	return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this did not work just now; nothing is lost, try again")
}

func (v *Visit) handle(ctx context.Context, block *course.Block, r Request) (*Response, error) {
	s, err := v.sit(ctx, block)
	if err != nil {
		return nil, err
	}
	if err := s.admit(); err != nil {
		return nil, err
	}
	if repeated, err := s.repeated(ctx, r); !s.visit.Person.ReadOnly && (repeated != nil || err != nil) {
		return repeated, err
	}
	allowed, err := s.access(ctx)
	if err != nil {
		return nil, err
	}
	switch r.Handler {
	case wire.HandlerReset:
		if err := s.lookOnly(true); err != nil {
			return nil, err
		}
		return s.reset(ctx, r, allowed)
	case wire.HandlerReveal:
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameHost, "reveal is a question of its own")
	}
	handler, err := s.handler(r)
	if err != nil {
		return nil, err
	}
	if err := s.lookOnly(handler.Grades); err != nil {
		return nil, err
	}
	if err := s.sameSitting(r, handler); err != nil {
		return nil, err
	}
	reply, err := s.call(ctx, r, handler, allowed)
	if err != nil {
		return nil, err
	}
	if err := s.lookOnly(len(reply.Effects) > 0 || reply.Commit != nil); err != nil {
		return nil, err
	}
	if readOnly(r.HTTP.Method) || s.visit.Person.ReadOnly { // call has seen that it changes nothing, and asking leaves no trace either
		return &Response{HandleReply: *reply}, nil
	}
	return s.commit(ctx, r, allowed, reply)
}

// admit refuses whom the access rules keep out; the handler of a gated unit included.
func (s *seat) admit() error {
	switch {
	case s.seen.Hidden:
		return notThere()
	case !s.seen.Allowed:
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", s.seen.Why)
	}
	return nil
}

// lookOnly lets those who only look on (masquerade, previews) ask what reads: their calls run like a learner's, and one that
// hands in or would change anything is refused, so nothing of it is stored (security R15).
func (s *seat) lookOnly(changes bool) error {
	if s.visit.Person.ReadOnly && changes {
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	}
	return nil
}

// handler finds the declared handler and checks the role.
func (s *seat) handler(r Request) (*wire.Handler, error) {
	at := slices.IndexFunc(s.description.Handlers, func(h wire.Handler) bool { return h.Name == r.Handler })
	if at < 0 {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no handler %q", r.Handler)
	}
	handler := &s.description.Handlers[at]
	if !slices.Contains(handler.Roles, r.As) || !s.visit.Person.May(r.As) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyVisitor)
	}
	return handler, nil
}

// repeated gives the remembered reply to a request that came before; another body under its id is a conflict.
func (s *seat) repeated(ctx context.Context, r Request) (*Response, error) {
	recorded, found := s.state.Body.Find(r.ID)
	if !found || r.ID == "" {
		return nil, nil
	}
	return s.visit.kernel.replay(ctx, recorded, r.BodyHash)
}

// sameSitting refuses a form that was made for a sitting that is over: what was typed stays in the browser.
func (s *seat) sameSitting(r Request, handler *wire.Handler) error {
	if !s.grades() || r.Sitting == "" && !handler.Grades || r.Sitting == s.nextSitting() {
		return nil
	}
	return wire.Errorf(wire.CodeConflict, wire.BlameOutside, OtherSitting)
}

// readOnly reports whether a request of this method may change nothing (security R18).
func readOnly(method string) bool { return method == "GET" || method == "HEAD" }

// call runs the handler.
func (s *seat) call(ctx context.Context, r Request, handler *wire.Handler, allowed *wire.Access) (*wire.HandleReply, error) {
	reads := &handler.Reads
	fields, err := s.fields(ctx, reads.Fields)
	if err != nil {
		return nil, err
	}
	request := &wire.HandleRequest{Handler: r.Handler, HTTP: r.HTTP, Fields: fields, Settings: s.settings(reads.Settings)}
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
		request.Access = allowed
	}
	if reads.Verdict {
		if request.Newest, request.Counted, err = s.verdicts(allowed); err != nil {
			return nil, err
		}
	}
	return s.handled(ctx, wire.OpHandle, reads, r.As, r.HTTP.Method, request)
}

// handled asks the block by an operation that answers with a [wire.HandleReply], and refuses one that says what it may not.
func (s *seat) handled(ctx context.Context, op wire.Op, reads *wire.Reads, as wire.Role, method string, request any) (*wire.HandleReply, error) {
	c := s.context(reads, as)
	c.Random = newID()
	var reply wire.HandleReply
	_, err := s.visit.kernel.invoke(ctx, question{version: s.version, op: op, context: c, body: request, asker: s.asker(op, as)}, &reply)
	if err != nil {
		return nil, err
	}
	if err := unhosted(&reply); err != nil {
		return nil, err
	}
	failure := wire.CheckAnswer(&reply)
	if failure == nil {
		failure = wire.CheckEffects(op, as, reply.Effects, reply.Commit)
	}
	if failure == nil && len(reply.Effects) > 0 && readOnly(method) {
		failure = wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "a %s may change nothing", method)
	}
	if failure != nil {
		return nil, refuse(s.block.Usage.Type, op, failure)
	}
	return &reply, nil
}

// unhosted refuses what no host does yet, before anything of the reply happens: half of it would be worse than nothing.
func unhosted(reply *wire.HandleReply) error {
	switch {
	case reply.Await != nil:
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server lets no reply wait for a task yet")
	case reply.Leave != nil:
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server leads to no other host yet")
	}
	return nil
}

// reset ends the sitting and starts the next one.
func (s *seat) reset(ctx context.Context, r Request, allowed *wire.Access) (*Response, error) {
	if allowed == nil {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is nothing to reset")
	}
	if r.Sitting != "" && r.Sitting != s.nextSitting() {
		return nil, wire.Errorf(wire.CodeConflict, wire.BlameOutside, OtherSitting)
	}
	if !allowed.Reset.Open {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", allowed.Reset.Why)
	}
	doc := s.state
	now := s.visit.Now
	s.own(&doc.Body)
	if !doc.Body.Open() {
		if err := s.open(ctx, &doc.Body); err != nil {
			return nil, err
		}
	}
	doc.Body.Sitting.Ended = &now
	doc.Body.Fields = nil // a block's state of a question is its answers: they belong to the sitting that ends
	frame, err := wire.EncodeReply(&wire.HandleReply{}, nil)
	if err != nil {
		return nil, err
	}
	doc.Body.Record(state.Entry{}, state.Recorded{Request: r.ID, BodyHash: r.BodyHash, At: now, Reply: frame}, state.RecentKept)
	_, err = s.visit.kernel.learners.Put(ctx, doc)
	if errors.Is(err, store.ErrConflict) {
		return nil, errAgain
	}
	return &Response{}, err
}

// open makes sure that the learner has an open sitting.
func (s *seat) open(ctx context.Context, l *state.Learner) error {
	values, err := s.values(ctx)
	if err != nil {
		return err
	}
	if l.Open() {
		// A publish that kept the answer hash moved the sitting along.
		l.Sitting.Content, l.Sitting.Sources = s.hash, values.Sources
		return nil
	}
	l.Sitting = &state.Sitting{
		ID: s.nextSitting(), Number: s.number(), Opened: s.visit.Now, Artifact: s.version.Digest, Content: s.hash,
		AnswerHash: s.prepared.AnswerHash, Seed: s.seed, Sources: values.Sources,
	}
	return nil
}

// sittingID names a learner's n-th sitting of a block.
func sittingID(learner, usage string, number int) string {
	return digest("sitting", learner, usage, strconv.Itoa(number))
}

// submissionID names what a learner's request handed in: the same request never hands in twice.
func submissionID(learner, usage, request string) string {
	return digest("submission", learner, usage, request)
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(store.ID(parts...)))
	return hex.EncodeToString(sum[:16])
}

// replay decodes a remembered reply.
func (k *Kernel) replay(ctx context.Context, recorded state.Recorded, bodyHash string) (*Response, error) {
	if recorded.BodyHash != bodyHash {
		return nil, wire.Errorf(wire.CodeConflict, wire.BlameOutside, SameRequest)
	}
	frame := recorded.Reply
	if len(frame) == 0 {
		doc, err := k.replies.Get(ctx, recorded.Stored)
		if err != nil {
			return nil, err
		}
		frame = doc.Body.Frame
	}
	response := &Response{Repeated: true, Submission: recorded.Submission}
	err := wire.DecodeReply(frame, &response.HandleReply)
	return response, err
}

// largeReply keeps a remembered reply that is too large for its commit document.
type largeReply struct {
	Frame   []byte    `bson:"frame"`
	Learner string    `bson:"learner,omitempty"`
	At      time.Time `bson:"at"`
}

func replySpec() store.Spec {
	return store.Spec{Name: "replies", Learners: "learner", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}
}
