package scoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// gradeRules is the version of the rules that stored grades are added up by. Raise it when equal scores would give another
// grade, or when Grade holds more than it did.
const gradeRules = 3

// GroupsOf writes the content groups of a person in one line: what a grade counts depends on them.
func GroupsOf(p *access.Person) string {
	if len(p.Groups) == 0 {
		return ""
	}
	parts := make([]string, 0, len(p.Groups))
	for partition, group := range p.Groups {
		parts = append(parts, partition+":"+strconv.Itoa(group))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// Stamp is what a grade was added up by; see [Grade].
type Stamp struct {
	Head   int
	Groups string
	Rules  int
}

// Current reports whether adding up anew would give the same, by a head's number and the learner's groups.
func (s Stamp) Current(head int, groups string) bool { return s == Stamp{head, groups, gradeRules} }

// Stamp is what the grade was added up by.
func (g *Grade) Stamp() Stamp { return Stamp{g.Head, g.Groups, g.Rules} }

// RecountJob is the kind of the jobs that add a run's grades up again after its content or its policy were published, or its
// groups changed; their Ref is the run's key. What is to be done is seen in the grades themselves: a job that is lost, or
// dies halfway, is handed over again by [Scorer.Recounts], and goes on where there is something left.
const RecountJob = "recount"

// RequestRecount hands a run's grades to a worker, unless one is at it. A queue that cannot take it is no failure.
func (s *Scorer) RequestRecount(ctx context.Context, run string) {
	if s.config.Queue == nil {
		return
	}
	job := ports.Job{ID: RecountJob + "#" + run, Kind: RecountJob, Lane: ports.LaneBackground, Course: run, Ref: run}
	if err := s.config.Queue.Enqueue(ctx, job); err != nil {
		s.config.Log.Warn("the queue did not take grades that have to be added up again; a chore will", "run", run, "error", err)
	}
}

// How recounting walks: grades a page, and how many learners are added up side by side.
const (
	recountPage = 200
	recountWide = 4
	// recountRounds bounds how often one job begins anew because the course was published meanwhile.
	recountRounds = 5
)

// Recount adds those grades of a run up again that are not current. It may be stopped and repeated at any point: what is
// current is left alone. A learner whose grade cannot be added up does not hold up the others; the error names the first.
func (s *Scorer) Recount(ctx context.Context, run string) error {
	parsed, err := key.ParseCourse(run)
	if err != nil {
		return fmt.Errorf("recounting: %w", err)
	}
	for range recountRounds {
		head, failed := 0, error(nil)
		query := store.Query{Index: "run", Equal: []any{run}, Limit: recountPage}
		for more := true; more; more = query.After != "" {
			published, err := s.config.Courses.Published(ctx, parsed)
			if errors.Is(err, course.ErrNotFound) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("recounting %s: %w", run, err)
			}
			head = published.Head.Number
			docs, next, err := s.grades.Find(ctx, query)
			if err != nil {
				return fmt.Errorf("recounting %s: %w", run, err)
			}
			if err := s.recountPage(ctx, published, docs); err != nil && failed == nil {
				failed = err
			}
			if ctx.Err() != nil {
				return fmt.Errorf("recounting %s: %w", run, context.Cause(ctx))
			}
			query.After = next
		}
		left, err := s.grades.Count(ctx, staleQuery(run, head), 1)
		if err != nil {
			failed = errors.Join(failed, err)
		}
		if failed != nil {
			return fmt.Errorf("recounting %s: %w", run, failed)
		}
		if left == 0 {
			return nil
		}
	}
	return nil // it is published faster than it is added up: the chore comes back to it
}

func staleQuery(run string, head int) store.Query {
	return store.Query{Index: "head", Equal: []any{run}, To: head}
}

func (s *Scorer) recountPage(ctx context.Context, published *course.Published, docs []store.Doc[Grade]) error {
	var group errgroup.Group
	group.SetLimit(recountWide)
	for i := range docs {
		group.Go(func() error { return s.recount(ctx, published, &docs[i].Body) })
	}
	return group.Wait()
}

// recount adds one learner's grade up again, if it is not current. The copy that was read decides whether to look at all.
func (s *Scorer) recount(ctx context.Context, published *course.Published, read *Grade) error {
	p, err := s.config.People.Person(ctx, published.Key, read.Learner)
	if err != nil {
		return err
	}
	if read.Stamp().Current(published.Head.Number, GroupsOf(p)) {
		return nil
	}
	_, err = s.grades.Update(ctx, GradeID(read.Learner, read.Run), func(grade *Grade) (bool, error) {
		// Gone when the learner was erased meanwhile; ahead when a process that knows a newer head was faster.
		if grade.Learner == "" || grade.Head > published.Head.Number || grade.Stamp().Current(published.Head.Number, GroupsOf(p)) {
			return false, nil
		}
		return true, s.addUp(ctx, grade, p, published, published.Subsections)
	})
	if err != nil {
		return fmt.Errorf("the grade of %s: %w", read.Learner, err)
	}
	return nil
}

// lookAgain is how often a run whose head has not changed is looked at again, and how long one whose head is new is looked
// at each time: a process that had not heard of the head may have stored a grade after that.
const (
	lookAgain = time.Hour
	headIsNew = 5 * time.Minute
)

// looked is which head of a run was found to have no older grades, and when.
type looked struct {
	head int
	at   time.Time
}

// Recounts hands over the runs that have grades from an older head, and returns how many. It is a chore: a run whose head has
// not changed since the last look costs no query.
func (s *Scorer) Recounts(ctx context.Context) (int, error) {
	found := 0
	for after, more := store.Cursor(""), true; more; more = after != "" {
		runs, next, err := s.config.Courses.Runs(ctx, after, 1000)
		if err != nil {
			return found, fmt.Errorf("looking for grades to recount: %w", err)
		}
		for i := range runs {
			stale, err := s.stale(ctx, &runs[i])
			if err != nil {
				return found, fmt.Errorf("looking for grades to recount: %w", err)
			}
			if stale {
				found++
				s.RequestRecount(ctx, runs[i].Key)
			}
		}
		after = next
	}
	return found, nil
}

// stale reports whether a run has grades from an older head.
func (s *Scorer) stale(ctx context.Context, run *course.Run) (bool, error) {
	now := s.config.Now()
	s.looking.Lock()
	last, ok := s.looked[run.Key]
	s.looking.Unlock()
	if ok && last.head == run.Head.Number && now.Sub(last.at) < lookAgain && now.Sub(run.Head.At) > headIsNew {
		return false, nil
	}
	n, err := s.grades.Count(ctx, staleQuery(run.Key, run.Head.Number), 1)
	if err != nil || n > 0 {
		return n > 0, err
	}
	s.looking.Lock()
	defer s.looking.Unlock()
	s.looked[run.Key] = looked{run.Head.Number, now}
	return false, nil
}
