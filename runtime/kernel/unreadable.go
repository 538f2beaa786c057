package kernel

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store"
)

// mostUnreadable bounds how many learners' work is looked at for [Kernel.Unreadable].
const mostUnreadable = 10_000

// Unreadable is work that a version of a block cannot read, because a newer one with a higher schema wrote it.
type Unreadable struct {
	// Learners counts documents, one for each learner and place; More says that there was more to look at than was counted.
	Learners int
	More     bool
	// Schema is the highest number that was found, Reads the one that the version has, Usage a place where it is so.
	Schema, Reads int
	Usage         string
}

// String tells it in a sentence, for commands.
func (u *Unreadable) String() string {
	least := ""
	if u.More {
		least = "at least "
	}
	return fmt.Sprintf("what %s%d learners stored was written with schema %d, and this version reads schema %d, such as at %s",
		least, u.Learners, u.Schema, u.Reads, u.Usage)
}

// Unreadable looks for learners' work, in published courses, that a version cannot read: whoever goes back to it takes the block
// away from them until the newer one is there again. nil is none.
func (k *Kernel) Unreadable(ctx context.Context, version *registry.Version) (*Unreadable, error) {
	var u Unreadable
	looked := 0
	for _, t := range version.Manifest.Types {
		description, err := version.Describe(ctx, t.Name)
		if err != nil {
			return nil, fmt.Errorf("looking for what %s cannot read: %w", version.Manifest.Name, err)
		}
		err = k.eachUsage(ctx, t.Name, func(usage string) (bool, error) {
			query := store.Query{Index: "usage", Equal: []any{usage}, Limit: store.MaxPage}
			for {
				docs, next, err := k.learners.Find(ctx, query)
				if err != nil {
					return false, err
				}
				for i := range docs {
					if l := &docs[i].Body; len(l.Fields) > 0 && l.Schema > description.Schema {
						u.Learners++
						u.Schema, u.Reads, u.Usage = max(u.Schema, l.Schema), description.Schema, usage
					}
				}
				if looked += len(docs); looked >= mostUnreadable {
					u.More = true
					return false, nil
				}
				if query.After = next; next == "" {
					return true, nil
				}
			}
		})
		if err != nil {
			return nil, fmt.Errorf("looking for what %s cannot read: %w", version.Manifest.Name, err)
		}
	}
	if u.Learners == 0 {
		return nil, nil //nolint:nilnil // none
	}
	return &u, nil
}
