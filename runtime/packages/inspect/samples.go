package inspect

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// replaying calls a loaded block with its own samples.
type replaying struct {
	report *Report
	conn   engine.Conn
	// block is the type that is called, asked the service that its last call asked for.
	block string
	asked wire.Service
}

// Fixed facts of every call, so that two inspections give the same numbers.
const (
	noon   = 1_767_268_800_000 // 2026-01-01T12:00:00Z in milliseconds
	random = "000102030405060708090a0b0c0d0e0f"
)

// open is what a learner may do who starts.
func open() *wire.Access {
	yes := wire.Gate{Open: true}
	return &wire.Access{Submit: yes, Save: yes, Correctness: yes, Reset: wire.Gate{Why: wire.WhyPolicy}, Answer: wire.Gate{Why: wire.WhyPolicy}}
}

// ask runs one operation. The error is a *wire.Error, or the context's.
func (r *replaying) ask(ctx context.Context, op wire.Op, c wire.Context, body, into any) (engine.Result, error) {
	c.Block = r.block
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: c}, body)
	if err != nil {
		return engine.Result{}, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "%v", err)
	}
	call := engine.Call{Frame: frame, Now: time.UnixMilli(c.Now), Service: r.service}
	if raw, err := hex.DecodeString(c.Random); err == nil { // "" is a fixed stream
		copy(call.Random[:], raw)
	}
	r.asked = ""
	result, err := r.conn.Call(ctx, call)
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	if err == nil {
		err = wire.DecodeReply(result.Frame, into)
	}
	if err != nil && !errors.As(err, new(*wire.Error)) {
		err = wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%v", err)
	}
	r.use(op, result)
	return result, err
}

func (r *replaying) use(op wire.Op, result engine.Result) {
	at := slices.IndexFunc(r.report.Uses, func(u Use) bool { return u.Op == op })
	if at < 0 {
		at = len(r.report.Uses)
		r.report.Uses = append(r.report.Uses, Use{Op: op})
	}
	u := &r.report.Uses[at]
	u.Calls++
	u.Fuel, u.Memory = max(u.Fuel, result.Fuel), max(u.Memory, result.Memory)
}

// service refuses: samples are replayed with nothing around them.
func (r *replaying) service(_ context.Context, frame []byte) []byte {
	if call, _, err := wire.DecodeService(frame); err == nil {
		r.asked = call.Service
	}
	reply, err := wire.EncodeReply(nil, wire.Errorf(wire.CodeRefused, wire.BlameHost, "there are no services while samples are replayed"))
	if err != nil {
		return nil // a block takes that for a refusal too
	}
	return reply
}

// kind replays the samples of one type.
func (r *replaying) kind(ctx context.Context, block string, d *wire.Description) error {
	r.block = block
	if !slices.Contains(d.Ops, wire.OpSample) {
		r.report.Notes = append(r.report.Notes, block+" has no samples, so none of its views and answers was tried")
		return nil
	}
	var list wire.SampleReply
	if _, err := r.ask(ctx, wire.OpSample, wire.Context{}, wire.SampleRequest{}, &list); err != nil {
		return r.failed(err, "its samples")
	}
	for i := range list.Samples {
		s := &list.Samples[i]
		if s.Type != "" && s.Type != block {
			continue
		}
		r.report.Samples++
		if err := r.sample(ctx, d, s); err != nil {
			return err
		}
	}
	return nil
}

// failed enters a failed call. Where the block had asked for a service, that is no problem: there was none.
func (r *replaying) failed(err error, where string) error {
	var failure *wire.Error
	if !errors.As(err, &failure) {
		return err
	}
	if r.asked != "" {
		r.report.Notes = append(r.report.Notes,
			fmt.Sprintf("%s: not replayed, since it asks the service %s; quoin block test has a host around it", where, r.asked))
		return nil
	}
	r.report.add("", 0, "the same sample fails in quoin block test, where it can be debugged", "%s: %s (%s)", where, failure.Message, failure.Code)
	return nil
}

