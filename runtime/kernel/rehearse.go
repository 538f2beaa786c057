package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Bounds of a rehearsal: what is looked at of each block type.
const (
	rehearsedSubmissions = 50
	rehearsedStates      = 50
	rehearsedRuns        = 50
	toldFailures         = 20
)

// Rehearsal is what a version would do with what learners have stored and handed in. Nothing of it was written, and every
// service refused.
type Rehearsal struct {
	// States is how many learners' stored fields were migrated; Broken says which could not be, and why.
	States int
	Broken []string
	// Graded is how many submissions were graded again; Changes are those that would score otherwise, Failed says which could
	// not be graded, and why.
	Graded  int
	Changes []ScoreChange
	Failed  []string
	// Skipped is how many were left out: they need what others did (evidence, an earlier verdict) or a service.
	Skipped int
}

// ScoreChange is one submission that would score otherwise.
type ScoreChange struct {
	Submission string
	// Learner is the pseudonym.
	Learner, Run, Usage string
	Before, After       wire.Verdict
}

// Rehearse tries a version that is not served yet with copies of what is there: the stored fields and the newest submissions of
// each of its types. The error is about this machine or ctx's; what the version does wrong is in the rehearsal.
func (k *Kernel) Rehearse(ctx context.Context, version *registry.Version) (*Rehearsal, error) {
	r := &Rehearsal{}
	for _, t := range version.Manifest.Types {
		description, err := version.Describe(ctx, t.Name)
		if err != nil {
			return nil, fmt.Errorf("rehearsing %s: %w", version.Manifest.Name, err)
		}
		submissions, err := k.scorer.Latest(ctx, t.Name, rehearsedSubmissions)
		if err != nil {
			return nil, fmt.Errorf("rehearsing %s: %w", version.Manifest.Name, err)
		}
		one := &rehearsing{kernel: k, version: version, description: &description, blockType: t.Name, into: r}
		if err = one.migrate(ctx, submissions); err == nil {
			err = one.grade(ctx, submissions)
		}
		if err != nil {
			return nil, fmt.Errorf("rehearsing %s: %w", version.Manifest.Name, err)
		}
	}
	return r, nil
}

// rehearsing is one block type.
type rehearsing struct {
	kernel      *Kernel
	version     *registry.Version
	description *wire.Description
	blockType   string
	into        *Rehearsal
}

func told(list []string, format string, args ...any) []string {
	if len(list) >= toldFailures {
		return list
	}
	return append(list, fmt.Sprintf(format, args...))
}

// migrate reads stored fields in the version's shape.
func (r *rehearsing) migrate(ctx context.Context, submissions []store.Doc[scoring.Submission]) error {
	states, err := r.states(ctx, submissions)
	if err != nil {
		return err
	}
	for _, l := range states {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(l.Fields) == 0 {
			continue
		}
		r.into.States++
		if err := r.reads(ctx, &l); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.into.Broken = told(r.into.Broken, "what %s stored at %s: %v", l.Learner, l.Usage, err)
		}
	}
	return nil
}

// reads reports why the version cannot read what a learner stored.
func (r *rehearsing) reads(ctx context.Context, l *state.Learner) error {
	switch {
	case l.Schema > r.description.Schema:
		return newerSchema("what this learner stored", l.Schema, r.version, r.description.Schema)
	case l.Schema == 0 || l.Schema == r.description.Schema || !implements(r.description, wire.OpMigrate):
		return nil
	}
	var reply wire.MigrateReply
	_, err := r.kernel.invoke(ctx, question{
		version: r.version, op: wire.OpMigrate, context: wire.Context{Block: r.blockType},
		body: wire.MigrateRequest{From: l.Schema, Scope: wire.ScopeUserState, Fields: state.Fields(l.Fields)},
	}, &reply)
	if err != nil {
		return err
	}
	for name, value := range reply.Fields {
		known := slices.ContainsFunc(r.description.Fields, func(f wire.Field) bool { return f.Name == name && f.Scope == wire.ScopeUserState })
		if known && !json.Valid(value) {
			return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "migrate gives no JSON for field %s", name)
		}
	}
	return nil
}

// states gathers learners' stored fields: of those who handed something in last, or, for what is not graded, of any.
func (r *rehearsing) states(ctx context.Context, submissions []store.Doc[scoring.Submission]) ([]state.Learner, error) {
	if len(submissions) > 0 {
		var ids []string
		for _, s := range submissions {
			ids = append(ids, state.LearnerID(s.Body.Learner, s.Body.Usage))
		}
		slices.Sort(ids)
		docs, err := r.kernel.learners.GetMany(ctx, slices.Compact(ids))
		if err != nil {
			return nil, err
		}
		var list []state.Learner
		for _, doc := range docs {
			list = append(list, doc.Body)
		}
		return list, nil
	}
	var list []state.Learner
	err := r.kernel.eachUsage(ctx, r.blockType, func(usage string) (bool, error) {
		docs, _, err := r.kernel.learners.Find(ctx, store.Query{Index: "usage", Equal: []any{usage}, Limit: rehearsedStates - len(list)})
		for _, doc := range docs {
			list = append(list, doc.Body)
		}
		return len(list) < rehearsedStates, err
	})
	return list, err
}

