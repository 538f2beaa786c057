package fakehost

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Post is one call of a handler, as a page would send it.
type Post struct {
	Handler string
	// As is the role that the page carries; "" is learner.
	As   wire.Role
	HTTP wire.HTTP
	// ID is the request's own; "" makes a new one. The same id with the same body gets the same reply.
	ID string
	// Sitting is the one that the form was made for; "" is the present one.
	Sitting string
}

// Posted is a handler's answer after its effects were committed.
type Posted struct {
	wire.HandleReply
	// ID is the request's.
	ID string
	// Submission is the id of what was handed in; "" when nothing was.
	Submission string
	// Repeated says that this is the remembered reply to an earlier request of the same id.
	Repeated bool
	// Runs is how often the handler ran, more than once after conflicts.
	Runs int
	// Result is what an awaited task gave.
	Result json.RawMessage
}

// conflicts bounds how often a call runs again because somebody else was faster.
const conflicts = 40

// Post calls a handler and commits what it changes: all or nothing. The error is a *wire.Error, as a host would show it.
func (w *World) Post(p *Person, place *Place, post Post) (*Posted, error) {
	if post.ID == "" {
		post.ID = w.fresh("request")
	}
	for run := 1; run <= conflicts; run++ {
		a, err := w.attempt(p, place, post)
		if err != nil {
			return nil, err
		}
		posted, err := a.commit()
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil {
			return nil, err
		}
		posted.Runs = run
		return posted, w.await(place, posted)
	}
	return nil, tooMany()
}

func tooMany() *wire.Error {
	return wire.Errorf(wire.CodeConflict, wire.BlameHost,
		"too many people change this at once: the call ran %d times and always met a newer document. A handler that creates or "+
			"replaces a document must read it first and answer by what it finds", conflicts)
}

// Racer is one of several calls at the same time.
type Racer struct {
	Person *Person
	Place  *Place
	Post   Post
}

// Raced is how one of them ended.
type Raced struct {
	Posted *Posted
	Err    error
}

// Race makes calls at the same time, in the worst order that a host allows: all of them read before any of them writes;
// then they commit one after the other, and those that find that somebody was faster run again, again all before any
// commits. What holds after this holds after every order.
func (w *World) Race(racers ...Racer) []Raced {
	results := make([]Raced, len(racers))
	waiting := make([]int, len(racers))
	for i := range racers {
		waiting[i] = i
		if racers[i].Post.ID == "" {
			racers[i].Post.ID = w.fresh("request")
		}
	}
	for run := 1; len(waiting) > 0 && run <= conflicts; run++ {
		attempts := make([]*attempt, len(racers))
		for _, i := range waiting {
			attempts[i], results[i].Err = w.attempt(racers[i].Person, racers[i].Place, racers[i].Post)
		}
		waiting = slices.DeleteFunc(waiting, func(i int) bool {
			if results[i].Err != nil {
				return true
			}
			results[i].Posted, results[i].Err = attempts[i].commit()
			if results[i].Posted != nil {
				results[i].Posted.Runs = run
			}
			return !errors.Is(results[i].Err, errAgain)
		})
	}
	for _, i := range waiting {
		results[i].Err = tooMany()
	}
	for i := range results {
		if results[i].Err == nil {
			results[i].Err = w.await(racers[i].Place, results[i].Posted)
		}
	}
	return results
}

// attempt is one run of a handler that has not been committed yet.
type attempt struct {
	seat    *seat
	post    Post
	body    string
	allowed *wire.Access
	reply   wire.HandleReply
	// done is an answer that needs no commit: a repeated request's.
	done *Posted
}

// attempt runs a handler on what is stored now.
func (w *World) attempt(p *Person, place *Place, post Post) (*attempt, error) {
	if post.As == "" {
		post.As = wire.RoleLearner
	}
	s, err := w.sit(p, place)
	if err != nil {
		return nil, err
	}
	if p.ReadOnly {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	}
	a := &attempt{seat: s, post: post, body: bodyHash(post), allowed: s.access()}
	if earlier, found := s.state.find(post.ID); found {
		return a, a.repeat(earlier)
	}
	if post.Handler == wire.HandlerReset {
		return a, nil
	}
	handler, err := a.handler()
	if err != nil {
		return nil, err
	}
	stale := post.Sitting != "" && post.Sitting != s.sittingID()
	if s.grades() && stale {
		return nil, wire.Errorf(wire.CodeConflict, wire.BlameOutside, "sitting")
	}
	return a, a.call(handler)
}

