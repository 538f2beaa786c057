package site

import (
	"context"
	"errors"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/people"
)

// Record is somebody whom a run has a record of, for the run's staff: a learner, or one who left.
type Record struct {
	Member people.Member
	User   people.User
	// Person has a learner's rights and may only look.
	Person *access.Person
}

// Record finds whom a pseudonym of a run stands for. Nobody, somebody of another run and somebody who was erased are
// people.ErrNotFound alike.
func (s *Site) Record(ctx context.Context, run key.Course, learner string) (*Record, error) {
	member, err := s.People.ByPseudonym(ctx, run.String(), learner)
	if err != nil {
		return nil, err
	}
	if member.User == "" {
		return nil, people.ErrNotFound
	}
	r := &Record{Member: member}
	if r.User, err = s.People.User(ctx, member.User); err != nil {
		return nil, err
	}
	if r.Person, err = s.fromMember(ctx, &member, run); err != nil {
		return nil, err
	}
	r.Person.Username, r.Person.ReadOnly, r.Person.Roles = r.User.Username, true, nil
	if member.Has(access.RoleBeta) {
		r.Person.Roles = []string{access.RoleBeta}
	}
	if err := s.allow(ctx, r.Person); err != nil {
		return nil, err
	}
	return r, nil
}

// LastActive is when the last thing was written down that a learner did in a run, an answer or an event; zero for nothing.
func (s *Site) LastActive(ctx context.Context, learner string) (time.Time, error) {
	at, err := s.Kernel.Scorer().LastSubmitted(ctx, learner)
	if err != nil {
		return time.Time{}, err
	}
	list, _, err := s.Events.Find(ctx, events.Query{Actor: learner, Newest: true, Limit: 1})
	if err != nil || len(list) == 0 {
		return at, err
	}
	if event := time.UnixMilli(list[0].Time).UTC(); event.After(at) {
		return event, nil
	}
	return at, nil
}

// NameOf gives the name of somebody of a run by pseudonym, "" for one who is nobody any more.
func (s *Site) NameOf(ctx context.Context, run key.Course, pseudonym string) (string, error) {
	member, err := s.People.ByPseudonym(ctx, run.String(), pseudonym)
	if errors.Is(err, people.ErrNotFound) || err == nil && member.User == "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	user, err := s.People.User(ctx, member.User)
	if errors.Is(err, people.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if user.Name != "" {
		return user.Name, nil
	}
	return user.Username, nil
}
