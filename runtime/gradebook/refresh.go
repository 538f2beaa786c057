package gradebook

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// changes are what was written since the last look.
type changes struct {
	// brings is not nil when cohorts bring other groups than they did.
	brings   map[string]string
	members  []people.Member
	accounts []people.User
	grades   []*Row // without identity, for the table that they were read for
}

func (c *changes) none() bool {
	return c.brings == nil && len(c.members)+len(c.accounts)+len(c.grades) == 0
}

// refresh gives the table as it is now: t itself when nothing was written since.
func (g *Gradebook) refresh(ctx context.Context, t *Table, since time.Time) (*Table, error) {
	c, err := g.changed(ctx, t, since)
	if err != nil || c.none() {
		return t, err
	}
	return g.apply(ctx, t, c)
}

// changed asks the store. What is known already is left out, so that looking back some seconds costs little.
func (g *Gradebook) changed(ctx context.Context, t *Table, since time.Time) (*changes, error) {
	c := &changes{}
	run := t.Run.String()
	brings, err := g.cohorts(ctx, run)
	if err != nil {
		return nil, err
	}
	if !maps.Equal(brings, t.brings) {
		c.brings = brings
	}
	members, err := g.config.People.MembersSince(ctx, run, since)
	if err != nil {
		return nil, err
	}
	for i := range members {
		m := &members[i]
		at, known := t.byLearner[m.Pseudonym]
		switch {
		case known && t.rows[at].same(m):
		case !known && (m.User == "" || m.Since.IsZero()): // staff who never were learners, and who was erased
		default:
			c.members = append(c.members, *m)
		}
	}
	accounts, err := g.config.People.AccountsSince(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, account := range accounts {
		if at, ok := t.byUser[account.ID]; ok {
			if row := t.rows[at]; row.Username != account.Username || row.Name != account.Name || row.Email != account.Email {
				c.accounts = append(c.accounts, account)
			}
		}
	}
	err = g.config.Scorer.EachGrade(ctx, run, since, func(grade *scoring.GradeRow) error {
		at, ok := t.byLearner[grade.Learner]
		if !ok || t.rows[at].version == grade.Version {
			return nil
		}
		row := &Row{Learner: grade.Learner}
		c.grades = append(c.grades, row)
		return t.enter(row, grade)
	})
	return c, err
}

// same reports whether the row says of the member what it would say now.
func (r *Row) same(m *people.Member) bool {
	return r.user == m.User && r.Cohort == m.Cohort && r.Mode == m.Mode && r.Enrolled == m.Enrolled && slices.Equal(r.own, m.Groups)
}

// apply makes a new table of an old one and what has changed. Rows that have not are shared.
func (g *Gradebook) apply(ctx context.Context, t *Table, c *changes) (*Table, error) {
	next := &Table{
		Run: t.Run, Head: t.Head, Groups: t.Groups, Columns: t.Columns, brings: t.brings, rows: slices.Clone(t.rows),
		byLearner: t.byLearner, byUser: t.byUser, byColumn: t.byColumn, byType: t.byType,
	}
	for _, graded := range c.grades {
		at := next.byLearner[graded.Learner]
		row := *next.rows[at]
		row.takeGrade(graded)
		next.rows[at] = &row
	}
	if c.brings != nil {
		next.brings = c.brings
		for at, old := range next.rows {
			if c.brings[old.Cohort] != t.brings[old.Cohort] {
				row := *old
				row.groups = g.groups(next, row.own, row.Cohort)
				next.rows[at] = &row
			}
		}
	}
	reader := newReader(g, next)
	for i := range c.accounts {
		at := next.byUser[c.accounts[i].ID]
		row := *next.rows[at]
		reader.identify(&row, &c.accounts[i])
		next.rows[at] = &row
	}
	moved, err := g.applyMembers(ctx, next, reader, c.members)
	if err != nil {
		return nil, err
	}
	next.count(moved)
	return next, nil
}

// applyMembers changes, adds and removes rows, and says whether any has moved.
func (g *Gradebook) applyMembers(ctx context.Context, t *Table, reader *reader, members []people.Member) (moved bool, err error) {
	if len(members) == 0 {
		return false, nil
	}
	accounts, err := g.config.People.Accounts(ctx, members)
	if err != nil {
		return false, err
	}
	added := map[string]*Row{}
	var came, gone []string
	for i := range members {
		m := &members[i]
		account, there := accounts[m.User]
		at, known := t.byLearner[m.Pseudonym]
		switch {
		case !there && known:
			gone = append(gone, m.Pseudonym)
		case !there:
		case known:
			row := reader.row(m, &account)
			row.takeGrade(t.rows[at])
			t.rows[at] = row
		default:
			added[m.Pseudonym] = reader.row(m, &account)
			came = append(came, m.Pseudonym)
		}
	}
	if len(came) > 0 { // who enrols may have grades from before
		err = g.config.Scorer.GradesOf(ctx, t.Run.String(), came, func(grade *scoring.GradeRow) error {
			return t.enter(added[grade.Learner], grade)
		})
		if err != nil {
			return false, err
		}
	}
	for _, learner := range came {
		t.rows = append(t.rows, added[learner])
	}
	if len(gone) > 0 {
		t.rows = slices.DeleteFunc(t.rows, func(row *Row) bool { return slices.Contains(gone, row.Learner) })
	}
	return len(came)+len(gone) > 0, nil
}
