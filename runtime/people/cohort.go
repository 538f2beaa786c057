package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Cohort is a group of a run's learners who go through it together. Everybody is in at most one.
type Cohort struct {
	Name string
	// Automatic cohorts take learners who were put into none.
	Automatic bool
	// Group is the content group that its members see, "" for none.
	Group string
}

type cohortDoc struct {
	Run       string `bson:"run"`
	Name      string `bson:"name"`
	Automatic bool   `bson:"automatic,omitempty"`
	Group     string `bson:"group,omitempty"`
}

func (d *cohortDoc) cohort() Cohort { return Cohort{d.Name, d.Automatic, d.Group} }

// PutCohort makes or changes a cohort of a run.
func (p *People) PutCohort(ctx context.Context, run string, cohort Cohort) error {
	if err := errors.Join(checkRun(run), checkName("cohort", cohort.Name)); err != nil {
		return fmt.Errorf("saving cohort: %w", err)
	}
	if cohort.Group != "" {
		if err := checkName("group", cohort.Group); err != nil {
			return fmt.Errorf("saving cohort: %w", err)
		}
	}
	_, err := p.cohorts.Update(ctx, store.ID(run, cohort.Name), func(d *cohortDoc) (bool, error) {
		next := cohortDoc{run, cohort.Name, cohort.Automatic, cohort.Group}
		same := *d == next
		*d = next
		return !same, nil
	})
	if err != nil {
		return fmt.Errorf("saving cohort: %w", err)
	}
	return nil
}

// Cohort returns one cohort of a run, or ErrNotFound.
func (p *People) Cohort(ctx context.Context, run, name string) (Cohort, error) {
	doc, err := p.cohorts.Get(ctx, store.ID(run, name))
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("%w: cohort %.100q", ErrNotFound, name)
	}
	if err != nil {
		return Cohort{}, fmt.Errorf("looking up cohort: %w", err)
	}
	return doc.Body.cohort(), nil
}

// Cohorts lists a run's cohorts by name.
func (p *People) Cohorts(ctx context.Context, run string) ([]Cohort, error) {
	var cohorts []Cohort
	err := p.cohorts.Each(ctx, store.Query{Index: "run", Equal: []any{run}, Limit: 1000}, func(doc store.Doc[cohortDoc]) error {
		cohorts = append(cohorts, doc.Body.cohort())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing cohorts: %w", err)
	}
	return cohorts, nil
}

// DeleteCohort removes a cohort that has no members (ErrInUse), or returns ErrNotFound.
func (p *People) DeleteCohort(ctx context.Context, run, name string) error {
	members, err := p.CountMembers(ctx, run, Filter{Group: name, Kind: GroupCohort}, 1)
	if err == nil && members > 0 {
		err = fmt.Errorf("%w: cohort %q has members", ErrInUse, name)
	}
	if err == nil {
		err = p.cohorts.Delete(ctx, store.ID(run, name), 0)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("%w: cohort %.100q", ErrNotFound, name)
	}
	if err != nil {
		return fmt.Errorf("deleting cohort: %w", err)
	}
	return nil
}

// SetCohort puts a member into a cohort, or into none with "".
func (p *People) SetCohort(ctx context.Context, user, run, name string) (Member, error) {
	if name != "" {
		if _, err := p.cohorts.Get(ctx, store.ID(run, name)); errors.Is(err, store.ErrNotFound) {
			return Member{}, fmt.Errorf("setting cohort: %w: cohort %.100q", ErrNotFound, name)
		} else if err != nil {
			return Member{}, fmt.Errorf("setting cohort: %w", err)
		}
	}
	m, _, err := p.changeMember(ctx, "setting cohort", user, run, func(d *memberDoc) (bool, error) {
		same := d.Cohort == name
		d.Cohort = name
		return !same, nil
	})
	return m, err
}

// DrawCohort puts a member who is in no cohort into one of the automatic ones, always the same for the same cohorts, and
// leaves others as they are. Without automatic cohorts it does nothing.
func (p *People) DrawCohort(ctx context.Context, user, run string) (Member, error) {
	m, err := p.Member(ctx, user, run)
	if err != nil || m.Cohort != "" {
		return m, err
	}
	cohorts, err := p.Cohorts(ctx, run)
	if err != nil {
		return Member{}, err
	}
	var automatic []string
	for _, cohort := range cohorts {
		if cohort.Automatic {
			automatic = append(automatic, cohort.Name)
		}
	}
	if len(automatic) == 0 {
		return m, nil
	}
	mac := hmac.New(sha256.New, p.keys.cohort)
	mac.Write([]byte(store.ID(m.Pseudonym, run)))
	drawn := automatic[binary.BigEndian.Uint64(mac.Sum(nil))%uint64(len(automatic))]
	m, _, err = p.changeMember(ctx, "drawing cohort", user, run, func(d *memberDoc) (bool, error) {
		if d.Cohort != "" {
			return false, nil
		}
		d.Cohort = drawn
		return true, nil
	})
	return m, err
}
