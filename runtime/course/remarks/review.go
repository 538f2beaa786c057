package remarks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Verdict is what a reviewer says.
type Verdict string

// Verdicts. They are stored.
const (
	Asked    Verdict = ""
	Approved Verdict = "approved"
	// Wanted says that something is to be changed first.
	Wanted Verdict = "changes"
)

// ErrOwn says that an author may not approve what is his own work.
var ErrOwn = errors.New("nobody reviews his own work")

// ErrChanged says that what is to be reviewed is not any more what the reviewer saw.
var ErrChanged = errors.New("the work has changed since")

// Review is one request to look at unpublished work, and its answer. There is one for each part of a course: the newest.
type Review struct {
	Course string `bson:"course"`
	// Within is the part: a block of the outline, or the course's root.
	Within string `bson:"within"`
	// State names what was to be published when it was asked for, or approved: an approval holds for that and nothing else.
	State string    `bson:"state"`
	By    string    `bson:"by"`
	At    time.Time `bson:"at"`
	Note  string    `bson:"note,omitempty"`
	// Verdict is Reviewer's (a user id).
	Verdict    Verdict    `bson:"verdict,omitempty"`
	Reviewer   string     `bson:"reviewer,omitempty"`
	ReviewedAt *time.Time `bson:"reviewed_at,omitempty"`
	Answer     string     `bson:"answer,omitempty"`
}

// ReviewSpec is the collection of reviews, by (course, part).
func ReviewSpec() store.Spec {
	return store.Spec{Name: "reviews", Indexes: []store.Index{{Name: "course", Fields: []string{"course", "at"}}}}
}

// note gives a note as it is kept: none is allowed.
func note(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	return checkText(text)
}

// Ask asks for a review of a part in a state. What was asked or answered about the part before is replaced.
func (r *Remarks) Ask(ctx context.Context, by string, within key.Usage, state, text string) (Review, error) {
	text, err := note(text)
	if err != nil {
		return Review{}, err
	}
	run := within.Course.String()
	doc, err := r.reviews.Update(ctx, store.ID(run, within.String()), func(v *Review) (bool, error) {
		*v = Review{Course: run, Within: within.String(), State: state, By: by, At: r.moment(), Note: text}
		return true, nil
	})
	if err != nil {
		return Review{}, fmt.Errorf("asking for a review: %w", err)
	}
	return doc.Body, nil
}

// Judge answers a review, or approves without having been asked. now is the state of the part at this moment and seen the one that
// the reviewer saw, ErrChanged where they differ; authors are whose work it is: one of them cannot approve it (ErrOwn).
func (r *Remarks) Judge(ctx context.Context, reviewer string, within key.Usage, seen, now string, authors []string, verdict Verdict, text string) (Review, error) {
	text, err := note(text)
	if err != nil {
		return Review{}, err
	}
	switch {
	case verdict != Approved && verdict != Wanted:
		return Review{}, fmt.Errorf("%w: no verdict", ErrNotFound)
	case seen != now:
		return Review{}, ErrChanged
	case verdict == Approved && slices.Contains(authors, reviewer):
		return Review{}, ErrOwn
	}
	run, at := within.Course.String(), r.moment()
	doc, err := r.reviews.Update(ctx, store.ID(run, within.String()), func(v *Review) (bool, error) {
		if v.Course == "" {
			*v = Review{Course: run, Within: within.String(), At: at}
		}
		v.State, v.Verdict, v.Reviewer, v.ReviewedAt, v.Answer = seen, verdict, reviewer, &at, text
		return true, nil
	})
	if err != nil {
		return Review{}, fmt.Errorf("answering a review: %w", err)
	}
	return doc.Body, nil
}

// Review is the newest review of a part; ErrNotFound where there was none.
func (r *Remarks) Review(ctx context.Context, within key.Usage) (Review, error) {
	doc, err := r.reviews.Get(ctx, store.ID(within.Course.String(), within.String()))
	if errors.Is(err, store.ErrNotFound) {
		return Review{}, ErrNotFound
	}
	if err != nil {
		return Review{}, fmt.Errorf("looking for a review: %w", err)
	}
	return doc.Body, nil
}

// Reviews lists the reviews of a course that wait for an answer, the newest first, at most [MaxTalks].
func (r *Remarks) Reviews(ctx context.Context, run key.Course) ([]Review, error) {
	docs, _, err := r.reviews.Find(ctx, store.Query{Index: "course", Equal: []any{run.String()}, Reverse: true, Limit: MaxTalks})
	if err != nil {
		return nil, fmt.Errorf("listing reviews: %w", err)
	}
	var open []Review
	for i := range docs {
		if docs[i].Body.Verdict == Asked {
			open = append(open, docs[i].Body)
		}
	}
	return open, nil
}

// Done forgets the review of a part: it is published, or there is nothing left to review.
func (r *Remarks) Done(ctx context.Context, within key.Usage) error {
	err := r.reviews.Delete(ctx, store.ID(within.Course.String(), within.String()), 0)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("ending a review: %w", err)
	}
	return nil
}
