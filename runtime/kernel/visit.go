package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Visit is what one person's look at some blocks of a course needs, read in few questions. It belongs to one request and is
// not safe for concurrent use.
type Visit struct {
	kernel    *Kernel
	Person    *access.Person
	Published *course.Published
	Now       time.Time
	states    map[string]store.Doc[state.Learner]
	scores    map[string]*scoring.Score
	shared    map[string]store.Doc[state.Shared]
	personal  map[string]store.Doc[state.Personal]
	// chosen holds the children that the person has, by the usage of a block that chooses, as far as somebody asked.
	chosen map[string][]*course.Block
}

// Visit reads what is known of the person at the blocks and everything under them. Blocks that nobody may see cost nothing
// more.
func (k *Kernel) Visit(ctx context.Context, p *access.Person, published *course.Published, blocks ...*course.Block) (*Visit, error) {
	v := &Visit{kernel: k, Person: p, Published: published, Now: p.Now(k.config.Now()), chosen: map[string][]*course.Block{}}
	var usages, personal []string
	want := func(block *course.Block) {
		usages = append(usages, block.Usage.String())
		if p.Learner != "" {
			personal = append(personal, k.personalIDs(p, block)...)
		}
	}
	for _, top := range blocks {
		for above := range choosers(top) {
			want(above)
		}
		for block := range top.Walk() {
			if !course.Structural(block.Usage.Type) {
				want(block)
			}
		}
	}
	if err := v.read(ctx, usages, personal); err != nil {
		return nil, fmt.Errorf("reading what is known of a visitor: %w", err)
	}
	return v, nil
}

// personalIDs names the preferences and user_info documents that a block's views may read.
func (k *Kernel) personalIDs(p *access.Person, block *course.Block) []string {
	version, err := k.config.Registry.Lookup(block.Usage.Type)
	if err != nil {
		return nil
	}
	run, pack := p.Run.String(), version.Manifest.Name
	return []string{state.PersonalID(p.Learner, wire.ScopePrefs, pack, run), state.PersonalID(p.Learner, wire.ScopeUserInfo, pack, run)}
}

func (v *Visit) read(ctx context.Context, usages, personal []string) error {
	var err error
	shared := make([]string, len(usages))
	for i, usage := range usages {
		shared[i] = state.SharedID(v.Person.Scratch, usage)
	}
	if v.shared, err = v.kernel.shared.GetMany(ctx, shared); err != nil || v.Person.Learner == "" {
		return err
	}
	ids := make([]string, len(usages))
	for i, usage := range usages {
		ids[i] = state.LearnerID(v.Person.Learner, usage)
	}
	if v.states, err = v.kernel.learners.GetMany(ctx, ids); err != nil {
		return err
	}
	// Read your own writes: what the last call left to do is done before its results are looked at.
	for _, doc := range v.states {
		if len(doc.Body.Outbox) > 0 && !v.Person.ReadOnly { // whoever only looks on leaves even that to the learner
			if err := v.kernel.learnerOutbox.Finish(ctx, doc.ID, doc.Body.Outbox); err != nil {
				return err
			}
		}
	}
	slices.Sort(personal)
	if v.personal, err = v.kernel.personal.GetMany(ctx, slices.Compact(personal)); err != nil {
		return err
	}
	v.scores, err = v.kernel.scorer.Scores(ctx, v.Person.Learner, usages)
	return err
}

// owner is whose documents the person's calls see.
func (v *Visit) owner() string {
	origin := state.Origin{Run: v.Published.Key.String(), Scratch: v.Person.Scratch}
	return origin.Owner()
}

// seat is one person at one block, with the version and the values that the sitting pins.
type seat struct {
	visit       *Visit
	block       *course.Block
	version     *registry.Version
	description wire.Description
	// hash is the content that the person sees.
	hash     string
	prepared *Prepared
	// state is the learner's; its version is 0 when there is none yet.
	state  store.Doc[state.Learner]
	score  *scoring.Score
	seen   access.Verdict
	policy grading.ProblemPolicy
	// seed is the open sitting's, or the one that the next would get.
	seed int
	// newer is the learner's state as migrated, nil before anybody asked.
	newer wire.Fields
	// personal is preferences and user_info as migrated, by scope, for what was asked for.
	personal map[wire.Scope]wire.Fields
}

