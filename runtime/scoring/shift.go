package scoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Shift is what a change of a course would make of the grades that its learners have, before anybody changes anything.
type Shift struct {
	// Grades are the learners who have a grade, Looked those whose grade was added up both ways: the first ones where it would take
	// too long for all.
	Grades, Looked int
	// Changed have another percentage or letter; of these Lowered have a lower percentage and Letters another letter. Gained would
	// pass who do not pass now, and Lost the other way round.
	Changed, Lowered, Letters, Gained, Lost int
	// Most is the greatest change of a percentage, as a fraction.
	Most float64
}

// Bounds of what is looked at for one question.
const (
	mostShifted = 50_000
	// mostCompared bounds the learners whose scores are read.
	mostCompared = 200
)

// errLooked ends a look at grades.
var errLooked = errors.New("looked at enough")

func (s *Shift) add(before, after grading.Grade) {
	s.Looked++
	change := after.Percent - before.Percent
	if before.Letter != after.Letter {
		s.Letters++
	}
	if math.Abs(change) > 1e-9 || before.Letter != after.Letter {
		s.Changed++
	}
	if change < -1e-9 {
		s.Lowered++
	}
	if after.Passed && !before.Passed {
		s.Gained++
	}
	if before.Passed && !after.Passed {
		s.Lost++
	}
	s.Most = max(s.Most, math.Abs(change))
}

// ShiftByPolicy tells what another grading policy would make of a course's grades. renamed are assignment types with another name
// in it: what is graded as one of them stays so.
func (s *Scorer) ShiftByPolicy(ctx context.Context, published *course.Published, after grading.Policy, renamed map[string]string) (Shift, error) {
	before, err := CoursePolicy(&published.Run)
	if err != nil {
		return Shift{}, err
	}
	return s.shift(ctx, published, mostShifted, func(_ string, totals store.Map[Totals]) (grading.Grade, grading.Grade, error) {
		subsections := (&Grade{Subsections: totals}).subsections(published)
		was := before.Grade(subsections)
		for i := range subsections {
			if name, ok := renamed[subsections[i].Type]; ok {
				subsections[i].Type = name
			}
		}
		return was, after.Grade(subsections), nil
	})
}

// ShiftByContent tells what it would make of the grades of a course, published, if after were published: of learners whose scores
// stay as they are.
func (s *Scorer) ShiftByContent(ctx context.Context, published, after *course.Published) (Shift, error) {
	policy, err := CoursePolicy(&published.Run)
	if err != nil {
		return Shift{}, err
	}
	was, is, err := changedSubsections(ctx, published, after)
	if err != nil || len(was)+len(is) == 0 {
		return Shift{}, err
	}
	now := s.config.Now()
	standing := func(p *access.Person, at *course.Published, subs []*course.Subsection, totals store.Map[Totals]) (grading.Grade, error) {
		scores, err := s.scoresIn(ctx, p.Learner, subs)
		if err != nil {
			return grading.Grade{}, err
		}
		drawn, err := s.drawn(ctx, p.Learner, subs)
		if err != nil {
			return grading.Grade{}, err
		}
		own := make(store.Map[Totals], len(totals))
		for id, t := range totals {
			own[id] = t
		}
		for _, sub := range subs {
			standing, err := Subsection(ctx, p, at, sub, scores, drawn, now)
			if err != nil {
				return grading.Grade{}, err
			}
			t := standing.Totals
			own[sub.Usage.ID] = Totals{Earned: t.Graded.Earned, Possible: t.Graded.Possible, Attempted: t.AttemptedGraded}
		}
		return policy.Grade((&Grade{Subsections: own}).subsections(at)), nil
	}
	return s.shift(ctx, published, mostCompared, func(learner string, totals store.Map[Totals]) (before, later grading.Grade, err error) {
		p, err := s.config.People.Person(ctx, published.Key, learner)
		if err != nil {
			return before, later, err
		}
		if before, err = standing(p, published, was, totals); err != nil {
			return before, later, err
		}
		later, err = standing(p, after, is, totals)
		return before, later, err
	})
}

