package remarks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Limits.
const (
	// MaxText bounds one remark, in bytes.
	MaxText = 4000
	// MaxRemarks bounds the remarks of one talk.
	MaxRemarks = 100
	// MaxTalks bounds the talks that a list shows.
	MaxTalks = 500
)

// Errors of this package.
var (
	// ErrNotFound says that there is no such talk or remark in this course, or none of this author's.
	ErrNotFound = errors.New("there is no such remark")
	// ErrText says that a remark is empty, too long or no text.
	ErrText = fmt.Errorf("a remark has between one letter and %d bytes", MaxText)
	// ErrFull says that a talk has as many remarks as it may have.
	ErrFull = fmt.Errorf("a talk has at most %d remarks", MaxRemarks)
)

// Talk is what was said about one block.
type Talk struct {
	// ID names the talk in its course.
	ID     string `bson:"talk"`
	Course string `bson:"course"`
	// Usage is the block, Unit the unit that it stood in when the talk began.
	Usage   string    `bson:"usage"`
	Unit    string    `bson:"unit"`
	Began   time.Time `bson:"began"`
	Remarks []Remark  `bson:"remarks"`
	// Settled says since when there is nothing left to do about it, and SettledBy (a user id) who said so; nil while it is open.
	Settled   *time.Time `bson:"settled,omitempty"`
	SettledBy string     `bson:"settled_by,omitempty"`
	// Open is the course while the talk is open.
	Open string `bson:"open,omitempty"`
}

// Remark is what one author said.
type Remark struct {
	ID string `bson:"id"`
	// By is a user id.
	By string    `bson:"by"`
	At time.Time `bson:"at"`
	// Edited is when its author changed it last.
	Edited *time.Time `bson:"edited,omitempty"`
	// Text is plain text with lines; "" where its author took it back.
	Text string `bson:"text,omitempty"`
}

// TalkSpec is the collection of talks, by (course, talk).
func TalkSpec() store.Spec {
	return store.Spec{Name: "remarks", Indexes: []store.Index{
		{Name: "unit", Fields: []string{"unit", "began"}},
		{Name: "open", Fields: []string{"open", "began"}},
	}}
}

// Specs lists the collections of this package.
func Specs() []store.Spec { return []store.Spec{TalkSpec(), ReviewSpec()} }

// Remarks gives access to the talks and reviews of a store, whose collections (see [Specs]) must have been ensured. Who may read and
// write them is the caller's matter. Safe for concurrent use.
type Remarks struct {
	talks   store.Collection[Talk]
	reviews store.Collection[Review]
	now     func() time.Time
	newID   func() string
}

// New gives access to the remarks in s. now is the clock, newID makes names that are used once.
func New(s store.Store, now func() time.Time, newID func() string) *Remarks {
	return &Remarks{store.Of[Talk](s, TalkSpec()), store.Of[Review](s, ReviewSpec()), now, newID}
}

func (r *Remarks) moment() time.Time { return r.now().UTC().Truncate(time.Millisecond) }

// checkText gives a remark's text as it is kept.
func checkText(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" || len(text) > MaxText || !utf8.ValidString(text) {
		return "", ErrText
	}
	return text, nil
}

// Begin opens a talk about a block of a unit. by is a user id.
func (r *Remarks) Begin(ctx context.Context, by string, unit, about key.Usage, text string) (Talk, error) {
	text, err := checkText(text)
	if err != nil {
		return Talk{}, err
	}
	run, at := about.Course.String(), r.moment()
	talk := Talk{ID: r.newID(), Course: run, Usage: about.String(), Unit: unit.String(), Began: at, Open: run, Remarks: []Remark{{ID: r.newID(), By: by, At: at, Text: text}}}
	if err := r.talks.Insert(ctx, store.ID(run, talk.ID), talk); err != nil {
		return Talk{}, fmt.Errorf("beginning a talk: %w", err)
	}
	return talk, nil
}

// change changes a talk that there is.
func (r *Remarks) change(ctx context.Context, run key.Course, talk string, change func(*Talk) (bool, error)) (Talk, error) {
	doc, err := r.talks.Update(ctx, store.ID(run.String(), talk), func(t *Talk) (bool, error) {
		if t.ID == "" {
			return false, ErrNotFound
		}
		return change(t)
	})
	if err != nil {
		return Talk{}, fmt.Errorf("changing a talk: %w", err)
	}
	return doc.Body, nil
}

// Answer adds a remark. A settled talk is open again with it.
func (r *Remarks) Answer(ctx context.Context, by string, run key.Course, talk, text string) (Talk, error) {
	text, err := checkText(text)
	if err != nil {
		return Talk{}, err
	}
	at, id := r.moment(), r.newID()
	return r.change(ctx, run, talk, func(t *Talk) (bool, error) {
		if len(t.Remarks) >= MaxRemarks {
			return false, ErrFull
		}
		t.Remarks = append(t.Remarks, Remark{ID: id, By: by, At: at, Text: text})
		t.Settled, t.SettledBy, t.Open = nil, "", t.Course
		return true, nil
	})
}

// Edit changes the text of an author's own remark; "" takes it back. A talk of which nothing is left is settled.
func (r *Remarks) Edit(ctx context.Context, by string, run key.Course, talk, remark, text string) (Talk, error) {
	if text != "" {
		var err error
		if text, err = checkText(text); err != nil {
			return Talk{}, err
		}
	}
	at := r.moment()
	return r.change(ctx, run, talk, func(t *Talk) (bool, error) {
		i := slices.IndexFunc(t.Remarks, func(one Remark) bool { return one.ID == remark && one.By == by })
		if i < 0 {
			return false, ErrNotFound
		}
		if t.Remarks[i].Text == text {
			return false, nil
		}
		t.Remarks[i].Text, t.Remarks[i].Edited = text, &at
		if !slices.ContainsFunc(t.Remarks, func(one Remark) bool { return one.Text != "" }) {
			t.Settled, t.SettledBy, t.Open = &at, by, ""
		}
		return true, nil
	})
}

// Settle says that nothing is left to do about a talk, or takes that back.
func (r *Remarks) Settle(ctx context.Context, by string, run key.Course, talk string, settled bool) (Talk, error) {
	at := r.moment()
	return r.change(ctx, run, talk, func(t *Talk) (bool, error) {
		if settled == (t.Settled != nil) {
			return false, nil
		}
		t.Settled, t.SettledBy, t.Open = nil, "", t.Course
		if settled {
			t.Settled, t.SettledBy, t.Open = &at, by, ""
		}
		return true, nil
	})
}

// Of lists the talks about a unit and what is in it, the oldest first, at most [MaxTalks].
func (r *Remarks) Of(ctx context.Context, unit key.Usage) ([]Talk, error) {
	return r.list(ctx, store.Query{Index: "unit", Equal: []any{unit.String()}, Limit: MaxTalks})
}

// Open lists the open talks of a course, the newest first, at most [MaxTalks].
func (r *Remarks) Open(ctx context.Context, run key.Course) ([]Talk, error) {
	return r.list(ctx, store.Query{Index: "open", Equal: []any{run.String()}, Reverse: true, Limit: MaxTalks})
}

func (r *Remarks) list(ctx context.Context, query store.Query) ([]Talk, error) {
	docs, _, err := r.talks.Find(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("listing talks: %w", err)
	}
	talks := make([]Talk, len(docs))
	for i := range docs {
		talks[i] = docs[i].Body
	}
	return talks, nil
}
