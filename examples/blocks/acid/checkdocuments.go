package acid

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// thing is a document of the collection things.
type thing struct {
	Tag   string `json:"tag"`
	N     int    `json:"n"`
	Other int    `json:"other"`
}

// named is a document of the collection names, whose name no other has.
type named struct {
	Name string `json:"name"`
}

// things finds documents by their tag, in the order of their numbers.
func (t *trial) things(tag string) []thing {
	found, _, err := sdk.Find[thing](t.c, wire.DocumentFind{Collection: "things", Index: "by_tag", Equal: sdk.Keys(tag)})
	if t.failed(err) {
		return nil
	}
	list := make([]thing, len(found))
	for i := range found {
		list[i] = found[i].Body
	}
	return list
}

// one reads the document whose id the row keeps.
func (t *trial) one() (id string, version int64, body thing, there bool) {
	t.kept(&id)
	version, there, err := t.c.Document("things", id, &body)
	t.failed(err)
	return id, version, body, there
}

// create is the first step of rows that change a document.
func create(body thing) step {
	return func(t *trial) {
		id := t.c.NewID()
		t.reply.Create("things", id, body)
		t.keep(id)
	}
}

// reads ends such a row: the document must be this.
func reads(want thing, refused bool) step {
	return func(t *trial) {
		_, _, body, there := t.one()
		switch {
		case t.result.State != "":
		case refused && t.asked.Said == "":
			t.red("it was taken")
		default:
			t.holds(there && body == want, "the document is %+v, want %+v", body, want)
		}
	}
}

func documentChecks() map[string][]step {
	return map[string][]step{
		"documents.insert": {
			func(t *trial) {
				tag := t.c.NewID()
				t.reply.Insert("things", thing{Tag: tag, N: 7})
				t.keep(tag)
			},
			func(t *trial) {
				var tag string
				t.kept(&tag)
				if found := t.things(tag); t.result.State == "" {
					t.holds(len(found) == 1 && found[0].N == 7, "%+v was found", found)
				}
			},
		},
		"documents.create": {
			create(thing{N: 1}),
			func(t *trial) {
				id, _, _, _ := t.one()
				t.reply.Create("things", id, thing{N: 2})
			},
			reads(thing{N: 1}, true),
		},
		"documents.replace": {
			create(thing{N: 1}),
			func(t *trial) {
				id, version, _, _ := t.one()
				t.reply.Replace("things", id, version, thing{N: 2})
			},
			reads(thing{N: 2}, false),
		},
		"documents.stale": {
			create(thing{N: 1}),
			func(t *trial) {
				id, version, _, _ := t.one()
				t.reply.Replace("things", id, version, thing{N: 2})
			},
			func(t *trial) {
				id, version, _, _ := t.one()
				t.reply.Replace("things", id, version-1, thing{N: 3})
			},
			reads(thing{N: 2}, true),
		},
		"documents.bound": {
			create(thing{N: 1}),
			func(t *trial) {
				id, _, _, _ := t.one()
				t.reply.Take("things", id, "n", -1, 0, 1)
			},
			func(t *trial) {
				id, _, body, _ := t.one()
				if body.N != 0 {
					t.red("1 and -1 are %d", body.N)
				}
				t.reply.Take("things", id, "n", -1, 0, 1).Otherwise(t.c.T("full"))
			},
			func(t *trial) {
				if _, _, body, _ := t.one(); t.result.State == "" {
					t.holds(body.N == 0 && strings.Contains(t.asked.Said, t.c.T("full")), "the document is %+v, the page was told %q", body, t.asked.Said)
				}
			},
		},
		"documents.several": {
			create(thing{N: 1}),
			func(t *trial) {
				id, _, _, _ := t.one()
				t.reply.Take("things", id, "n", -1, 0, 9).Take("things", id, "other", -1, 0, 9)
			},
			func(t *trial) {
				id, _, body, _ := t.one()
				if t.asked.Said == "" || body != (thing{N: 1}) {
					t.red("one of two was refused, and the document is %+v", body)
				}
				t.reply.Take("things", id, "n", -1, 0, 9).Take("things", id, "other", 1, 0, 9)
			},
			reads(thing{Other: 1}, false),
		},
		"documents.unique": {
			func(t *trial) {
				id := t.c.NewID()
				t.reply.Create("names", id, named{id})
				t.keep(id)
			},
			func(t *trial) {
				var id string
				t.kept(&id)
				t.reply.Create("names", id+"-second", named{id}).Otherwise(t.c.T("full"))
			},
			func(t *trial) {
				var id string
				t.kept(&id)
				_, there, err := t.c.Document("names", id+"-second", &named{})
				if !t.failed(err) {
					t.holds(!there && strings.Contains(t.asked.Said, t.c.T("full")), "the second is there: %v; the page was told %q", there, t.asked.Said)
				}
			},
		},
		"documents.delete": {
			create(thing{N: 1}),
			func(t *trial) {
				id, _, _, _ := t.one()
				t.reply.Delete("things", id)
			},
			func(t *trial) {
				if _, _, _, there := t.one(); t.result.State == "" {
					t.holds(!there, "it is still there")
				}
			},
		},
		"documents.find": {
			func(t *trial) {
				tag := t.c.NewID()
				for n := range 5 {
					t.reply.Insert("things", thing{Tag: tag, N: n})
				}
				t.keep(tag)
			},
			finds,
		},
		"documents.shared": {func(t *trial) {
			t.reply.Insert("things", thing{Tag: forApp(t.c)})
			if app := t.app(); app != nil {
				t.holds(app.Things > 0, "the app found %d documents", app.Things)
			}
		}},
		"browser.elements": {func(t *trial) {
			if app := t.app(); app != nil {
				t.holds(app.Elements, "the app's view has no elements")
			}
		}},
	}
}

// app reads what the package's app stored; nil when it was not opened yet.
func (t *trial) app() *appSaw {
	found, _, err := sdk.Find[appSaw](t.c, wire.DocumentFind{Collection: "apps", Index: "by_learner", Equal: sdk.Keys(t.c.Context.Subject)})
	switch {
	case t.failed(err):
	case len(found) == 0:
		t.says(waits, t.c.T("wait.app"))
	default:
		return &found[0].Body
	}
	return nil
}

// finds asks an index in order, backwards, in pages, by a range, and for a number.
func finds(t *trial) {
	var tag string
	t.kept(&tag)
	numbers := func(find wire.DocumentFind) (list []int, next string) {
		find.Collection, find.Index, find.Equal = "things", "by_tag", sdk.Keys(tag)
		found, next, err := sdk.Find[thing](t.c, find)
		t.failed(err)
		for _, doc := range found {
			list = append(list, doc.Body.N)
		}
		return list, next
	}
	all, _ := numbers(wire.DocumentFind{})
	first, next := numbers(wire.DocumentFind{Reverse: true, Limit: 2})
	second, _ := numbers(wire.DocumentFind{Reverse: true, Limit: 2, After: next})
	some, _ := numbers(wire.DocumentFind{From: sdk.Key(1), To: sdk.Key(3)})
	counted, err := t.c.Documents(wire.DocumentFind{Collection: "things", Index: "by_tag", Equal: sdk.Keys(tag), Count: true})
	if t.failed(err) || t.result.State != "" {
		return
	}
	t.holds(slices.Equal(all, []int{0, 1, 2, 3, 4}) && slices.Equal(first, []int{4, 3}) && slices.Equal(second, []int{2, 1}) && slices.Equal(some, []int{1, 2}) && counted.Count == 5,
		"in order %v; backwards %v, %v; from 1 to 3 %v; %d in all", all, first, second, some, counted.Count)
}