func bodyHash(post Post) string {
	body, err := json.Marshal(struct {
		Handler string
		HTTP    wire.HTTP
		Body    []byte
	}{post.Handler, post.HTTP, post.HTTP.Body.Data})
	if err != nil {
		return ""
	}
	return digest(string(body))
}

func (a *attempt) repeat(earlier remembered) error {
	if earlier.body != a.body {
		return wire.Errorf(wire.CodeConflict, wire.BlameOutside, "another request was sent under the same id")
	}
	copied := *earlier.posted
	copied.Repeated, copied.Effects, copied.Commit = true, nil, nil
	a.done = &copied
	return nil
}

// handler finds the declared handler and checks the role.
func (a *attempt) handler() (*wire.Handler, error) {
	handlers := a.seat.world.description.Handlers
	at := slices.IndexFunc(handlers, func(h wire.Handler) bool { return h.Name == a.post.Handler })
	if at < 0 {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "the block declares no handler %q", a.post.Handler)
	}
	if !slices.Contains(handlers[at].Roles, a.post.As) || !a.seat.person.May(a.post.As) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "handler %q is not for the role %s of this person", a.post.Handler, a.post.As)
	}
	return &handlers[at], nil
}

func (a *attempt) call(handler *wire.Handler) error {
	s, w, reads := a.seat, a.seat.world, &handler.Reads
	fields, err := s.fields(reads.Fields, a.post.As == wire.RoleAuthor)
	if err != nil {
		return err
	}
	request := &wire.HandleRequest{Handler: handler.Name, HTTP: a.post.HTTP, Fields: fields, Settings: s.settings(reads.Settings)}
	if request.Method == "" {
		request.Method = "POST"
	}
	if request.Public.Data, err = s.public(reads); err != nil {
		return err
	}
	if reads.Access {
		request.Access = a.allowed
	}
	if reads.Verdict {
		request.Newest, request.Counted = s.verdicts()
	}
	context := s.context(reads, a.post.As)
	context.Random = digest("random", a.post.ID)
	err = w.ask(question{
		op: wire.OpHandle, context: context, body: request,
		asker: &asker{role: a.post.As, person: s.person, place: s.place, subject: s.person.ID},
	}, &a.reply)
	if err != nil {
		return err
	}
	if failure := wire.CheckEffects(wire.OpHandle, a.post.As, a.reply.Effects, a.reply.Commit); failure != nil {
		return failure
	}
	return w.checkAnswer(&a.reply, handler.Grades)
}

// checkAnswer refuses what no host would send on.
func (w *World) checkAnswer(reply *wire.HandleReply, grades bool) error {
	if failure := wire.CheckAnswer(reply); failure != nil {
		return failure
	}
	submits := slices.ContainsFunc(reply.Effects, func(e wire.Effect) bool { return e.Submit != nil })
	if submits && !grades {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "a handler that submits must be declared with grades")
	}
	if reply.Await != nil && !slices.Contains(w.description.Tasks, reply.Await.Task) {
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the reply awaits the task %q, which is not declared", reply.Await.Task)
	}
	if reply.Leave != nil {
		return w.checkLeave(reply.Leave.URL)
	}
	return nil
}

// reset ends the sitting; the next one starts with the next answer.
func (a *attempt) reset() (*Posted, error) {
	s := a.seat
	switch {
	case a.allowed == nil:
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is nothing to reset")
	case a.post.Sitting != "" && a.post.Sitting != s.sittingID():
		return nil, wire.Errorf(wire.CodeConflict, wire.BlameOutside, "sitting")
	case !a.allowed.Reset.Open:
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", a.allowed.Reset.Why)
	}
	live := s.place.state(s.person.ID)
	if live.version != s.state.version {
		return nil, errAgain
	}
	s.open(live)
	live.sitting.over, live.fields = true, wire.Fields{}
	live.version++
	posted := &Posted{ID: a.post.ID}
	live.remember(remembered{a.post.ID, a.body, posted})
	return posted, nil
}

