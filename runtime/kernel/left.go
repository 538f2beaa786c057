package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Left is a value that stands in published courses and that another version of its block would not read: nothing is erased, but
// nobody sees it until a version that declares it is back.
type Left struct {
	// Field is the field's name, Member that of a list's member, "" for the whole.
	Field, Member string
	// Components count what the course team filled in, Learners what learners stored; one of them is 0. Place is one of them.
	Components, Learners int
	Place                string
}

// String tells it in a sentence, for commands.
func (l *Left) String() string {
	what := "the field " + l.Field
	if l.Member != "" {
		what = "the member " + l.Member + " of the list " + l.Field
	}
	if l.Learners > 0 {
		return fmt.Sprintf("%s is gone and no migrate keeps it: %d learners have a value in it that nobody would read, such as at %s", what, l.Learners, l.Place)
	}
	return fmt.Sprintf("%s is gone: %d components hold a value in it that nobody would read, such as %s", what, l.Components, l.Place)
}

// Leaves lists what published courses hold of a block type that a description reads and another does not. What learners stored
// is left where no migration takes it along; what authors wrote never goes through one.
func (k *Kernel) Leaves(ctx context.Context, blockType string, before, after *wire.Description) ([]Left, error) {
	gone := goneFrom(before, after)
	if len(gone) == 0 {
		return nil, nil
	}
	looked := 0
	err := k.eachUsage(ctx, blockType, func(usage string) (bool, error) {
		if err := k.leftByAuthors(ctx, usage, gone); err != nil {
			return false, err
		}
		n, err := k.leftByLearners(ctx, usage, gone, mostUnreadable-looked)
		looked += n
		return looked < mostUnreadable, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for what %s would leave behind: %w", blockType, err)
	}
	var left []Left
	for _, g := range gone {
		if g.Components+g.Learners > 0 {
			left = append(left, g.Left)
		}
	}
	return left, nil
}

// goneField is a field, or a member of a list, that the later description has not.
type goneField struct {
	Left

	authored bool
}

func goneFrom(before, after *wire.Description) []*goneField {
	migrates := after.Schema > before.Schema && implements(after, wire.OpMigrate)
	var gone []*goneField
	for _, f := range before.Fields {
		authored := f.Scope.Authored()
		if !authored && (migrates || f.Scope != wire.ScopeUserState) {
			continue
		}
		at := slices.IndexFunc(after.Fields, func(o wire.Field) bool { return o.Name == f.Name && o.Scope.Authored() == authored })
		if at < 0 {
			gone = append(gone, &goneField{Left{Field: f.Name}, authored})
			continue
		}
		now := after.Fields[at].Items
		if !authored || len(now) == 0 {
			continue // rows that nobody describes may hold anything
		}
		for _, item := range f.Items {
			if !slices.ContainsFunc(now, func(o wire.Item) bool { return o.Name == item.Name }) {
				gone = append(gone, &goneField{Left{Field: f.Name, Member: item.Name}, true})
			}
		}
	}
	return gone
}

func (k *Kernel) leftByAuthors(ctx context.Context, usage string, gone []*goneField) error {
	if !slices.ContainsFunc(gone, func(g *goneField) bool { return g.authored }) {
		return nil
	}
	at, err := key.ParseUsage(usage)
	if err != nil {
		return err
	}
	published, err := k.config.Courses.Published(ctx, at.Course)
	if err != nil {
		return err
	}
	block, err := published.Find(ctx, at)
	if err != nil {
		return err
	}
	revision, err := k.config.Courses.Revision(ctx, block.Hash)
	if err != nil {
		return err
	}
	for _, g := range gone {
		if g.authored && holds(revision.Fields[g.Field], g.Member) {
			g.Components++
			g.Place = usage
		}
	}
	return nil
}

// holds reports whether a stored value says something: of a list's member, whether any row does.
func holds(value, member string) bool {
	said := func(raw string) bool {
		return !slices.Contains([]string{"", "null", `""`, "[]", "{}"}, strings.TrimSpace(raw))
	}
	if member == "" || !said(value) {
		return said(value)
	}
	var rows []json.RawMessage
	if json.Unmarshal([]byte(value), &rows) != nil {
		return false
	}
	return slices.ContainsFunc(rows, func(row json.RawMessage) bool {
		var members map[string]json.RawMessage
		return json.Unmarshal(row, &members) == nil && said(string(members[member]))
	})
}

// leftByLearners looks at no more documents than most, and says at how many.
func (k *Kernel) leftByLearners(ctx context.Context, usage string, gone []*goneField, most int) (looked int, err error) {
	if !slices.ContainsFunc(gone, func(g *goneField) bool { return !g.authored }) {
		return 0, nil
	}
	query := store.Query{Index: "usage", Equal: []any{usage}, Limit: store.MaxPage}
	for looked < most {
		docs, next, err := k.learners.Find(ctx, query)
		if err != nil {
			return looked, err
		}
		for i := range docs {
			for _, g := range gone {
				if !g.authored && holds(docs[i].Body.Fields[g.Field], "") {
					g.Learners++
					g.Place = usage
				}
			}
		}
		looked += len(docs)
		if query.After = next; next == "" {
			break
		}
	}
	return looked, nil
}
