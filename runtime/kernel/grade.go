package kernel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Grade implements scoring.Grader: it grades a submission by the artifact and the content that its sitting was pinned to.
// Spent fuel counts as an answer that cannot be graded, so that a learner gets his try back.
func (k *Kernel) Grade(
	ctx context.Context, id string, s *scoring.Submission, evidence []wire.Evidence, previous *wire.Verdict,
) (scoring.Graded, error) {
	g, err := k.grading(ctx, s)
	if err != nil {
		return scoring.Graded{}, err
	}
	// A verdict that is looked for again is asked for outside once; another version or more evidence asks anew.
	g.asker.Key = digest("grade", id, strconv.Itoa(len(evidence)), g.version.Digest)
	values, err := k.vary(ctx, g.variation(s))
	if err != nil {
		return scoring.Graded{}, err
	}
	seed := s.Seed
	c := wire.Context{Block: s.Type, Seed: &seed, Now: s.At.UnixMilli(), Random: digest("grade", id)}
	if g.description.Identity && !g.prepared.Facts.Impersonal {
		c.Subject = s.Learner
	}
	var verdict wire.Verdict
	result, err := k.invoke(ctx, question{
		version: g.version, op: wire.OpGrade, context: c, asker: g.asker,
		body: &wire.GradeRequest{
			Submission: s.Wire(id), Evidence: evidence, Previous: previous,
			Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret},
		},
	}, &verdict)
	if errors.Is(err, &wire.Error{Code: wire.CodeFuel}) {
		verdict, err = wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "grading this answer took too many steps; the try was given back"}, nil
	}
	if err != nil {
		return scoring.Graded{}, err
	}
	if failure := wire.CheckVerdict(&verdict); failure != nil {
		return scoring.Graded{}, refuse(s.Type, wire.OpGrade, failure)
	}
	return scoring.Graded{Verdict: verdict, Receipt: scoring.Receipt{
		Artifact: g.version.Digest, Content: s.Content, Seed: s.Seed, Answers: hashOf([]byte(s.Answers)), Result: hashOf(result.Frame),
		Fuel: result.Fuel, Costs: result.Costs, Sources: digestOf(values.Sources, g.asker.Sources),
	}}, nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// graded is what grading a submission needs.
type graded struct {
	version     *registry.Version
	description wire.Description
	prepared    *Prepared
	asker       *services.Call
}

// variation is the submission's: the one that the learner saw, whatever became of its sources since.
func (g *graded) variation(s *scoring.Submission) variation {
	v := variation{version: g.version, description: &g.description, hash: s.Content, prepared: g.prepared, seed: s.Seed, asker: g.asker}
	if g.version.Digest == s.Artifact {
		v.pinned = s.Sources
	}
	return v
}

// grading finds the pinned version and content of a submission.
func (k *Kernel) grading(ctx context.Context, s *scoring.Submission) (*graded, error) {
	version := k.config.Registry.Pinned(s.Type, s.Artifact)
	if version == nil || k.config.FollowFolder {
		var err error
		if version, err = k.config.Registry.Lookup(s.Type); err != nil {
			return nil, err
		}
	}
	description, err := k.describe(ctx, version, s.Type)
	if err != nil {
		return nil, err
	}
	usage, err := key.ParseUsage(s.Usage)
	if err != nil {
		return nil, err
	}
	asker := &services.Call{
		Op: wire.OpGrade, Role: wire.RoleHost, Manifest: &version.Manifest, Description: &description, Type: s.Type, Owner: s.Run, Subject: s.Learner,
	}
	var children []wire.Child
	published, err := k.config.Courses.Published(ctx, usage.Course)
	if err == nil {
		asker.Published = published
		var block *course.Block
		if block, err = published.Find(ctx, usage); err == nil {
			asker.Block = block
			if block.Hash == s.Content {
				children = ChildFacts(block)
			}
		}
	}
	if err != nil && !errors.Is(err, course.ErrNotFound) {
		return nil, err
	}
	prepared, err := k.content(ctx, version, s.Content, children)
	if err != nil {
		return nil, err
	}
	return &graded{version, description, prepared, asker}, nil
}

