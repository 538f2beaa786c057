package workbench

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
)

// Persona is one of the people of a workbench.
type Persona struct {
	// ID is the account's name and the first part of the host that serves the person's pages.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Staff says that the person is of the course's staff; the others learn.
	Staff bool `json:"staff,omitempty"`
	// Learner is the pseudonym in the scratch course.
	Learner string `json:"learner"`

	// siteLearner is the pseudonym towards apps of the site.
	siteLearner string
	user        people.User
	// token is the session under which the person's pages are served.
	token string
}

// Token is the session of the person's pages. It opens nothing but a scratch site on this machine.
func (p *Persona) Token() string { return p.token }

// Cast lists the people in the order in which pages show them.
func Cast() []Persona {
	return []Persona{{ID: "ada", Name: "Ada"}, {ID: "lea", Name: "Lea"}, {ID: "sam", Name: "Sam"}, {ID: "nora", Name: "Nora", Staff: true}}
}

// openPeople makes the accounts and their sessions.
func (b *Bench) openPeople(ctx context.Context) error {
	for _, p := range Cast() {
		if err := b.enter(ctx, &p); err != nil {
			return fmt.Errorf("making %s: %w", p.Name, err)
		}
		b.people = append(b.people, &p)
	}
	return nil
}

func (b *Bench) enter(ctx context.Context, p *Persona) error {
	accounts := b.config.Site.People
	user, err := accounts.FindUser(ctx, p.ID)
	if errors.Is(err, people.ErrNotFound) {
		user, err = accounts.Create(ctx, people.NewUser{
			Username: p.ID, Email: p.ID + "@workbench.example", Profile: people.Profile{Name: p.Name}, Passwordless: true, Operator: true,
		})
	}
	if err != nil {
		return err
	}
	if p.Staff {
		_, _, err = accounts.Grant(ctx, user.ID, Course.String(), people.RoleStaff, "")
	} else {
		_, _, err = accounts.Enrol(ctx, user.ID, Course.String(), "")
	}
	if err != nil {
		return err
	}
	if p.user, err = accounts.User(ctx, user.ID); err != nil { // a role ends sessions of the user as he was
		return err
	}
	if p.token, _, err = accounts.StartSession(ctx, p.user, people.Facts{Method: "workbench"}, ""); err != nil {
		return err
	}
	person, err := b.config.Site.Person(ctx, &p.user, Course)
	if err != nil {
		return err
	}
	p.Learner = person.Learner
	person, err = b.config.Site.Person(ctx, &p.user, key.Course{})
	p.siteLearner = person.Learner
	return err
}

// at is the pseudonym by which the scenario's block knows the person.
func (p *Persona) at(s *Scenario) string {
	if s.site {
		return p.siteLearner
	}
	return p.Learner
}

// People lists those who are here.
func (b *Bench) People() []*Persona { return b.people }

// persona finds one of the people.
func (b *Bench) persona(id string) (*Persona, error) {
	for _, p := range b.people {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("person %q: %w", id, errUnknown)
}

// stand is a person before a scenario's block.
type stand struct {
	persona   *Persona
	person    *access.Person
	published *course.Published
	scenario  *Scenario
	block     *course.Block
}

func (b *Bench) stand(ctx context.Context, persona, scenario string) (*stand, error) {
	p, err := b.persona(persona)
	if err != nil {
		return nil, err
	}
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	person, err := b.config.Site.Person(ctx, &p.user, s.run())
	if err != nil {
		return nil, err
	}
	published := kernel.Site()
	if !s.site {
		if published, err = b.config.Site.Courses.Published(ctx, Course); err != nil {
			return nil, err
		}
	}
	block, err := b.config.Site.Kernel.Find(ctx, published, s.run().Usage(s.Type, s.Block))
	if errors.Is(err, course.ErrNotFound) {
		return nil, fmt.Errorf("scenario %q: %w", scenario, errUnknown)
	}
	if err != nil {
		return nil, err
	}
	return &stand{p, person, published, s, block}, nil
}
