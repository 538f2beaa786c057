package course

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Draft is a block's content as its team last saved it, not published yet.
type Draft struct {
	Course string `bson:"course"`
	Usage  string `bson:"usage"`
	// Base is the hash of the published revision that it started from, "" for a new block.
	Base string `bson:"base,omitempty"`
	// Revision names its children by type and id alone: their hashes mean nothing, since a child changes without its parent.
	Revision Revision  `bson:"revision"`
	At       time.Time `bson:"at"`
	By       string    `bson:"by"`
	// Conflicts are what authors wrote that could be merged with nothing; each stays until one of them decides.
	Conflicts []Conflict `bson:"conflicts,omitempty"`
	// Last is what wrote the draft last, so that its line of the history can be entered again after a crash.
	Last Touch `bson:"last,omitempty"`
	// Holds are its children as [Draft.Index] names them, so that a block finds what it stands in.
	Holds []string `bson:"holds,omitempty"`
	// Done are the newest operations that wrote the draft, so that none writes it twice.
	Done []string `bson:"done,omitempty"`
}

// Conflict is one author's text of a field that somebody else has changed otherwise meanwhile.
type Conflict struct {
	ID    string `bson:"id"`
	Field string `bson:"field"`
	// Base is what the author started from and Value what he wrote, as JSON; "null" is unset.
	Base  string    `bson:"base"`
	Value string    `bson:"value"`
	By    string    `bson:"by"`
	At    time.Time `bson:"at"`
}

// Touch is one operation on a draft.
type Touch struct {
	Op   string `bson:"op"`
	Kind string `bson:"kind"`
	// Before is the hash of the content that it found.
	Before string `bson:"before,omitempty"`
	// Began is when its first save was.
	Began time.Time `bson:"began"`
	// Fields are those that its saves were about.
	Fields []string `bson:"fields,omitempty"`
}

// DraftSpec is the collection of drafts, by usage key.
func DraftSpec() store.Spec {
	return store.Spec{Name: "drafts", Indexes: []store.Index{
		{Name: "course", Fields: []string{"course"}}, {Name: "holds", Fields: []string{"holds", "course"}, Multi: true},
	}}
}

// Index sets what the draft's children are found by. Whoever stores a draft calls it.
func (d *Draft) Index() {
	d.Holds = nil
	for _, child := range d.Revision.Children[:min(len(d.Revision.Children), store.MaxMulti)] {
		d.Holds = append(d.Holds, placeKey(child.Type, child.ID))
	}
}

// Apart gives the content with its children by type and id alone, as a draft has it. Its hash is the block's own content's,
// whatever its children hold.
func (r *Revision) Apart() *Revision {
	apart := *r
	apart.Children = make([]ChildRef, len(r.Children))
	for i, child := range r.Children {
		apart.Children[i] = ChildRef{Type: child.Type, ID: child.ID}
	}
	return &apart
}
