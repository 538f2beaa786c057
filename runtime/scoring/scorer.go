package scoring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Grader asks blocks for verdicts; the kernel is one. Equal arguments give equal verdicts. An error that blames the block
// is counted as a failed try, one that blames the host or something outside is tried again.
type Grader interface {
	Grade(ctx context.Context, id string, submission *Submission, evidence []wire.Evidence, previous *wire.Verdict) (Graded, error)
	// InOrder reports whether the submission's block wants the verdict before its own.
	InOrder(ctx context.Context, submission *Submission) (bool, error)
}

// Graded is a verdict and what it came from.
type Graded struct {
	Verdict wire.Verdict
	Receipt Receipt
}

// People tells who a learner is, for access rules.
type People interface {
	Person(ctx context.Context, run key.Course, learner string) (*access.Person, error)
}

// Config says how submissions are graded. Store, Grader, Courses and People are needed.
type Config struct {
	Store   store.Store
	Grader  Grader
	Courses *course.Courses
	People  People
	// Queue hands deliveries to workers; nil leaves that to Due.
	Queue ports.Queue
	// Bus tells pages of verdicts; nil tells nobody.
	Bus ports.Bus
	// Events takes what happens into the log, each id once; nil keeps none.
	Events func(ctx context.Context, list ...wire.Event) error
	Log    *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// Lease is how long a worker may be silent before another one takes over; 0 is 8 seconds.
	Lease time.Duration
	// Tries is how often a block may fail at one submission before staff are asked; 0 is 3.
	Tries int
}

// Scorer carries submissions to verdicts. Safe for concurrent use.
type Scorer struct {
	config      Config
	submissions store.Collection[Submission]
	deliveries  store.Collection[Delivery]
	evidence    store.Collection[Evidence]
	judgements  store.Collection[Judgement]
	scores      store.Collection[Score]
	grades      store.Collection[Grade]
	learners    store.Collection[state.Learner]
	completions store.Collection[state.Completion]

	looking sync.Mutex
	looked  map[string]looked // by run
}

// New makes a Scorer; the collections (see Specs and package state) must have been ensured.
func New(config Config) *Scorer {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Lease == 0 {
		config.Lease = 8 * time.Second
	}
	if config.Tries == 0 {
		config.Tries = 3
	}
	s := config.Store
	return &Scorer{
		config:      config,
		submissions: store.Of[Submission](s, submissionSpec()), deliveries: store.Of[Delivery](s, deliverySpec()),
		evidence: store.Of[Evidence](s, evidenceSpec()), judgements: store.Of[Judgement](s, judgementSpec()),
		scores: store.Of[Score](s, scoreSpec()), grades: store.Of[Grade](s, gradeSpec()),
		learners: store.Of[state.Learner](s, state.LearnerSpec()), completions: store.Of[state.Completion](s, state.CompletionSpec()),
		looked: map[string]looked{},
	}
}

// Accept stores a submission and its delivery, and hands it to a worker. It is the submit step of a commit: doing it again
// changes nothing.
func (s *Scorer) Accept(ctx context.Context, id string, submission Submission) error {
	now, first := s.config.Now(), false
	var both errgroup.Group // side by side: a learner waits for them
	both.Go(func() error {
		return unless(store.ErrExists, s.submissions.Insert(ctx, id, submission))
	})
	both.Go(func() error {
		err := s.deliveries.Insert(ctx, id, Delivery{
			Learner: submission.Learner, Run: submission.listed(), Usage: submission.Usage, State: StateWaiting, Due: &now, At: submission.At,
		})
		first = err == nil
		return unless(store.ErrExists, err)
	})
	if err := both.Wait(); err != nil {
		return fmt.Errorf("accepting submission %s: %w", id, err)
	}
	if first {
		s.hand(ctx, id, submission.Run, 0)
	}
	return nil
}

// unless is err, or nil when it is the expected one.
func unless(expected, err error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// hand gives a delivery to the queue. A queue that cannot take it is no failure: Due finds the delivery.
func (s *Scorer) hand(ctx context.Context, id, run string, try int) {
	if s.config.Queue == nil {
		return
	}
	job := ports.Job{ID: fmt.Sprintf("%s#%d", id, try), Kind: JobKind, Lane: ports.LaneInteractive, Course: run, Ref: id}
	if err := s.config.Queue.Enqueue(ctx, job); err != nil {
		s.config.Log.Warn("the queue did not take a submission; the sweeper will", "submission", id, "error", err)
	}
}

// JobKind is the kind of the jobs that this package hands to the queue; their Ref is a submission's id.
const JobKind = "grade"

// Settle appends evidence to a submission and has it graded again. It is a step of a commit: doing it again changes
// nothing. A submission of another usage, or an unknown one, is left alone.
func (s *Scorer) Settle(ctx context.Context, name, usage, submission, from, data string, at time.Time) error {
	delivery, err := s.deliveries.Get(ctx, submission)
	if errors.Is(err, store.ErrNotFound) || err == nil && delivery.Body.Usage != usage {
		s.config.Log.Warn("evidence for a submission that is not there was dropped", "submission", submission, "usage", usage)
		return nil
	}
	if err != nil {
		return fmt.Errorf("settling %s: %w", submission, err)
	}
	err = s.evidence.Insert(ctx, name, Evidence{Submission: submission, Learner: delivery.Body.Learner, At: at, From: from, Data: data})
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("settling %s: %w", submission, err)
	}
	count, err := s.evidence.Count(ctx, store.Query{Index: "submission", Equal: []any{submission}}, maxEvidence)
	if err != nil {
		return fmt.Errorf("settling %s: %w", submission, err)
	}
	now := s.config.Now()
	doc, err := s.deliveries.Update(ctx, submission, func(d *Delivery) (bool, error) {
		if d.Evidence >= count {
			return false, nil
		}
		d.Evidence, d.Settled = count, &at
		if d.State != StateLeased { // a worker that holds it looks again when it finishes
			d.State, d.Due, d.Tries, d.Failures = StateWaiting, &now, 0, 0
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("settling %s: %w", submission, err)
	}
	if doc.Body.State == StateWaiting {
		s.hand(ctx, submission, doc.Body.Run, doc.Body.Verdicts*100)
	}
	return nil
}

// maxEvidence bounds how much evidence one submission may gather.
const maxEvidence = 1000

// Due hands the deliveries to the queue that somebody must look at: new ones that it forgot and those whose worker is
// silent. It returns how many there were; limit bounds them.
func (s *Scorer) Due(ctx context.Context, limit int) (int, error) {
	// The store keeps milliseconds and leaves out the end of a range.
	docs, _, err := s.deliveries.Find(ctx, store.Query{Index: "due", To: s.config.Now().Add(time.Millisecond), Limit: limit})
	if err != nil {
		return 0, fmt.Errorf("looking for due deliveries: %w", err)
	}
	for _, doc := range docs {
		s.hand(ctx, doc.ID, doc.Body.Run, doc.Body.Tries+doc.Body.Verdicts*100)
	}
	return len(docs), nil
}