// eachUsage visits where a block type stands in published courses, until visit says that it has enough.
func (k *Kernel) eachUsage(ctx context.Context, blockType string, visit func(usage string) (more bool, err error)) error {
	runs, _, err := k.config.Courses.Runs(ctx, "", rehearsedRuns)
	if err != nil {
		return err
	}
	for i := range runs {
		run, err := key.ParseCourse(runs[i].Key)
		if err != nil {
			return err
		}
		published, err := k.config.Courses.Published(ctx, run)
		if errors.Is(err, course.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		blocks, err := published.All(ctx)
		if err != nil {
			return err
		}
		for _, block := range blocks {
			if block.Usage.Type != blockType {
				continue
			}
			if more, err := visit(block.Usage.String()); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// grade grades submissions again and compares.
func (r *rehearsing) grade(ctx context.Context, submissions []store.Doc[scoring.Submission]) error {
	if !implements(r.description, wire.OpGrade) {
		if len(submissions) > 0 {
			r.into.Failed = told(r.into.Failed, "%s has submissions, and this version does not grade", r.blockType)
		}
		return nil
	}
	for i := range submissions {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.again(ctx, submissions[i].ID, &submissions[i].Body); err != nil {
			return err
		}
	}
	return nil
}

// again grades one submission.
func (r *rehearsing) again(ctx context.Context, id string, s *scoring.Submission) error {
	delivery, err := r.kernel.scorer.Delivery(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	before, err := r.kernel.scorer.Verdict(ctx, id, delivery.Verdicts)
	if err != nil {
		return err
	}
	if before == nil || before.Outcome == wire.OutcomePending || delivery.Evidence > 0 || r.description.Grade.Previous {
		r.into.Skipped++
		return nil
	}
	after, err := r.verdict(ctx, id, s)
	var failure *wire.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &failure) && failure.Code == wire.CodeRefused: // it asks a service
		r.into.Skipped++
		return nil
	case errors.As(err, &failure):
		r.into.Failed = told(r.into.Failed, "what %s handed in at %s: %s", s.Learner, s.Usage, failure.Message)
		return nil
	case err != nil:
		return err
	}
	r.into.Graded++
	if before.Outcome != after.Outcome || before.Earned != after.Earned || before.Possible != after.Possible {
		r.into.Changes = append(r.into.Changes, ScoreChange{
			Submission: id, Learner: s.Learner, Run: s.Run, Usage: s.Usage, Before: short(before), After: short(&after),
		})
	}
	return nil
}

// short leaves out of a verdict all that is for the learner.
func short(v *wire.Verdict) wire.Verdict {
	return wire.Verdict{Outcome: v.Outcome, Earned: v.Earned, Possible: v.Possible}
}

// verdict is what the version says of a submission, by the content that it was made of.
func (r *rehearsing) verdict(ctx context.Context, id string, s *scoring.Submission) (wire.Verdict, error) {
	var verdict wire.Verdict
	revision, err := r.kernel.config.Courses.Revision(ctx, s.Content)
	if err != nil {
		return verdict, err
	}
	values, err := r.kernel.outlined(ctx, r.version, revision, nil)
	if err != nil {
		return verdict, err
	}
	seed, subject := s.Seed, ""
	if r.description.Identity && !values.Facts.Impersonal {
		subject = s.Learner
	}
	public, secret := wire.Blob{Data: values.Public}, wire.Blob{Data: values.Secret}
	if values.Facts.Varies {
		var variant wire.Variant
		_, err := r.kernel.invoke(ctx, question{
			version: r.version, op: wire.OpVary, context: wire.Context{Block: s.Type, Seed: &seed, Subject: subject},
			body: &wire.VaryRequest{Public: public, Secret: secret},
		}, &variant)
		if err != nil {
			return verdict, err
		}
		public, secret = variant.Public, variant.Secret
	}
	_, err = r.kernel.invoke(ctx, question{
		version: r.version, op: wire.OpGrade,
		context: wire.Context{Block: s.Type, Seed: &seed, Subject: subject, Now: s.At.UnixMilli(), Random: digest("grade", id)},
		body:    &wire.GradeRequest{Submission: s.Wire(id), Public: public, Secret: secret},
	}, &verdict)
	if err != nil {
		return verdict, err
	}
	if failure := wire.CheckVerdict(&verdict); failure != nil {
		return verdict, refuse(s.Type, wire.OpGrade, failure)
	}
	return verdict, nil
}
