package scoring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// GradeRow is a stored grade for those who read thousands of them: what stands in its middle is read only when it is asked
// for. It is valid while it is visited.
type GradeRow struct {
	Learner string
	// Version counts the document's writes.
	Version        int64
	Percent        float64
	Letter         string
	Passed         bool
	Stamp          Stamp
	totals, levels store.Value
}

// Subsections gives what each subsection adds up to, by block id. The id must not be kept.
func (r *GradeRow) Subsections(visit func(id []byte, totals Totals)) error {
	var failed error
	err := r.totals.Pairs(func(id []byte, value store.Value) {
		var t Totals
		err := value.Document().Fields(func(name []byte, v store.Value) bool {
			switch string(name) {
			case "earned":
				t.Earned = v.Float()
			case "possible":
				t.Possible = v.Float()
			case "all_earned":
				t.AllEarned = v.Float()
			case "all_possible":
				t.AllPossible = v.Float()
			case "attempted":
				t.Attempted = v.Bool()
			case "pending":
				t.Pending = int(v.Int())
			}
			return true
		})
		failed = errors.Join(failed, err)
		visit(id, t)
	})
	return errors.Join(err, failed)
}

// Types gives the averages by assignment type. The name must not be kept.
func (r *GradeRow) Types(visit func(name []byte, average float64)) error {
	return r.levels.Pairs(func(name []byte, value store.Value) { visit(name, value.Float()) })
}

func gradeRow(record store.Record) (GradeRow, error) {
	row := GradeRow{Version: record.Version}
	err := store.Raw(record.Body).Fields(func(name []byte, v store.Value) bool {
		switch string(name) {
		case "learner":
			row.Learner = string(v.Text())
		case "percent":
			row.Percent = v.Float()
		case "letter":
			row.Letter = string(v.Text())
		case "passed":
			row.Passed = v.Bool()
		case "head":
			row.Stamp.Head = int(v.Int())
		case "groups":
			row.Stamp.Groups = string(v.Text())
		case "rules":
			row.Stamp.Rules = int(v.Int())
		case "subsections":
			row.totals = v
		case "types":
			row.levels = v
		}
		return true
	})
	if err != nil {
		return row, fmt.Errorf("grade %q: %w", record.ID, err)
	}
	return row, nil
}

// EachGrade visits a run's stored grades; a since that is not zero leaves out those that were last added up before it, by the
// clocks of the processes that did.
func (s *Scorer) EachGrade(ctx context.Context, run string, since time.Time, visit func(*GradeRow) error) error {
	query := store.Query{Index: "run", Equal: []any{run}, Limit: 1000}
	if !since.IsZero() {
		query.Index, query.From = "at", since
	}
	for {
		page, err := s.config.Store.Find(ctx, gradeSpec().Name, query)
		if err != nil {
			return fmt.Errorf("reading grades: %w", err)
		}
		if err := visitGrades(page.Records, visit); err != nil {
			return err
		}
		if query.After = page.Next; query.After == "" {
			return nil
		}
	}
}

// GradesOf visits the stored grades of some learners of a run.
func (s *Scorer) GradesOf(ctx context.Context, run string, learners []string, visit func(*GradeRow) error) error {
	ids := make([]string, len(learners))
	for i, learner := range learners {
		ids[i] = GradeID(learner, run)
	}
	records, err := s.config.Store.GetMany(ctx, gradeSpec().Name, ids)
	if err != nil {
		return fmt.Errorf("reading grades: %w", err)
	}
	return visitGrades(records, visit)
}

func visitGrades(records []store.Record, visit func(*GradeRow) error) error {
	for _, record := range records {
		row, err := gradeRow(record)
		if err != nil {
			return fmt.Errorf("reading grades: %w", err)
		}
		if err := visit(&row); err != nil {
			return err
		}
	}
	return nil
}
