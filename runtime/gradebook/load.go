package gradebook

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
)

// membersPage is how many members are read at a time.
const membersPage = 1000

// load reads a whole table. People and grades are read side by side.
func (g *Gradebook) load(ctx context.Context, published *course.Published) (*Table, error) {
	t := &Table{Run: published.Key, Head: published.Head.Number}
	var err error
	if t.Groups, t.Columns, err = columns(published); err != nil {
		return nil, err
	}
	t.name()
	if t.brings, err = g.cohorts(ctx, t.Run.String()); err != nil {
		return nil, err
	}
	var rows []*Row
	grades := map[string]*Row{}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		var err error
		rows, err = g.readMembers(ctx, t)
		return err
	})
	both.Go(func() error {
		return g.config.Scorer.EachGrade(ctx, t.Run.String(), time.Time{}, func(grade *scoring.GradeRow) error {
			row := &Row{}
			grades[grade.Learner] = row
			return t.enter(row, grade)
		})
	})
	if err := both.Wait(); err != nil {
		return nil, err
	}
	for _, row := range rows {
		if graded := grades[row.Learner]; graded != nil {
			row.takeGrade(graded)
		}
	}
	t.rows = rows
	t.count(true)
	return t, nil
}

// name makes the ways from names to columns and groups.
func (t *Table) name() {
	t.byColumn, t.byType = map[string]int{}, map[string]int{}
	for at := range t.Columns {
		t.byColumn[t.Columns[at].ID] = at
	}
	for at, group := range t.Groups {
		t.byType[group.Type] = at
	}
}

// cohorts reads which content group each cohort of a run brings.
func (g *Gradebook) cohorts(ctx context.Context, run string) (map[string]string, error) {
	list, err := g.config.People.Cohorts(ctx, run)
	if err != nil {
		return nil, err
	}
	brings := make(map[string]string, len(list))
	for _, cohort := range list {
		brings[cohort.Name] = cohort.Group
	}
	return brings, nil
}

// groups writes the content groups of who has groups of his own and a cohort.
func (g *Gradebook) groups(t *Table, own []string, cohort string) string {
	return scoring.GroupsOf(&access.Person{Groups: g.config.ContentGroups(own, t.brings[cohort])})
}

func (g *Gradebook) readMembers(ctx context.Context, t *Table) ([]*Row, error) {
	var rows []*Row
	reader := newReader(g, t)
	for _, filter := range []people.Filter{{}, {Formerly: true}} {
		for after, more := store.Cursor(""), true; more; more = after != "" {
			members, next, err := g.config.People.Members(ctx, t.Run.String(), filter, membersPage, after)
			if err != nil {
				return nil, err
			}
			accounts, err := g.config.People.Accounts(ctx, members)
			if err != nil {
				return nil, err
			}
			for i := range members {
				if account, ok := accounts[members[i].User]; ok {
					rows = append(rows, reader.row(&members[i], &account))
				}
			}
			after = next
		}
	}
	return rows, nil
}

// reader makes rows of members. It belongs to one goroutine.
type reader struct {
	g        *Gradebook
	t        *Table
	collator *collate.Collator
	buffer   collate.Buffer
}

func newReader(g *Gradebook, t *Table) *reader {
	return &reader{g: g, t: t, collator: collate.New(language.Und, collate.IgnoreCase)}
}

// row makes the row of a member without a grade.
func (r *reader) row(m *people.Member, account *people.User) *Row {
	row := &Row{
		Learner: m.Pseudonym, Cohort: m.Cohort, Mode: m.Mode, Enrolled: m.Enrolled, user: m.User,
		own: m.Groups, groups: r.g.groups(r.t, m.Groups, m.Cohort),
	}
	r.identify(row, account)
	return row
}

// identify sets what is known of the person.
func (r *reader) identify(row *Row, account *people.User) {
	row.Username, row.Name, row.Email = account.Username, account.Name, account.Email
	name := account.Name
	if name == "" {
		name = account.Username
	}
	row.words = " " + strings.ToLower(name)
	row.login, row.mail = strings.ToLower(account.Username), strings.ToLower(account.Email)
	row.name = slices.Clone(r.collator.KeyFromString(&r.buffer, name))
	r.buffer.Reset()
}

// enter reads a stored grade into a row of the table.
func (t *Table) enter(row *Row, grade *scoring.GradeRow) error {
	row.Graded, row.version = true, grade.Version
	row.Percent, row.Letter, row.Passed = grade.Percent, grade.Letter, grade.Passed
	row.stamp = grade.Stamp
	row.pending = nil
	row.cells = make([]cell, len(t.Columns))
	nothing := float32(math.NaN())
	for at := range t.Columns {
		row.cells[at] = cell{nothing, float32(t.Columns[at].Possible)}
	}
	err := grade.Subsections(func(id []byte, totals scoring.Totals) {
		at, ok := t.byColumn[string(id)]
		if !ok {
			return
		}
		c := cell{nothing, float32(totals.Possible)}
		if totals.Attempted {
			c.earned = float32(totals.Earned)
		}
		row.cells[at] = c
		if totals.Pending > 0 {
			row.pending = append(row.pending, at)
		}
	})
	if err != nil {
		return err
	}
	row.levels = make([]float32, len(t.Groups))
	for at := range row.levels {
		row.levels[at] = nothing
	}
	return grade.Types(func(name []byte, average float64) {
		if at, ok := t.byType[string(name)]; ok {
			row.levels[at] = float32(average)
		}
	})
}

// takeGrade takes over what is of the grade, and leaves who it is.
func (r *Row) takeGrade(from *Row) {
	r.Graded, r.version, r.stamp = from.Graded, from.version, from.stamp
	r.Percent, r.Letter, r.Passed = from.Percent, from.Letter, from.Passed
	r.cells, r.levels, r.pending = from.cells, from.levels, from.pending
}

// count finishes a table whose rows are complete: who is stale, and the ways to rows if they have moved. Rows that are stale
// now and were not are replaced, since others may read them.
func (t *Table) count(moved bool) {
	cohorts, modes := map[string]bool{}, map[string]bool{}
	t.Graded, t.Stale = 0, 0
	for at, row := range t.rows {
		stale := row.Graded && !row.stamp.Current(t.Head, row.groups)
		if stale != row.Stale {
			changed := *row
			changed.Stale = stale
			t.rows[at] = &changed
		}
		if row.Graded {
			t.Graded++
		}
		if stale {
			t.Stale++
		}
		if row.Cohort != "" {
			cohorts[row.Cohort] = true
		}
		if row.Mode != "" {
			modes[row.Mode] = true
		}
	}
	t.Cohorts, t.Modes = slices.Sorted(maps.Keys(cohorts)), slices.Sorted(maps.Keys(modes))
	if !moved {
		return
	}
	t.byLearner, t.byUser = make(map[string]int, len(t.rows)), make(map[string]int, len(t.rows))
	for at, row := range t.rows {
		t.byLearner[row.Learner], t.byUser[row.user] = at, at
	}
}
