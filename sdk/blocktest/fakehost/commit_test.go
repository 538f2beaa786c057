package fakehost_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type request = sdk.Request[probeFields, probePublic]

func TestForbiddenEffectsVoidTheReply(t *testing.T) {
	score := wire.Effect{Score: &wire.SetScore{Learner: "me", Earned: 1, Possible: 1, Reason: "why not"}}
	tests := map[string]struct {
		reply *sdk.Reply
		code  wire.Code
	}{
		"a score for a learner's call": {sdk.OK().Set("draft", "x").Effect(score), wire.CodeForbidden},
		"an authored field":            {sdk.OK().Set("draft", "x").Set("word", "mine"), wire.CodeForbidden},
		"an unknown field":             {sdk.OK().Set("draft", "x").Set("drafft", "x"), wire.CodeBadReply},
		"an unknown event":             {sdk.OK().Set("draft", "x").Event("probe.undone", nil), wire.CodeBadReply},
		"an unknown task":              {sdk.OK().Set("draft", "x").Schedule("sned", "", nil), wire.CodeBadReply},
		"an unknown collection":        {sdk.OK().Set("draft", "x").Insert("romos", 1), wire.CodeBadReply},
		"a document that is no object": {sdk.OK().Set("draft", "x").Insert("rooms", 1), wire.CodeBadReply},
		"an increment of a list":       {sdk.OK().Set("draft", "x").Increment("notes", "", 1), wire.CodeBadReply},
		"a status of another world":    {sdk.OK().Set("draft", "x").Status(302), wire.CodeBadReply},
		"leaving for anywhere":         {sdk.OK().Set("draft", "x").Leave("http://evil.example/", nil), wire.CodeForbidden},
		"awaiting an unknown task":     {sdk.OK().Set("draft", "x").Await("sned", nil), wire.CodeBadReply},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, it := doing(t, func(*sdk.Call, *request) (*sdk.Reply, error) { return test.reply, nil })
			if _, err := post(w, "ann", "do"); code(err) != test.code {
				t.Errorf("got %v", err)
			}
			if fields := w.Fields(wire.ScopeUserState, "ann", it); len(fields) != 0 {
				t.Errorf("something was stored: %v", fields)
			}
		})
	}
	w, _ := doing(t, func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK().Submit("x"), nil })
	if _, err := post(w, "ann", "save"); code(err) != wire.CodeForbidden {
		t.Errorf("a submit of a handler that does not grade: %v", err)
	}
}

func TestWhoMayCall(t *testing.T) {
	w, it := doing(t, func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK(), nil })
	w.Add(fakehost.Person{ID: "out", NotEnrolled: true})
	w.Add(fakehost.Person{ID: "watch", ReadOnly: true})
	w.Add(fakehost.Person{ID: "sue", Role: wire.RoleStaff})
	for _, test := range []struct {
		who, handler string
		as           wire.Role
		code         wire.Code
	}{
		{"ann", "do", "", ""},
		{"ann", "nothing", "", wire.CodeNotFound},
		{"ann", "moderate", wire.RoleStaff, wire.CodeRefused},
		{"", "do", "", wire.CodeRefused},
		{"watch", "do", "", wire.CodeRefused},
		{"sue", "do", "", ""},
		{"sue", "moderate", wire.RoleStaff, ""},
		{"sue", "moderate", "", wire.CodeRefused},
	} {
		if _, err := w.Post(w.Person(test.who), it, fakehost.Post{Handler: test.handler, As: test.as}); code(err) != test.code {
			t.Errorf("%q calls %s as %q: %v", test.who, test.handler, test.as, err)
		}
	}
}

func TestFieldsOfEveryScope(t *testing.T) {
	w, _ := doing(t, func(c *sdk.Call, r *request) (*sdk.Reply, error) {
		r.Fields.Theme = "dark"
		r.Fields.Count++
		return sdk.OK().Increment("likes", "yes", 2).Append("notes", c.Context.Subject), nil
	})
	for _, who := range []string{"ann", "bob", "ann", "cid", "dan"} {
		if _, err := post(w, who, "do"); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, show(t, w, "ann"), "count=2", "theme=dark", "likes=10", "notes=[ann cid dan]")
	wants(t, show(t, w, "eve"), "count=0", "theme= ", "likes=10")
}

// TestConflictsRunAgain has a counter that is read and written: every conflict must read it anew.
func TestConflictsRunAgain(t *testing.T) {
	w, it := doing(t, func(_ *sdk.Call, r *request) (*sdk.Reply, error) {
		r.Fields.Count++
		return sdk.OK(), nil
	})
	w.Break(fakehost.Fault{Kind: fakehost.FaultConflict}, fakehost.Fault{Kind: fakehost.FaultConflict})
	posted, err := post(w, "ann", "do")
	if err != nil || posted.Runs != 3 {
		t.Fatalf("%+v, %v", posted, err)
	}
	racers := make([]fakehost.Racer, 10)
	for i := range racers {
		racers[i] = fakehost.Racer{Person: w.Person("ann"), Place: it, Post: fakehost.Post{Handler: "do"}}
	}
	for i, raced := range w.Race(racers...) {
		if raced.Err != nil || raced.Posted.Runs != i+1 {
			t.Errorf("%d: %d runs, %v", i, raced.Posted.Runs, raced.Err)
		}
	}
	wants(t, show(t, w, "ann"), "count=11")
}