// grades reports whether the block grades.
func (s *seat) grades() bool { return s.prepared.Facts.MaxScore != nil }

// sit finds out what the person gets at the block: the pinned version and content while a sitting is open, else the current.
func (v *Visit) sit(ctx context.Context, block *course.Block) (*seat, error) {
	s := &seat{visit: v, block: block, hash: block.Hash, seen: access.Content(v.Person, v.Published, block, v.Now)}
	if s.seen.Allowed && !v.Person.Staff() {
		if has, err := v.has(ctx, block); err != nil {
			return nil, err
		} else if !has {
			return nil, notThere()
		}
	}
	usage := block.Usage.String()
	s.state = v.states[state.LearnerID(v.Person.Learner, usage)]
	s.state.ID = state.LearnerID(v.Person.Learner, usage)
	s.score = v.scores[usage]
	version, err := v.kernel.config.Registry.LookupIn(block.Usage.Type, v.Published.Key.String())
	if err != nil {
		return nil, err
	}
	s.version = version
	if err := s.pin(ctx); err != nil {
		return nil, err
	}
	if s.description, err = v.kernel.describe(ctx, s.version, block.Usage.Type); err != nil {
		return nil, err
	}
	if IsApp(block) && s.grades() {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameBlock, "an app stands in no subsection, so it cannot be graded: take max_score out")
	}
	s.policy = access.Policy(v.Person, v.Published, block, s.description.Rerandomize, s.state.Body.Granted)
	if s.state.Body.Open() {
		s.seed = s.state.Body.Sitting.Seed
	} else {
		s.seed = v.kernel.seed(s.policy.Rerandomize, v.Person.Learner, usage, s.nextSitting())
	}
	return s, nil
}

// pin chooses version, content and prepared value. A publish that keeps the answer hash reaches open sittings; another one
// reaches new sittings. A pinned artifact that this server does not have any more is replaced by the current one.
func (s *seat) pin(ctx context.Context) error {
	k := s.visit.kernel
	sitting := s.state.Body.Sitting
	if !s.state.Body.Open() {
		p, err := k.content(ctx, s.version, s.hash, ChildFacts(s.block))
		s.prepared = p
		return err
	}
	if pinned := k.config.Registry.Pinned(s.block.Usage.Type, sitting.Artifact); pinned != nil && !k.config.FollowFolder {
		s.version = pinned
	}
	p, err := k.content(ctx, s.version, s.hash, ChildFacts(s.block))
	if err == nil && sitting.Content == s.hash {
		s.prepared = p
		return nil
	}
	if err == nil && p.AnswerHash == sitting.AnswerHash {
		moves, err := s.sameSources(ctx, sitting)
		if moves || err != nil {
			s.prepared = p
			return err
		}
	}
	old, oldErr := k.content(ctx, s.version, sitting.Content, nil)
	if oldErr != nil {
		s.prepared = p // the old content is gone: the current one serves, as for a new sitting
		return err
	}
	s.prepared, s.hash = old, sitting.Content
	return nil
}

// sameSources reports whether the sitting's variant is made from what it would be made from today. Where it is not, the learner
// would get other values under his answer: such a sitting does not move along with a publish.
func (s *seat) sameSources(ctx context.Context, sitting *state.Sitting) (bool, error) {
	if sitting.Sources == "" {
		return true, nil
	}
	now, err := s.visit.kernel.sourcesNow(ctx, sitting.Content, sitting.Artifact, s.asker(wire.OpVary, wire.RoleLearner))
	return digestOf("", now) == sitting.Sources, err
}

// ChildFacts are a block's children as messages name them.
func ChildFacts(block *course.Block) []wire.Child {
	children := make([]wire.Child, len(block.Children))
	for i, child := range block.Children {
		children[i] = wire.Child{ID: child.Usage.ID, Type: child.Usage.Type, Facts: child.Facts}
	}
	return children
}

// number is the open sitting's number, or the next one's.
func (s *seat) number() int {
	sitting := s.state.Body.Sitting
	switch {
	case sitting == nil:
		return 1
	case sitting.Ended == nil:
		return sitting.Number
	}
	return sitting.Number + 1
}