// InOrder implements scoring.Grader.
func (k *Kernel) InOrder(ctx context.Context, s *scoring.Submission) (bool, error) {
	version := k.config.Registry.Pinned(s.Type, s.Artifact)
	if version == nil {
		var err error
		if version, err = k.config.Registry.Lookup(s.Type); err != nil {
			return false, err
		}
	}
	description, err := version.Describe(ctx, s.Type)
	return description.Grade.Previous, err
}

// Revealed is a shown answer.
type Revealed struct {
	wire.Revealed

	// Inline says that its markup may stand in the page; by the rule of [Rendered].
	Inline bool
}

// Reveal shows the answer when the rules allow it. The error is a *wire.Error; CodeRefused says why not yet.
func (k *Kernel) Reveal(ctx context.Context, p *access.Person, published *course.Published, block *course.Block) (*Revealed, error) {
	v, err := k.Visit(ctx, p, published, block)
	if err != nil {
		return nil, k.unavailable(ctx, err)
	}
	revealed, err := v.reveal(ctx, block)
	return revealed, k.unavailable(ctx, err)
}

func (v *Visit) reveal(ctx context.Context, block *course.Block) (*Revealed, error) {
	s, err := v.sit(ctx, block)
	if err != nil {
		return nil, err
	}
	switch {
	case s.seen.Hidden:
		return nil, notThere()
	case !s.seen.Allowed:
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", s.seen.Why)
	}
	allowed, err := s.access(ctx)
	if err != nil {
		return nil, err
	}
	if allowed == nil || !implements(&s.description, wire.OpReveal) {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no answer to show")
	}
	if !allowed.Answer.Open {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", allowed.Answer.Why)
	}
	values, err := s.values(ctx)
	if err != nil {
		return nil, err
	}
	request := &wire.RevealRequest{Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret}}
	if tries := s.state.Body.Tries; len(tries) > 0 {
		submission, err := v.kernel.scorer.Submission(ctx, tries[len(tries)-1].Submission)
		if err != nil {
			return nil, err
		}
		request.Answers = json.RawMessage(submission.Answers)
	}
	c := wire.Context{Block: block.Usage.Type, Locale: v.Person.Locale, Seed: &s.seed}
	if s.description.Identity && !s.prepared.Facts.Impersonal {
		c.Subject = v.Person.Learner
	}
	var revealed Revealed
	_, err = v.kernel.invoke(ctx, question{version: s.version, op: wire.OpReveal, context: c, body: request}, &revealed.Revealed)
	if err != nil {
		return nil, err
	}
	revealed.Inline = v.kernel.inline(s.version, string(revealed.HTML.Data))
	return &revealed, nil
}

// Solve asks the block for answers that score full, for the person's variant.
func (v *Visit) Solve(ctx context.Context, block *course.Block) (*wire.Solution, error) {
	s, err := v.sit(ctx, block)
	if err != nil {
		return nil, fmt.Errorf("solving %s: %w", block.Usage, err)
	}
	if !implements(&s.description, wire.OpSolve) {
		return &wire.Solution{Unknown: "blocks of this type do not tell their answers"}, nil
	}
	values, err := s.values(ctx)
	if err != nil {
		return nil, fmt.Errorf("solving %s: %w", block.Usage, err)
	}
	var solution wire.Solution
	_, err = v.kernel.invoke(ctx, question{
		version: s.version, op: wire.OpSolve, context: wire.Context{Block: block.Usage.Type, Seed: &s.seed}, asker: s.asker(wire.OpSolve, wire.RoleHost),
		body: &wire.SolveRequest{Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret}},
	}, &solution)
	if err != nil {
		return nil, fmt.Errorf("solving %s: %w", block.Usage, err)
	}
	return &solution, nil
}

// Compile-time guards.
var (
	_ scoring.Grader  = (*Kernel)(nil)
	_ course.Outliner = (*Kernel)(nil)
	_ services.Points = points{}
)