type room struct {
	Left int64            `json:"left"`
	Who  map[string]int64 `json:"who,omitempty"`
}

// book takes a seat; careless blocks forget that one learner may ask twice at once.
func book(careless bool) func(c *sdk.Call, r *request) (*sdk.Reply, error) {
	return func(c *sdk.Call, r *request) (*sdk.Reply, error) {
		if r.Fields.Draft == "booked" {
			return nil, sdk.Refuse("you have a seat")
		}
		reply := sdk.OK().Take("rooms", "main", "left", -1, 0, 10).Otherwise("The room is full.")
		if !careless {
			reply.TakeKey("rooms", "main", "who", c.Context.Subject, 1, 0, 1).Otherwise("You have a seat.")
		}
		return reply.Set("draft", "booked"), nil
	}
}

func TestSeatsAreNeverOversold(t *testing.T) {
	for name, careless := range map[string]bool{"careless": true, "careful": false} {
		w, it := doing(t, book(careless))
		if _, err := post(w, "ann", "do"); code(err) != wire.CodeNotFound {
			t.Errorf("%s: no room yet: %v", name, err)
		}
		if err := w.Store("rooms", "main", []byte(`{"left": 10}`)); err != nil {
			t.Fatal(err)
		}
		var racers []fakehost.Racer
		for i := range 50 {
			who := w.Person(fmt.Sprint("l", i/2)) // everybody asks twice at once
			racers = append(racers, fakehost.Racer{Person: who, Place: it, Post: fakehost.Post{Handler: "do"}})
		}
		booked, full, twice := 0, 0, 0
		for _, raced := range w.Race(racers...) {
			switch {
			case raced.Err == nil:
				booked++
			case code(raced.Err) == wire.CodeConflict && strings.Contains(raced.Err.Error(), "The room is full."):
				full++
			case code(raced.Err) == wire.CodeConflict && strings.Contains(raced.Err.Error(), "You have a seat."):
				twice++
			default:
				t.Errorf("%s: %v", name, raced.Err)
			}
		}
		var after room
		if err := json.Unmarshal(w.Document("rooms", "main").Body, &after); err != nil {
			t.Fatal(err)
		}
		if booked != 10 || after.Left != 0 {
			t.Errorf("%s: %d seats of 10 were booked, %d are left", name, booked, after.Left)
		}
		if careless && twice > 0 || !careless && (twice == 0 || len(after.Who) != 10) {
			t.Errorf("%s: %d were told that they have a seat, %d learners have one", name, twice, len(after.Who))
		}
	}
}

func TestCreateAndReplaceReadFirst(t *testing.T) {
	w, it := doing(t, func(c *sdk.Call, _ *request) (*sdk.Reply, error) {
		var body room
		version, found, err := c.Document("rooms", "main", &body)
		if err != nil {
			return nil, err
		}
		body.Left++
		if !found {
			return sdk.OK().Create("rooms", "main", body), nil
		}
		return sdk.OK().Replace("rooms", "main", version, body), nil
	})
	racers := make([]fakehost.Racer, 20)
	for i := range racers {
		racers[i] = fakehost.Racer{Person: w.Person(fmt.Sprint("l", i)), Place: it, Post: fakehost.Post{Handler: "do"}}
	}
	for _, raced := range w.Race(racers...) {
		if raced.Err != nil {
			t.Error(raced.Err)
		}
	}
	if body := string(w.Document("rooms", "main").Body); body != `{"left":20}` {
		t.Errorf("got %s", body)
	}
}

func TestABlindCreateIsToldSo(t *testing.T) {
	w, _ := doing(t, func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK().Create("rooms", "main", room{}), nil })
	if _, err := post(w, "ann", "do"); err != nil {
		t.Fatal(err)
	}
	if _, err := post(w, "bob", "do"); code(err) != wire.CodeConflict || !strings.Contains(err.Error(), "must read it first") {
		t.Errorf("got %v", err)
	}
}

