package lists

import (
	"context"
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// foresee says what would come of a line, and what there is now. It changes nothing but the line's own account.
func (l *Lists) foresee(ctx context.Context, list *List, d *lineDoc) (Result, before, error) {
	if first, err := l.first(ctx, d, "twin", d.TypedKey); err != nil || !first {
		return Twice, before{}, err
	}
	if refused, err := l.options(ctx, list, d); refused != "" || err != nil {
		return refused, before{}, err
	}
	user, refused, err := l.find(ctx, d)
	if refused != "" || err != nil {
		return refused, before{}, err
	}
	if user == nil {
		return l.foreseeInvitation(ctx, list, d)
	}
	if first, err := l.first(ctx, d, "same", user.ID); err != nil || !first {
		return Twice, before{}, err
	}
	d.User, d.Pseudonym = user.ID, l.config.People.Pseudonym(user.ID, list.Run)
	m, err := l.config.People.Member(ctx, user.ID, list.Run)
	if err != nil {
		return "", before{}, err
	}
	was := before{Enrolled: m.Enrolled, Mode: m.Mode, Since: m.Since, Cohort: m.Cohort}
	mode, cohort := l.wanted(list, d)
	switch {
	case list.Kind == Enrol && user.Disabled:
		return Closed, was, nil
	case list.Kind == Enrol && !m.Enrolled:
		return Enrolled, was, nil
	case list.Kind == Enrol && (mode != "" && mode != m.Mode || cohort != "" && cohort != m.Cohort):
		return Changed, was, nil
	case list.Kind == Enrol:
		return Already, was, nil
	case !m.Enrolled:
		return NotEnrolled, was, nil
	case list.Kind == Unenrol:
		return Unenrolled, was, nil
	case list.Kind == Cohort && cohort == m.Cohort, list.Kind == Draw && m.Cohort != "":
		return Already, was, nil
	}
	return Moved, was, nil
}

// first reports whether no line above has the same value in an index of the list's lines: the same words, or, in other words,
// the same account.
func (l *Lists) first(ctx context.Context, d *lineDoc, index, value string) (bool, error) {
	docs, _, err := l.lines.Find(ctx, store.Query{Index: index, Equal: []any{d.List, value}, Limit: 1})
	if err != nil {
		return false, err
	}
	return len(docs) == 0 || docs[0].Body.Number >= d.Number, nil
}

// wanted are the mode and cohort of a line.
func (l *Lists) wanted(list *List, d *lineDoc) (mode, cohort string) {
	mode, cohort = list.Mode, list.Cohort
	if d.Mode != "" {
		mode = d.Mode
	}
	if d.Cohort != "" {
		cohort = d.Cohort
	}
	return mode, cohort
}

// options refuses a mode or cohort that cannot be.
func (l *Lists) options(ctx context.Context, list *List, d *lineDoc) (Result, error) {
	if list.Kind == Unenrol || list.Kind == Draw {
		return "", nil
	}
	mode, cohort := l.wanted(list, d)
	if list.Kind == Enrol && !possible(mode) {
		return BadMode, nil
	}
	if cohort == "" {
		if list.Kind == Cohort {
			return NoCohort, nil
		}
		return "", nil
	}
	_, err := l.config.People.Cohort(ctx, list.Run, cohort)
	if errors.Is(err, people.ErrNotFound) {
		return NoCohort, nil
	}
	return "", err
}

// find finds the account that a line names. No account and no refusal is an address whose owner has none, or has not confirmed
// that it is his: anybody may have typed it.
func (l *Lists) find(ctx context.Context, d *lineDoc) (*people.User, Result, error) {
	named := strings.Contains(d.Typed, "@")
	if named {
		email, err := people.ParseEmail(d.Typed)
		if err != nil {
			return nil, Invalid, nil //nolint:nilerr // the result says it
		}
		d.Typed = email
	}
	user, err := l.config.People.FindUser(ctx, d.Typed)
	switch {
	case errors.Is(err, people.ErrNotFound) && named:
		return nil, "", nil
	case errors.Is(err, people.ErrNotFound):
		return nil, Unknown, nil
	case err != nil:
		return nil, "", err
	case named && !user.Confirmed && l.notifier != nil:
		return nil, "", nil
	}
	return &user, "", nil
}

// foreseeInvitation says what comes of an address without an account.
func (l *Lists) foreseeInvitation(ctx context.Context, list *List, d *lineDoc) (Result, before, error) {
	in, err := l.config.People.Invitation(ctx, list.Run, d.Typed)
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return "", before{}, err
	}
	was := before{Invited: err == nil, InvitedMode: in.Mode, InvitedCohort: in.Cohort}
	mode, cohort := l.wanted(list, d)
	switch {
	case list.Kind == Enrol && !was.Invited:
		return Invited, was, nil
	case list.Kind == Enrol && (mode != "" && mode != in.Mode || cohort != "" && cohort != in.Cohort):
		return Changed, was, nil
	case list.Kind == Enrol:
		return Already, was, nil
	case !was.Invited:
		return Unknown, was, nil
	case list.Kind == Unenrol:
		return Uninvited, was, nil
	case list.Kind == Cohort && cohort != in.Cohort:
		return Moved, was, nil
	}
	return Already, was, nil
}

