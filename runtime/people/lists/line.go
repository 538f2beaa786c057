package lists

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Result is what came, or would come, of a line. Results are append-only.
type Result string

// The results.
const (
	Enrolled    Result = "enrolled"
	Changed     Result = "changed" // enrolled before, in another mode or cohort
	Already     Result = "already" // nothing to do
	Invited     Result = "invited" // no such account: enrolled when it is there with this address
	Unenrolled  Result = "unenrolled"
	Uninvited   Result = "uninvited"
	Moved       Result = "moved"        // into another cohort
	NotEnrolled Result = "not_enrolled" // so there is nothing to end or to move
	Unknown     Result = "unknown"      // no such account, and no address to invite
	Invalid     Result = "invalid"      // neither a name nor an address
	Closed      Result = "closed"       // the account is closed
	NoCohort    Result = "no_cohort"    // the run has no such cohort
	BadMode     Result = "bad_mode"
	Twice       Result = "twice"   // named further up
	Undid       Result = "undid"   // taken back
	Left        Result = "left"    // changed by somebody since: not taken back
	Nothing     Result = "nothing" // there was nothing to take back
)

// Refused reports whether a line with the result has to be mended by who handed it in.
func (r Result) Refused() bool {
	switch r {
	case Unknown, Invalid, Closed, NoCohort, BadMode:
		return true
	case Enrolled, Changed, Already, Invited, Unenrolled, Uninvited, Moved, NotEnrolled, Twice, Undid, Left, Nothing:
	}
	return false
}

// Line is a line as it stands.
type Line struct {
	// Line is where it stood in what was handed in, from 1.
	Line         int
	Typed        string
	Mode, Cohort string
	Result       Result
	// Pseudonym is that of the account, "" where there is none.
	Pseudonym string
	// Mail says what became of the mail: "sent", "failed", or "" where none was asked for.
	Mail string
}

// lineDoc's id is (list, number), with zeros before the number.
type lineDoc struct {
	List      string `bson:"list"`
	Number    int    `bson:"number"`
	Line      int    `bson:"line"`
	Typed     string `bson:"typed"`
	TypedKey  string `bson:"typed_key"`
	Mode      string `bson:"mode,omitempty"`
	Cohort    string `bson:"cohort,omitempty"`
	User      string `bson:"user,omitempty"`
	Pseudonym string `bson:"pseudonym,omitempty"`
	Result    Result `bson:"result,omitempty"`
	// State is the list's when the result was found: a line that was finished before a crash is not worked on again.
	State State `bson:"state,omitempty"`
	// Did is the result of doing, which undoing needs.
	Did  Result `bson:"did,omitempty"`
	Mail string `bson:"mail,omitempty"`
	// Before is what there was before anything was done, written before anything is.
	Before *before `bson:"before,omitempty"`
	// Into is the cohort that somebody was put into.
	Into string `bson:"into,omitempty"`
}

// before is what a line's person was in the run.
type before struct {
	Enrolled bool      `bson:"enrolled,omitempty"`
	Mode     string    `bson:"mode,omitempty"`
	Since    time.Time `bson:"since,omitempty"`
	Cohort   string    `bson:"cohort,omitempty"`
	// Invited is the invitation that there was, with its mode and cohort.
	Invited       bool   `bson:"invited,omitempty"`
	InvitedMode   string `bson:"invited_mode,omitempty"`
	InvitedCohort string `bson:"invited_cohort,omitempty"`
}

func lineID(list string, number int) string { return store.ID(list, fmt.Sprintf("%06d", number)) }

func typedKey(typed string) string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	return typed[:min(len(typed), maxTyped)]
}

func newLine(list string, number int, entry Entry) lineDoc {
	clip := func(text string) string {
		text = strings.ToValidUTF8(strings.TrimSpace(text), "\ufffd")
		return strings.ToValidUTF8(text[:min(len(text), maxTyped)], "")
	}
	typed := clip(entry.Who)
	return lineDoc{
		List: list, Number: number, Line: entry.Line, Typed: typed, TypedKey: typedKey(typed), Mode: clip(entry.Mode), Cohort: clip(entry.Cohort),
	}
}

func (d *lineDoc) line() Line {
	return Line{d.Line, d.Typed, d.Mode, d.Cohort, d.Result, d.Pseudonym, d.Mail}
}

