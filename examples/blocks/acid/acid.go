// Package acid is a block that tests the platform from the inside. Each row of its page is one promise of the contract; the block
// asks for it by its own handlers, tasks, pages and gradings, and its script by what the platform gives to scripts. A promise
// holds, is broken, or has no host yet, which is known by asking.
package acid

import (
	"embed"
	"slices"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales
var locales embed.FS

// Fields is one field of each scope and what the checks remember.
type Fields struct {
	Title   sdk.Opt[string] `quoin:"title,content" default:"\"Acid\"" title:"Title"`
	Planted sdk.Opt[string] `quoin:"planted,content,secret" default:"\"planted-by-the-author\"" title:"A key" help:"No learner may ever see it."`
	Place   sdk.Opt[string] `quoin:"place,settings" default:"\"here\"" title:"Place"`
	Typed   sdk.Opt[string] `quoin:"typed,settings,key" title:"A typed key" help:"Signs by the field's name."`
	File    sdk.Opt[string] `quoin:"course_file,settings,file" default:"\"\"" title:"A course file"`

	Results map[string]Result `quoin:"results,user_state"`
	Word    string            `quoin:"word,user_state" default:"\"unwritten\""`
	Three   sdk.Opt[int]      `quoin:"three,user_state"`
	Own     []int             `quoin:"own,user_state"`
	Hidden  string            `quoin:"hidden,user_state"`
	Mark    string            `quoin:"mark,user_state"`
	Posts   int               `quoin:"posts,user_state"`
	Shown   string            `quoin:"shown,user_state"`

	Pref      string `quoin:"pref,preferences"`
	PrefMark  string `quoin:"pref_mark,preferences"`
	ShownPref string `quoin:"shown_pref,preferences"`
	Info      string `quoin:"info,user_info"`
	ShownInfo string `quoin:"shown_info,user_info"`

	Total  int            `quoin:"total,user_state_summary,sum"`
	Tally  map[string]int `quoin:"tally,user_state_summary,sum"`
	Recent []string       `quoin:"recent,user_state_summary,list" max:"3"`
}

// Public is the prepared value, member by member as the platform gave it: a member that should not be there would be seen.
type Public map[string]any

// Secret is the prepared value that no learner's call gets.
type Secret struct {
	Planted string `json:"planted"`
	// Sealed is made of the seed, for the question.
	Sealed int `json:"sealed,omitempty"`
}

type block struct{}

// Block is what the platform loads: the page of checks, a question, a child and an app.
func Block() sdk.Block {
	return sdk.Types{"acid": page(), "acid_question": question(), "acid_child": child(), "acid_app": app()}
}

var (
	learner = []wire.Role{wire.RoleLearner}
	staff   = []wire.Role{wire.RoleStaff}
	outside = []wire.Role{wire.RoleOutside}
)

// emitted is the event that the block emits and subscribes to.
const emitted = "quoin.acid.asked"

// collections belong to the package: all its types declare the same.
var collections = []wire.Collection{
	{Name: "things", Indexes: []wire.Index{{Name: "by_tag", Fields: []string{"tag", "n"}}}},
	{Name: "names", Indexes: []wire.Index{{Name: "by_name", Fields: []string{"name"}, Unique: true}}},
	{Name: "marks", Learners: "learner", Indexes: []wire.Index{{Name: "by_learner", Fields: []string{"learner"}}, {Name: "by_usage", Fields: []string{"usage"}}}},
	{Name: "ran", Indexes: []wire.Index{{Name: "by_tag", Fields: []string{"tag"}}}},
	{Name: "apps", Learners: "learner", Indexes: []wire.Index{{Name: "by_learner", Fields: []string{"learner"}}}},
}

var catalogue = sdk.Messages(locales)

func page() sdk.Block {
	own := []string{"results", "word", "three", "own", "mark", "posts", "pref", "pref_mark", "info", "total", "tally", "recent"}
	all := wire.Reads{User: true, Seed: true, Clock: true, Locale: true, Role: true, Usage: true, Prepared: true, Fields: own, Settings: []string{"graded", "due"}}
	shows := wire.Reads{
		User: true, Locale: true, Prepared: true, Children: true,
		Fields: []string{"results", "posts", "shown", "shown_pref", "shown_info", "tally"},
	}
	short := wire.Reads{Fields: []string{"results", "hidden"}}
	return sdk.New[Fields, Public, Secret](block{}, sdk.Spec{
		Views: []wire.View{
			{Name: wire.ViewLearner, Reads: shows},
			{Name: "notice", Roles: learner, Reads: wire.Reads{Locale: true, Path: true, Query: []string{"tag"}}},
		},
		Handlers: []wire.Handler{
			{Name: "run", Roles: learner, Reads: all},
			{Name: "peek", Roles: learner, Reads: short},
			{Name: "bump", Roles: learner, Reads: wire.Reads{User: true, Fields: []string{"own"}}},
			{Name: "form", Roles: learner, Reads: wire.Reads{User: true, Usage: true, Locale: true, Fields: append([]string{"shown", "shown_pref", "shown_info"}, own...)}},
			{Name: "note", Roles: learner, Reads: short},
			{Name: "arrived", Roles: learner, Reads: short},
			{Name: "echo", Roles: learner, Reads: wire.Reads{Locale: true}},
			{Name: "once", Roles: learner, Reads: wire.Reads{User: true, Fields: []string{"tally"}}},
			{Name: "told", Roles: learner},
			{Name: "staff_only", Roles: staff},
		},
		Mounts: mounts("place"), Tasks: tasks, Collections: collections, Catalogue: catalogue,
		Events:     []wire.EventType{{Name: emitted, Schema: []wire.EventField{{Name: "tag", Type: wire.TypeString}}}, {Name: "quoin.acid.seen", Browser: true, Schema: []wire.EventField{{Name: "tag", Type: wire.TypeString}}}},
		Subscribes: []string{emitted},
	})
}

// Outline implements sdk.Outliner. What it was given stands in the prepared value, so that a check can look.
func (block) Outline(_ *sdk.Call, f *Fields, children []wire.Child) (sdk.Outline[Public, Secret], error) {
	ids := make([]string, len(children))
	for i, child := range children {
		ids[i] = child.ID
	}
	return sdk.Outline[Public, Secret]{
		Facts: wire.Facts{
			Title: f.Title.Value, Icon: "other", Completion: wire.CompleteByBlock, Chooses: len(children) > 0,
			Search: "The acid test asks the platform: " + searchWord,
		},
		Public: Public{
			"title": f.Title.Value, "place": f.Place.Value, "placed": f.Place.Set, "typed": f.Typed.Set, "file": f.File.Value, "children": ids,
		},
		Secret: Secret{Planted: f.Planted.Value},
	}, nil
}

// searchWord is a word that no course has.
const searchWord = "acidulousness"

// Choose implements sdk.Chooser: one child, and another one than before.
func (block) Choose(_ *sdk.Call, _ *Fields, r wire.ChooseRequest) ([]string, error) {
	if len(r.Children) == 0 {
		return nil, nil
	}
	next := 0
	if len(r.Earlier) > 0 {
		at := slices.IndexFunc(r.Children, func(c wire.Child) bool { return c.ID == r.Earlier[0] })
		next = (at + 1) % len(r.Children)
	}
	return []string{r.Children[next].ID}, nil
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{
		{Name: "alone", Title: "Without children", Fields: wire.Fields{}},
		{Name: "children", Title: "With two children", Fields: wire.Fields{"place": []byte(`"there"`)}, Children: []wire.Sample{
			{Name: "one", Type: "acid_child", Fields: wire.Fields{"name": []byte(`"one"`)}},
			{Name: "two", Type: "acid_child", Fields: wire.Fields{"name": []byte(`"two"`)}},
		}},
	}, nil
}
