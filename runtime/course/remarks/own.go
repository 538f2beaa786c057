package remarks

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Said is what one person wrote to his team: a remark, or his part of a review.
type Said struct {
	// Kind is remark, review (which he asked for) or verdict (which he gave).
	Kind   string    `json:"kind"`
	Course string    `json:"course"`
	About  string    `json:"about"`
	At     time.Time `json:"at"`
	// Edited is when he changed it last.
	Edited  *time.Time `json:"edited,omitempty"`
	Verdict Verdict    `json:"verdict,omitempty"`
	Text    string     `json:"text,omitempty"`
}

// By visits everything that a user wrote, and nothing that others did.
func (r *Remarks) By(ctx context.Context, user string, visit func(Said) error) error {
	err := r.talks.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[Talk]) error {
		for _, remark := range doc.Body.Remarks {
			if remark.By != user {
				continue
			}
			if err := visit(Said{Kind: "remark", Course: doc.Body.Course, About: doc.Body.Usage, At: remark.At, Edited: remark.Edited, Text: remark.Text}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading what somebody wrote: %w", err)
	}
	err = r.reviews.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[Review]) error {
		review := &doc.Body
		if review.By == user {
			if err := visit(Said{Kind: "review", Course: review.Course, About: review.Within, At: review.At, Text: review.Note}); err != nil {
				return err
			}
		}
		if review.Reviewer != user || review.ReviewedAt == nil {
			return nil
		}
		return visit(Said{Kind: "verdict", Course: review.Course, About: review.Within, At: *review.ReviewedAt, Verdict: review.Verdict, Text: review.Answer})
	})
	if err != nil {
		return fmt.Errorf("reading what somebody wrote: %w", err)
	}
	return nil
}
