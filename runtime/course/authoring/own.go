package authoring

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// OwnEdit is one line of a course's history, as its author may take it along: when he changed what, and not what others wrote there.
type OwnEdit struct {
	Course string    `json:"course"`
	Kind   string    `json:"kind"`
	Began  time.Time `json:"began"`
	At     time.Time `json:"at"`
	Blocks []OwnPart `json:"blocks,omitempty"`
	Fields []string  `json:"fields,omitempty"`
	Note   string    `json:"note,omitempty"`
}

// OwnPart is a block that was changed, with its title then.
type OwnPart struct {
	Usage string `json:"usage"`
	Title string `json:"title,omitempty"`
}

// EditsBy visits everything that a user did to courses, the oldest first.
func (a *Authoring) EditsBy(ctx context.Context, user string, visit func(OwnEdit) error) error {
	query := store.Query{Index: "by", Equal: []any{user}, Limit: 200}
	for more := true; more; more = query.After != "" {
		docs, next, err := a.edits.Find(ctx, query)
		if err != nil {
			return fmt.Errorf("reading what somebody changed: %w", err)
		}
		query.After = next
		var hashes []string
		for _, doc := range docs {
			for _, step := range doc.Body.Steps {
				hashes = append(hashes, step.After)
			}
		}
		contents, err := a.courses.RevisionsByHash(ctx, hashes)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			e := &doc.Body
			own := OwnEdit{Course: e.Course, Kind: e.Kind, Began: e.Began, At: e.At, Fields: e.Fields, Note: e.Note}
			for _, step := range e.Steps {
				part := OwnPart{Usage: step.Usage}
				if content := contents[step.After]; content != nil {
					part.Title, _ = unquote(content.Fields["display_name"])
				}
				own.Blocks = append(own.Blocks, part)
			}
			if err := visit(own); err != nil {
				return err
			}
		}
	}
	return nil
}