// sample outlines a sample, shows it, and hands its answers in.
func (r *replaying) sample(ctx context.Context, d *wire.Description, s *wire.Sample) error {
	where := "sample " + s.Name
	var outline wire.Outline
	if slices.Contains(d.Ops, wire.OpOutline) {
		children := make([]wire.Child, len(s.Children))
		for i, child := range s.Children {
			children[i] = wire.Child{ID: fmt.Sprint("child", i+1), Type: child.Type, Facts: wire.Facts{Title: child.Title}}
		}
		if _, err := r.ask(ctx, wire.OpOutline, wire.Context{}, &wire.OutlineRequest{Fields: s.Fields, Children: children}, &outline); err != nil {
			return r.failed(err, where+", outline")
		}
	}
	if failure := wire.CheckFacts(&outline.Facts); failure != nil {
		r.report.add("", 0, "correct what Outline answers", "%s: %s", where, failure.Message)
		return nil //nolint:nilerr // it stands in the report
	}
	one := &stage{replaying: r, description: d, sample: s, outline: &outline, public: outline.Public.Data, secret: outline.Secret.Data, seed: 1}
	if err := one.vary(ctx); err != nil {
		return r.failed(err, where+", vary")
	}
	if err := one.show(ctx); err != nil {
		return err
	}
	for i, answer := range s.Answers {
		r.report.Answers++
		place := fmt.Sprintf("%s, answer %d (%s)", where, i+1, answer.Expect)
		again := *one
		again.public, again.secret = outline.Public.Data, outline.Secret.Data
		if answer.Seed != nil {
			again.seed = *answer.Seed
		}
		err := again.vary(ctx)
		if err == nil {
			err = again.answer(ctx, place, &answer)
		}
		if err = r.failedIn(err, place); err != nil {
			return err
		}
	}
	return one.solve(ctx, where+", solve")
}

func (r *replaying) failedIn(err error, where string) error {
	if err == nil {
		return nil
	}
	return r.failed(err, where)
}

// stage is one sample with one seed.
type stage struct {
	*replaying
	description    *wire.Description
	sample         *wire.Sample
	outline        *wire.Outline
	public, secret []byte
	seed           int
}

func (s *stage) values() (public, secret wire.Blob) {
	return wire.Blob{Data: s.public}, wire.Blob{Data: s.secret}
}

func (s *stage) vary(ctx context.Context) error {
	if !s.outline.Facts.Varies {
		return nil
	}
	var out wire.Variant
	request := &wire.VaryRequest{}
	request.Public, request.Secret = s.values()
	if _, err := s.ask(ctx, wire.OpVary, wire.Context{Seed: &s.seed}, request, &out); err != nil {
		return err
	}
	s.public, s.secret = out.Public.Data, out.Secret.Data
	return nil
}

// context fills in what was declared to be read.
func (s *stage) context(reads *wire.Reads) wire.Context {
	c := wire.Context{}
	if reads.User {
		c.Subject = "learner"
	}
	if reads.Seed && (s.outline.Facts.Varies || s.outline.Facts.Shuffles) {
		c.Seed = &s.seed
	}
	if reads.Clock {
		c.Now = noon
	}
	if reads.Locale {
		c.Locale, c.Zone = "en", "UTC"
	}
	if reads.Role {
		c.Role = wire.RoleLearner
	}
	if reads.Usage {
		c.Run, c.Usage, c.Address = "course-v1:Sample+Course+Run", "block-v1:Sample+Course+Run+type@"+s.block+"+block@sample", "http://localhost/sample"
	}
	return c
}

// show renders the learner's view twice: equal requests must give equal replies, or no render could be remembered.
func (s *stage) show(ctx context.Context) error {
	at := slices.IndexFunc(s.description.Views, func(v wire.View) bool { return v.Name == wire.ViewLearner })
	if at < 0 {
		return nil
	}
	where := "sample " + s.sample.Name + ", view learner"
	view := &s.description.Views[at]
	request := &wire.RenderRequest{View: view.Name}
	if view.Reads.Prepared {
		request.Public, _ = s.values()
	}
	if view.Reads.Access && s.outline.Facts.MaxScore != nil {
		request.Access = open()
	}
	var replies [2]engine.Result
	for i := range replies {
		var fragment wire.Fragment
		var err error
		if replies[i], err = s.ask(ctx, wire.OpRender, s.context(&view.Reads), request, &fragment); err != nil {
			return s.failed(err, where)
		}
		if i == 0 {
			s.report.Shown = append(s.report.Shown, Shown{where, string(fragment.HTML.Data)})
		}
	}
	s.equal(where, replies[0], replies[1])
	return nil
}

func (s *stage) equal(where string, first, second engine.Result) {
	if !bytes.Equal(first.Frame, second.Frame) || first.Fuel != second.Fuel {
		s.report.add("", 0, "let the answer follow from the request alone: range over sorted keys, not over maps",
			"%s: two equal calls do not give the same (%d and %d bytes, fuel %d and %d)", where, len(first.Frame), len(second.Frame), first.Fuel, second.Fuel)
	}
}