// open makes sure that the learner has an open sitting.
func (s *seat) open(live *state) {
	if live.open() {
		live.sitting.prepared = s.prepared
		return
	}
	live.sitting = &sitting{id: s.sittingID(), number: s.state.number(), seed: s.seed, prepared: s.prepared}
}

// commit makes the attempt's reply true: on the learner's state of the place, or on the block document that it names.
func (a *attempt) commit() (*Posted, error) {
	if a.done != nil {
		return a.done, nil
	}
	if a.post.Handler == wire.HandlerReset {
		return a.reset()
	}
	s, w := a.seat, a.seat.world
	posted := &Posted{HandleReply: a.reply, ID: a.post.ID}
	p, err := w.plan(origin{
		role: a.post.As, learner: s.person.ID, place: s.place, request: a.post.ID, sitting: s.sittingID(),
		submission: digest("submission", s.person.ID, s.place.Usage, a.post.ID),
	}, a.reply.Effects, a.reply.Commit)
	if err != nil {
		return nil, err
	}
	if p.submit != nil {
		if err := a.maySubmit(p.submit); err != nil {
			return nil, err
		}
		posted.Submission = p.origin.submission
	}
	if w.takeFault(FaultConflict, "") {
		return nil, errAgain
	}
	record := remembered{a.post.ID, a.body, posted}
	switch {
	case a.reply.Commit != nil:
		if err := p.onDocument(); err != nil {
			return nil, err
		}
		p.apply()
		if s.person.ID != "" {
			live := s.place.state(s.person.ID)
			live.remember(record)
			live.version++
		}
	case s.person.ID == "":
		p.apply()
	default:
		if err := a.onState(p, record); err != nil {
			return nil, err
		}
	}
	return posted, nil
}

// maySubmit applies the host's policy to a submit.
func (a *attempt) maySubmit(submit *wire.Submit) error {
	switch {
	case a.allowed == nil:
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the block handed in an answer, but its outline names no max_score")
	case !a.allowed.Submit.Open:
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", a.allowed.Submit.Why)
	case len(submit.Answers) > wire.MaxAnswers:
		return wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "the answer has more than %d bytes", wire.MaxAnswers)
	}
	for _, file := range submit.Files {
		part, ok := a.seat.world.parts[file.Hash]
		if !ok || part.learner != a.seat.person.ID {
			return wire.Errorf(wire.CodeRefused, wire.BlameBlock, "file %q is not one that this learner stored", file.Name)
		}
	}
	return nil
}

// onState commits on the learner's state by one swap.
func (a *attempt) onState(p *plan, record remembered) error {
	s := a.seat
	live := s.place.state(s.person.ID)
	if live.version != s.state.version {
		return errAgain
	}
	if fields, err := s.migrated(live.fields); err != nil {
		return err
	} else if len(live.fields) > 0 {
		live.fields = fields
	}
	live.schema = s.world.description.Schema
	if p.sittingEffect != nil && !p.sittingEffect.Open && live.open() {
		live.sitting.over = true
	}
	if s.grades() && (p.submit != nil || len(p.fields) > 0 || p.sittingEffect != nil && p.sittingEffect.Open) {
		s.open(live)
	}
	for name, value := range p.fields {
		set(live.fields, name, value)
	}
	if p.submit != nil {
		s.world.accept(s, live, p)
	}
	live.remember(record)
	live.version++
	p.apply()
	return nil
}

// await runs the task that an answer waits for.
func (w *World) await(place *Place, posted *Posted) error {
	if posted == nil || posted.Await == nil || posted.Repeated {
		return nil
	}
	t := &Task{Place: place, Name: posted.Await.Task, Payload: posted.Await.Payload, stamp: w.fresh("await")}
	var err error
	posted.Result, err = w.run(t)
	return err
}

// set writes a field, or unsets it with nil.
func set(fields wire.Fields, name string, value json.RawMessage) {
	if value == nil {
		delete(fields, name)
		return
	}
	fields[name] = value
}