// apply changes what the line's result says, and gives the cohort that the person is in then. Doing it twice is doing it once.
func (l *Lists) apply(ctx context.Context, list *List, d *lineDoc) (into string, err error) {
	mode, cohort := l.wanted(list, d)
	if d.User == "" {
		return l.applyInvitation(ctx, list, d, mode, cohort)
	}
	p := l.config.People
	var m people.Member
	switch list.Kind {
	case Unenrol:
		m, _, err = p.Unenrol(ctx, d.User, list.Run)
		return m.Cohort, err
	case Draw:
		m, err = p.DrawCohort(ctx, d.User, list.Run)
		return m.Cohort, err
	case Cohort:
	case Enrol:
		if mode == "" && d.Before.Enrolled {
			mode = d.Before.Mode
		}
		if m, _, err = p.Enrol(ctx, d.User, list.Run, mode); err != nil {
			return "", err
		}
	}
	switch {
	case cohort != "":
		m, err = p.SetCohort(ctx, d.User, list.Run, cohort)
	case !d.Before.Enrolled:
		m, err = p.DrawCohort(ctx, d.User, list.Run)
	}
	return m.Cohort, err
}

func (l *Lists) applyInvitation(ctx context.Context, list *List, d *lineDoc, mode, cohort string) (string, error) {
	if list.Kind == Unenrol {
		_, err := l.config.People.Uninvite(ctx, list.Run, d.Typed)
		return "", err
	}
	if mode == "" {
		mode = d.Before.InvitedMode
	}
	if cohort == "" {
		cohort = d.Before.InvitedCohort
	}
	_, err := l.config.People.Invite(ctx, people.Invitation{Run: list.Run, Email: d.Typed, Mode: mode, Cohort: cohort, By: list.By})
	return cohort, err
}

// undo puts back what a line changed, unless somebody has changed it since.
func (l *Lists) undo(ctx context.Context, list *List, d *lineDoc) (Result, error) {
	if d.Before == nil || !changes(d.Did) {
		return Nothing, nil
	}
	if d.User == "" {
		return l.undoInvitation(ctx, list, d)
	}
	p := l.config.People
	m, err := p.Member(ctx, d.User, list.Run)
	if err != nil {
		return "", err
	}
	was := d.Before
	if m.Enrolled == was.Enrolled && m.Mode == was.Mode && m.Cohort == was.Cohort {
		return Undid, nil // also after a crash in between
	}
	mode, _ := l.wanted(list, d)
	if m.Enrolled != (list.Kind != Unenrol) || m.Cohort != d.Into || list.Kind == Enrol && mode != "" && m.Mode != mode {
		return Left, nil
	}
	if list.Kind == Enrol || list.Kind == Unenrol {
		_, err = p.Restore(ctx, d.User, list.Run, people.Member{Enrolled: was.Enrolled, Mode: was.Mode, Since: was.Since})
	}
	if err == nil && m.Cohort != was.Cohort {
		_, err = p.SetCohort(ctx, d.User, list.Run, was.Cohort)
	}
	if errors.Is(err, people.ErrNotFound) { // the account, or the cohort that he was in, is gone
		return Left, nil
	}
	return Undid, err
}

func (l *Lists) undoInvitation(ctx context.Context, list *List, d *lineDoc) (Result, error) {
	if !d.Before.Invited {
		if _, err := l.config.People.Uninvite(ctx, list.Run, d.Typed); err != nil {
			return "", err
		}
		// Whoever signed up meanwhile is enrolled, and stays so: that was his own doing.
		return Undid, nil
	}
	_, err := l.config.People.Invite(ctx, people.Invitation{
		Run: list.Run, Email: d.Typed, Mode: d.Before.InvitedMode, Cohort: d.Before.InvitedCohort, By: list.By,
	})
	return Undid, err
}

func possible(mode string) bool { return people.CheckMode(mode) == nil }