// answer hands an input in and compares what it comes to.
func (s *stage) answer(ctx context.Context, where string, a *wire.SampleAnswer) error {
	expect := a.Expect
	answers, err := s.handle(ctx, where, &a.Input)
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Code == wire.CodeBadRequest && expect == wire.ExpectInvalid {
		return nil
	}
	if err != nil || answers == nil {
		return err
	}
	c := wire.Context{Seed: &s.seed, Now: noon, Random: random}
	if s.description.Identity {
		c.Subject = "learner"
	}
	var verdicts [2]wire.Verdict
	var replies [2]engine.Result
	for i := range replies {
		request := &wire.GradeRequest{Submission: wire.Submission{ID: "sample", Attempt: 1, At: noon, Answers: answers}}
		if a.Evidence != nil {
			request.Evidence = []wire.Evidence{{At: noon, From: "grader", Data: a.Evidence}}
		}
		request.Public, request.Secret = s.values()
		if replies[i], err = s.ask(ctx, wire.OpGrade, c, request, &verdicts[i]); err != nil {
			return err
		}
	}
	s.equal(where+", grade", replies[0], replies[1])
	v := &verdicts[0]
	if failure := wire.CheckVerdict(v); failure != nil {
		return failure
	}
	if !meets(expect, v) {
		s.report.add("", 0, "correct the sample or Grade", "%s comes to %s with %v of %v points", where, v.Outcome, v.Earned, v.Possible)
	}
	return nil
}

// handle calls the handler and gives what it submits; nil, with the problem told, when it submits nothing.
func (s *stage) handle(ctx context.Context, where string, input *wire.Input) (json.RawMessage, error) {
	at := slices.IndexFunc(s.description.Handlers, func(h wire.Handler) bool { return h.Name == input.Handler })
	if at < 0 {
		s.report.add("", 0, "name a handler that the block declares", "%s names the handler %q, which there is not", where, input.Handler)
		return nil, nil
	}
	reads := &s.description.Handlers[at].Reads
	request := &wire.HandleRequest{Handler: input.Handler, HTTP: wire.HTTP{Method: "POST", Form: input.Form}}
	if input.Form == nil {
		request.ContentType, request.Body = "application/json", wire.Blob{Data: input.JSON}
	}
	if reads.Prepared {
		request.Public, _ = s.values()
	}
	if reads.Access {
		request.Access = open()
	}
	c := s.context(reads)
	c.Random = random
	var reply wire.HandleReply
	if _, err := s.ask(ctx, wire.OpHandle, c, request, &reply); err != nil {
		return nil, err
	}
	if failure := wire.CheckEffects(wire.OpHandle, wire.RoleLearner, reply.Effects, reply.Commit); failure != nil {
		return nil, failure
	}
	for i := range reply.Effects {
		if submit := reply.Effects[i].Submit; submit != nil {
			return submit.Answers, nil
		}
	}
	s.report.add("", 0, "let the handler reply with Submit", "%s: the handler took it and submitted nothing", where)
	return nil, nil
}

// solve holds the block to its own solution.
func (s *stage) solve(ctx context.Context, where string) error {
	if s.outline.Facts.MaxScore == nil || !slices.Contains(s.description.Ops, wire.OpSolve) {
		return nil
	}
	request := &wire.SolveRequest{}
	request.Public, request.Secret = s.values()
	var solution wire.Solution
	_, err := s.ask(ctx, wire.OpSolve, wire.Context{Seed: &s.seed}, request, &solution)
	if err == nil && solution.Input != nil {
		err = s.answer(ctx, where, &wire.SampleAnswer{Input: *solution.Input, Expect: wire.ExpectFull})
	}
	return s.failedIn(err, where)
}

// meets reports whether a verdict is what a sample says.
func meets(expect wire.Expectation, v *wire.Verdict) bool {
	scored := v.Outcome == wire.OutcomeScored
	switch expect {
	case wire.ExpectFull:
		return scored && v.Possible > 0 && v.Earned >= v.Possible
	case wire.ExpectPartial:
		return scored && v.Earned > 0 && v.Earned < v.Possible
	case wire.ExpectZero:
		return scored && v.Earned <= 0
	case wire.ExpectInvalid:
		return v.Outcome == wire.OutcomeInvalid
	case wire.ExpectPending:
		return v.Outcome == wire.OutcomePending
	}
	return false
}