// Lines gives a page of a list's lines, in their order; result chooses those of one, "" all.
func (l *Lists) Lines(ctx context.Context, list string, result Result, limit int, after store.Cursor) ([]Line, store.Cursor, error) {
	query := store.Query{Index: "list", Equal: []any{list}, Limit: limit, After: after}
	if result != "" {
		query = store.Query{Index: "result", Equal: []any{list, string(result)}, Limit: limit, After: after}
	}
	docs, next, err := l.lines.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("listing lines: %w", err)
	}
	lines := make([]Line, len(docs))
	for i := range docs {
		lines[i] = docs[i].Body.line()
	}
	return lines, next, nil
}

// line works on one line in the list's state and keeps the result.
func (l *Lists) line(ctx context.Context, list *List, doc store.Doc[lineDoc]) (Result, error) {
	d := &doc.Body
	if d.State == list.State {
		return d.Result, nil
	}
	var err error
	switch list.State {
	case Checking:
		d.Result, _, err = l.foresee(ctx, list, d)
	case Running:
		d.Result, err = l.do(ctx, list, &doc)
		d.Did = d.Result
	case Undoing:
		d.Result, err = l.undo(ctx, list, d)
	case Ready, Done, Undone:
	}
	if err != nil {
		return "", err
	}
	d.State = list.State
	if _, err := l.lines.Replace(ctx, doc); err != nil && !errors.Is(err, store.ErrNotFound) { // erased meanwhile
		return "", err
	}
	return d.Result, nil
}

// do finds what there was, keeps that, and then changes it: a line that is done again after a crash tells what it did.
func (l *Lists) do(ctx context.Context, list *List, doc *store.Doc[lineDoc]) (Result, error) {
	d := &doc.Body
	if d.Before == nil {
		result, was, err := l.foresee(ctx, list, d)
		if err != nil || !changes(result) {
			return result, err
		}
		d.Before, d.Result = &was, result
		*doc, err = l.lines.Replace(ctx, *doc)
		if errors.Is(err, store.ErrNotFound) { // erased meanwhile
			return Unknown, nil
		}
		if err != nil {
			return "", err
		}
		d = &doc.Body
	}
	into, err := l.apply(ctx, list, d)
	if errors.Is(err, people.ErrNotFound) { // account or cohort went since
		return Unknown, nil
	}
	if err != nil {
		return "", err
	}
	d.Into = into
	if list.Mail && l.notifier != nil && tells(d.Result) {
		d.Mail = mailDue
	}
	return d.Result, nil
}

func changes(result Result) bool {
	switch result {
	case Enrolled, Changed, Invited, Unenrolled, Uninvited, Moved:
		return true
	case Already, NotEnrolled, Unknown, Invalid, Closed, NoCohort, BadMode, Twice, Undid, Left, Nothing:
	}
	return false
}

// What became of a line's mail.
const (
	mailDue    = "due"
	mailSent   = "sent"
	mailFailed = "failed"
)

// tells reports whether a result is worth a mail.
func tells(result Result) bool {
	return result == Enrolled || result == Invited || result == Unenrolled
}

// mail tells the line's person and keeps whether that went out. A mail that cannot be sent changes nothing else.
func (l *Lists) mail(ctx context.Context, list *List, id string) error {
	doc, err := l.lines.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) { // erased meanwhile
		return nil
	}
	if err != nil || doc.Body.Mail != mailDue {
		return err
	}
	d := &doc.Body
	d.Mail = mailSent
	if err := l.send(ctx, list, d); err != nil {
		if ctx.Err() != nil { // it goes on later
			return ctx.Err()
		}
		l.config.Log.WarnContext(ctx, "a mail of a list was not sent", "list", d.List, "line", d.Line, "error", err)
		d.Mail = mailFailed
	}
	if _, err := l.lines.Replace(ctx, doc); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

func (l *Lists) send(ctx context.Context, list *List, d *lineDoc) error {
	notice := Notice{Kind: list.Kind, Run: list.Run, Email: d.Typed, Language: list.Language, Key: fmt.Sprintf("%s-%d", d.List, d.Number)}
	if d.User != "" {
		user, err := l.config.People.User(ctx, d.User)
		if err != nil {
			return err
		}
		notice.User, notice.Email = &user, user.Email
	}
	if notice.Email == "" {
		return errors.New("the account has no address")
	}
	return l.notifier.Notify(ctx, notice)
}