func TestUniqueIndexes(t *testing.T) {
	type entry struct {
		Key string `json:"key"`
	}
	reply := func() *sdk.Reply { return sdk.OK().Create("log", "b", entry{"k"}).Otherwise("Taken.") }
	w, _ := doing(t, func(*sdk.Call, *request) (*sdk.Reply, error) { return reply(), nil })
	if err := w.Store("log", "a", []byte(`{"key": "k"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := post(w, "ann", "do"); code(err) != wire.CodeConflict || !strings.Contains(err.Error(), "Taken.") {
		t.Errorf("insert-if-absent: %v", err)
	}
	reply = func() *sdk.Reply { return sdk.OK().Insert("log", entry{"k"}) }
	if _, err := post(w, "ann", "do"); code(err) != wire.CodeBadReply || !strings.Contains(err.Error(), "would drop") {
		t.Errorf("an insert that a host would lose: %v", err)
	}
	if n := len(w.Documents("log")); n != 1 {
		t.Errorf("%d documents", n)
	}
}

func TestFind(t *testing.T) {
	var find wire.DocumentFind
	var found wire.DocumentsFound
	w, it := doing(t, func(c *sdk.Call, _ *request) (*sdk.Reply, error) {
		var err error
		found, err = c.Documents(find)
		return nil, err
	})
	for i, body := range []string{
		`{"who":"ann","at":3,"tags":["x","y"]}`, `{"who":"ann","at":1}`, `{"who":"bob","at":2,"tags":["y"]}`, `{"who":"ann","at":2}`, `{"at":9}`,
	} {
		if err := w.Store("log", fmt.Sprint("d", i), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	ids := func() string {
		var ids []string
		for _, d := range found.Documents {
			ids = append(ids, d.ID)
		}
		return strings.Join(ids, " ")
	}
	for name, test := range map[string]struct {
		find wire.DocumentFind
		want string
	}{
		"by id":            {wire.DocumentFind{}, "d0 d1 d2 d3 d4"},
		"an id's prefix":   {wire.DocumentFind{Prefix: "d3"}, "d3"},
		"equal":            {wire.DocumentFind{Index: "by", Equal: sdk.Keys("ann")}, "d1 d3 d0"},
		"reverse":          {wire.DocumentFind{Index: "by", Equal: sdk.Keys("ann"), Reverse: true}, "d0 d3 d1"},
		"from inclusive":   {wire.DocumentFind{Index: "by", Equal: sdk.Keys("ann"), From: sdk.Key(2)}, "d3 d0"},
		"to exclusive":     {wire.DocumentFind{Index: "by", Equal: sdk.Keys("ann"), To: sdk.Key(3)}, "d1 d3"},
		"the whole index":  {wire.DocumentFind{Index: "by"}, "d1 d3 d0 d2"},
		"several values":   {wire.DocumentFind{Index: "tags", Equal: sdk.Keys("y")}, "d2 d0"},
		"two values equal": {wire.DocumentFind{Index: "by", Equal: sdk.Keys("ann", 2)}, "d3"},
		"a prefix":         {wire.DocumentFind{Index: "by", Prefix: "b"}, "d2"},
	} {
		find = test.find
		find.Collection = "log"
		if _, err := post(w, "ann", "do"); err != nil || ids() != test.want {
			t.Errorf("%s: %q, %v; want %q", name, ids(), err, test.want)
		}
	}
	find = wire.DocumentFind{Collection: "log", Index: "by", Equal: sdk.Keys("ann"), Limit: 2}
	if _, err := post(w, "ann", "do"); err != nil || ids() != "d1 d3" || found.Next == "" {
		t.Errorf("first page: %q next %q, %v", ids(), found.Next, err)
	}
	find.After = found.Next
	w.Store("log", "d3", []byte(`{"at":1}`)) // the last of that page leaves the index
	if _, err := post(w, "ann", "do"); err != nil || ids() != "d0" || found.Next != "" {
		t.Errorf("second page: %q next %q, %v", ids(), found.Next, err)
	}
	find = wire.DocumentFind{Collection: "log", Index: "by", Count: true, Limit: 2}
	if _, err := post(w, "ann", "do"); err != nil || found.Count != 2 {
		t.Errorf("counted %d, %v", found.Count, err)
	}
	for name, broken := range map[string]wire.DocumentFind{
		"an unknown index": {Index: "no"}, "no value for a multi index": {Index: "tags"}, "too many values": {Index: "one", Equal: sdk.Keys("a", "b")},
		"a value that cannot be indexed": {Index: "by", Equal: []json.RawMessage{json.RawMessage("[1]")}}, "no cursor": {After: "###"},
	} {
		find = broken
		find.Collection = "log"
		if _, err := w.Post(w.Person("ann"), it, fakehost.Post{Handler: "do"}); code(err) != wire.CodeBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStepsOfDocuments(t *testing.T) {
	w, _ := doing(t, func(*sdk.Call, *request) (*sdk.Reply, error) {
		return sdk.OK().Add("rooms", "main", "left", 5).Add("rooms", "gone", "left", 1).Delete("rooms", "old").Insert("rooms", room{Left: 1}).
			Effect(wire.Effect{Add: &wire.AddDoc{Collection: "rooms", ID: "main", Field: "who", Key: "ann", By: 2}}), nil
	})
	for _, id := range []string{"main", "old"} {
		if err := w.Store("rooms", id, []byte(`{"left":1}`)); err != nil {
			t.Fatal(err)
		}
	}
	posted, err := post(w, "ann", "do")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.Post(w.Person("ann"), w.Place("it"), fakehost.Post{Handler: "do", ID: posted.ID, HTTP: wire.HTTP{Form: formOf()}}); err != nil || !again.Repeated {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if body := string(w.Document("rooms", "main").Body); body != `{"left":6,"who":{"ann":2}}` {
		t.Errorf("main is %s", body)
	}
	if w.Document("rooms", "old") != nil || w.Document("rooms", "gone") != nil || len(w.Documents("rooms")) != 2 {
		t.Errorf("got %+v", w.Documents("rooms"))
	}
}