// nextSitting is the id of the open sitting, or the one that the next will have: showing a page stores nothing, so ids follow
// from learner, usage and number.
func (s *seat) nextSitting() string {
	return sittingID(s.visit.Person.Learner, s.block.Usage.String(), s.number())
}

func (k *Kernel) seed(rule grading.Rerandomize, learner, usage, sitting string) int {
	return grading.SeedFor(rule, k.config.Secret, learner, usage, sitting)
}

// progress is what the learner did so far, as the rules take it.
func (s *seat) progress(ctx context.Context) (grading.Progress, error) {
	l := &s.state.Body
	progress := grading.Progress{Attempts: l.Count(), Staff: s.visit.Person.Staff()}
	if len(l.Tries) == 0 {
		return progress, nil
	}
	newest := l.Tries[len(l.Tries)-1]
	progress.LastSubmission = newest.At
	progress.Done = l.Sitting != nil && newest.Sitting == s.nextSitting()
	if s.score != nil {
		points, scored := s.score.Points()
		progress.Full = scored && points.Possible > 0 && points.Full()
	}
	waiting, err := s.waiting(ctx, newest.Submission)
	progress.Pending = waiting != nil && !waiting.Failed
	return progress, err
}

// waiting describes a submission that has no final verdict yet; nil when it has one.
func (s *seat) waiting(ctx context.Context, submission string) (*wire.Grading, error) {
	if s.score != nil {
		i := slices.IndexFunc(s.score.Entries, func(e scoring.Entry) bool { return e.Submission == submission })
		if i >= 0 && s.score.Entries[i].Outcome != string(wire.OutcomePending) {
			return nil, nil
		}
		if i >= 0 {
			newest, _, err := s.score.Verdicts()
			if err != nil || newest == nil {
				return &wire.Grading{}, err
			}
			return &wire.Grading{Who: newest.Message}, nil
		}
	}
	delivery, err := s.visit.kernel.scorer.Delivery(ctx, submission)
	if errors.Is(err, store.ErrNotFound) {
		return &wire.Grading{}, nil // the commit's outbox is about to store it
	}
	if err != nil {
		return nil, fmt.Errorf("asking for a delivery: %w", err)
	}
	return &wire.Grading{Failed: delivery.State == scoring.StateFailed}, nil
}

// access is what the rules allow the person at the block now; nil for blocks that do not grade.
func (s *seat) access(ctx context.Context) (*wire.Access, error) {
	if !s.grades() {
		return nil, nil
	}
	progress, err := s.progress(ctx)
	if err != nil {
		return nil, err
	}
	return access.Problem(s.visit.Person, s.seen, &s.policy, progress, s.visit.Now), nil
}

// verdicts gives the newest and the counted verdict, reduced while correctness is hidden.
func (s *seat) verdicts(allowed *wire.Access) (newest, counted *wire.Verdict, err error) {
	if s.score == nil {
		return nil, nil, nil
	}
	if newest, counted, err = s.score.Verdicts(); err != nil {
		return nil, nil, err
	}
	// After a reset the form is fresh: an earlier sitting's verdict counts, but is not what the learner looks at.
	if entries := s.score.Entries; len(entries) == 0 || entries[len(entries)-1].Sitting != s.nextSitting() {
		newest = nil
	}
	if allowed != nil && !allowed.Correctness.Open {
		return hide(newest), hide(counted), nil
	}
	if counted != nil && s.policy.GradingMethod == grading.MethodAverage && s.score.Override == nil {
		mean := *counted // no one verdict has the points that count
		mean.Earned, mean.Possible = s.score.Earned, s.score.Possible
		counted = &mean
	}
	return newest, counted, nil
}

// hide leaves of a verdict what a learner may know while correctness is hidden: that there is one. What was invalid is told,
// since it gave the try back and says nothing about right or wrong.
func hide(v *wire.Verdict) *wire.Verdict {
	if v == nil || v.Outcome == wire.OutcomeInvalid {
		return v
	}
	return &wire.Verdict{Outcome: wire.OutcomeSubmitted}
}