// Graded reports whether any learner has a grade in a course.
func (s *Scorer) Graded(ctx context.Context, run key.Course) (bool, error) {
	count, err := s.grades.Count(ctx, store.Query{Index: "run", Equal: []any{run.String()}}, 1)
	if err != nil {
		return false, fmt.Errorf("looking for grades: %w", err)
	}
	return count > 0, nil
}

// shift visits the grades of a course, at most some of them. both adds one up as it is and as it would be.
func (s *Scorer) shift(ctx context.Context, published *course.Published, most int, both func(learner string, totals store.Map[Totals]) (before, after grading.Grade, err error)) (Shift, error) {
	run, shift := published.Key.String(), Shift{}
	var err error
	if shift.Grades, err = s.grades.Count(ctx, store.Query{Index: "run", Equal: []any{run}}, mostAnswered); err != nil {
		return shift, fmt.Errorf("counting grades: %w", err)
	}
	err = s.EachGrade(ctx, run, time.Time{}, func(row *GradeRow) error {
		if shift.Looked == most {
			return errLooked
		}
		totals := store.Map[Totals]{}
		if err := row.Subsections(func(id []byte, t Totals) { totals[string(id)] = t }); err != nil {
			return err
		}
		before, after, err := both(row.Learner, totals)
		if err != nil {
			return err
		}
		shift.add(before, after)
		return nil
	})
	if err != nil && !errors.Is(err, errLooked) {
		return shift, fmt.Errorf("looking at what becomes of grades: %w", err)
	}
	return shift, nil
}

// changedSubsections are the subsections in which something counts otherwise after a change: as they are and as they would be.
func changedSubsections(ctx context.Context, before, after *course.Published) (was, is []*course.Subsection, err error) {
	there := make(map[string]*course.Subsection, len(before.Subsections))
	worths := make(map[string]string, len(before.Subsections))
	for _, sub := range before.Subsections {
		there[sub.Usage.ID] = sub
	}
	for _, sub := range after.Subsections {
		old := there[sub.Usage.ID]
		if old != nil && old.Hash == sub.Hash && reflect.DeepEqual(old.Settings, sub.Settings) { // what is in it inherits the same
			delete(there, sub.Usage.ID)
			continue
		}
		worth, err := worthOf(ctx, sub)
		if err != nil {
			return nil, nil, err
		}
		if old != nil {
			if worths[sub.Usage.ID], err = worthOf(ctx, old); err != nil {
				return nil, nil, err
			}
			delete(there, sub.Usage.ID)
		}
		if worth == worths[sub.Usage.ID] {
			continue
		}
		is = append(is, sub)
		if old != nil {
			was = append(was, old)
		}
	}
	for _, sub := range before.Subsections {
		if there[sub.Usage.ID] != nil && sub.Possible > 0 {
			was = append(was, sub)
		}
	}
	return was, is, nil
}

// worthOf writes down what decides about how a subsection counts, "" where nothing in it does.
func worthOf(ctx context.Context, sub *course.Subsection) (string, error) {
	if sub.Possible <= 0 && sub.Scored == 0 {
		return "", nil
	}
	loaded, err := sub.Load(ctx)
	if err != nil {
		return "", err
	}
	type worth struct {
		ID, Type             string
		Max, Weight, Undrawn *float64
		Graded, Hidden       *bool
		Groups               any
		Shown                *string
		Chooses              bool
		Due                  any
		Format               string
		Children             int
	}
	of := func(b *course.Block) worth {
		s := b.Settings
		return worth{
			b.Usage.ID, b.Usage.Type, b.Facts.MaxScore, b.Facts.Weight, b.Facts.Undrawn, s.Graded, s.StaffOnly, s.GroupAccess, s.ShowCorrectness, b.Facts.Chooses,
			s.Due, s.Format, len(b.Children),
		}
	}
	all := []worth{of(sub.Block)}
	for _, unit := range loaded.Units {
		for block := range unit.Walk() {
			if block.Facts.MaxScore != nil || block.Facts.Chooses {
				all = append(all, of(block))
			}
		}
	}
	data, err := json.Marshal(all)
	return string(data), err
}
