package kernel

import (
	"context"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Indexed is a text that a block put into the search of its run.
type Indexed struct {
	Run   string `bson:"run"`
	Usage string `bson:"usage"`
	Type  string `bson:"type"`
	// Learner is whose call put it there, "" for tasks and others: it goes with the person.
	Learner string   `bson:"learner,omitempty"`
	Title   string   `bson:"title,omitempty"`
	Text    string   `bson:"text,omitempty"`
	Path    string   `bson:"path,omitempty"`
	To      []string `bson:"to,omitempty"`
	Stamp   string   `bson:"stamp"`
}

func indexedSpec() store.Spec {
	return store.Spec{Name: "indexed", Learners: "learner", Indexes: []store.Index{{Name: "run", Fields: []string{"run", "stamp"}}}}
}

func (k *Kernel) applyIndex(ctx context.Context, t state.Task, i wire.IndexDoc) error {
	o := t.Entry.Origin
	_, err := k.indexed.Update(ctx, store.ID(o.Run, o.Usage, i.ID), func(doc *Indexed) (bool, error) {
		if doc.Stamp >= t.Stamp() {
			return false, nil
		}
		*doc = Indexed{Run: o.Run, Usage: o.Usage, Type: o.Type, Stamp: t.Stamp()} // a text that was taken out leaves its stamp
		if i.Title != "" || i.Text != "" {
			doc.Learner, doc.Title, doc.Text, doc.Path, doc.To = o.Learner, i.Title, i.Text, i.Path, i.To
		}
		return true, nil
	})
	return err
}

// maxIndexed is how many texts of a run its search knows, maxIndexedSize how many bytes of them: the newest.
const (
	maxIndexed     = 10_000
	maxIndexedSize = 16 << 20
)

// Indexed gives the texts that the blocks of a run put into its search, newest first. Who may find one is for the caller to see
// to: whoever may see the block, and is meant (see [Meant]).
func (k *Kernel) Indexed(ctx context.Context, run string) ([]Indexed, error) {
	var texts []Indexed
	size := 0
	query := store.Query{Index: "run", Equal: []any{run}, Reverse: true, Limit: 1000}
	for {
		docs, next, err := k.indexed.Find(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			if doc.Body.Title == "" && doc.Body.Text == "" {
				continue
			}
			if size += len(doc.Body.Title) + len(doc.Body.Text); size > maxIndexedSize || len(texts) == maxIndexed {
				return texts, nil
			}
			texts = append(texts, doc.Body)
		}
		if query.After = next; query.After == "" {
			return texts, nil
		}
	}
}

// Meant reports whether an audience, as blocks name it, includes a person: it is everybody where it is empty, else pseudonyms,
// roles and groups.
func Meant(to []string, p *access.Person) bool {
	if len(to) == 0 || p.Learner != "" && slices.Contains(to, p.Learner) {
		return true
	}
	return slices.ContainsFunc(groupNames(p), func(name string) bool { return slices.Contains(to, name) })
}
