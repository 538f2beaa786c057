package site

import (
	"context"
	"errors"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

// allow reads what the person was given in the run and began there. A visitor has nothing.
func (s *Site) allow(ctx context.Context, p *access.Person) error {
	if p.Learner == "" {
		return nil
	}
	mine, err := s.Allowances.Of(ctx, p.Run, p.Learner)
	if err != nil {
		return err
	}
	for subsection, granted := range mine.Subsections {
		if granted.Due != nil {
			if p.Extensions == nil {
				p.Extensions = map[string]time.Time{}
			}
			p.Extensions[subsection] = *granted.Due
		}
		if timed := timedOf(granted); timed != (access.Timed{}) {
			if p.Timed == nil {
				p.Timed = map[string]access.Timed{}
			}
			p.Timed[subsection] = timed
		}
	}
	return nil
}

func timedOf(granted allowance.Granted) access.Timed {
	timed := access.Timed{Extra: granted.Extra()}
	if granted.Begun != nil {
		timed.Begun, timed.Limit = *granted.Begun, time.Duration(granted.LimitSeconds)*time.Second
	}
	if granted.Ended != nil {
		timed.Ended = *granted.Ended
	}
	return timed
}

// measure finds out how far a learner is where the run requires something: in subsections that others wait for, and in the
// courses that come before this one. Most runs require nothing, and then it reads nothing but the run itself. user is the
// account behind the person.
func (s *Site) measure(ctx context.Context, p *access.Person, user string) error {
	if p.Learner == "" || !p.Enrolled || p.Staff() {
		return nil
	}
	published, err := s.Courses.Published(ctx, p.Run)
	if errors.Is(err, course.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if awaited := access.Awaited(p, published); len(awaited) > 0 {
		if p.Reached, err = s.Kernel.Reached(ctx, p, published, awaited); err != nil {
			return err
		}
	}
	for _, before := range published.Requires {
		passed, err := s.Kernel.Scorer().Passed(ctx, s.People.Pseudonym(user, before.String()), before)
		if err != nil {
			return err
		}
		if !passed {
			p.Owed = append(p.Owed, before)
		}
	}
	return nil
}

// LearnerOf is the person behind a pseudonym as a learner of the run, with what was given to the learner and what the learner
// has reached, but without any right of a member of staff. Somebody who is not enrolled in the run is people.ErrNotFound.
func (s *Site) LearnerOf(ctx context.Context, run key.Course, learner string) (*access.Person, *people.User, error) {
	member, err := s.People.ByPseudonym(ctx, run.String(), learner)
	if err != nil {
		return nil, nil, err
	}
	if !member.Enrolled || member.User == "" {
		return nil, nil, people.ErrNotFound
	}
	user, err := s.People.User(ctx, member.User)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.fromMember(ctx, &member, run)
	if err != nil {
		return nil, nil, err
	}
	p.Username, p.Roles = user.Username, nil
	if member.Has(access.RoleBeta) {
		p.Roles = []string{access.RoleBeta}
	}
	if err := s.allow(ctx, p); err != nil {
		return nil, nil, err
	}
	return p, &user, s.measure(ctx, p, user.ID)
}
