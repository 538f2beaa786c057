package mongostore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
)

// recorder keeps the commands that were sent.
type recorder struct {
	mutex    sync.Mutex
	commands []bson.Raw
}

func (r *recorder) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.commands = append(r.commands, slices.Clone(e.Command))
	}}
}

// during returns what was sent while run ran.
func (r *recorder) during(run func()) []bson.Raw {
	r.mutex.Lock()
	r.commands = nil
	r.mutex.Unlock()
	run()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.commands
}

func names(commands []bson.Raw) string {
	var all []string
	for _, command := range commands {
		elements, err := command.Elements()
		if err != nil || len(elements) == 0 {
			all = append(all, "?")
			continue
		}
		all = append(all, elements[0].Key())
	}
	return strings.Join(all, " ")
}

var things = store.Spec{Name: "things", Indexes: []store.Index{
	{Name: "owner", Fields: []string{"owner", "rank"}},
	{Name: "slug", Fields: []string{"slug"}, Unique: true},
	{Name: "tag", Fields: []string{"tags", "rank"}, Multi: true},
}}

func thing(t testing.TB, id string, version int64, fields bson.D) store.Record {
	t.Helper()
	body, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return store.Record{ID: id, Version: version, Body: body}
}

func recorded(t *testing.T) (store.Store, *recorder) {
	t.Helper()
	r := &recorder{}
	st, _ := anyServer(t).open(t, r.monitor())
	if err := st.Ensure(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	return st, r
}

// TestCommands says which commands an operation sends: one, on one document, for every write that succeeds.
func TestCommands(t *testing.T) {
	st, r := recorded(t)
	ctx := t.Context()
	fields := bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: int64(1)}}
	fail := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	limit := int64(5)
	for _, c := range []struct {
		name, want string
		run        func()
	}{
		{"insert", "insert", func() { fail(st.Insert(ctx, "things", thing(t, "one", 0, fields)), nil) }},
		{"get", "find", func() { _, err := st.Get(ctx, "things", "one"); fail(err, nil) }},
		{"get many", "find", func() { _, err := st.GetMany(ctx, "things", []string{"one", "two"}); fail(err, nil) }},
		{"insert many", "insert", func() {
			_, err := st.InsertMany(ctx, "things", []store.Record{thing(t, "two", 0, fields), thing(t, "three", 0, fields)})
			fail(err, nil)
		}},
		{"replace", "update", func() { fail(st.Replace(ctx, "things", thing(t, "one", 1, fields)), nil) }},
		{"replace an old version", "update find", func() { fail(st.Replace(ctx, "things", thing(t, "one", 1, fields)), store.ErrConflict) }},
		{"increment", "findAndModify", func() {
			_, err := st.Increment(ctx, "things", "one", store.Increment{Path: "n", By: 1, Max: &limit, Once: "token"})
			fail(err, nil)
		}},
		{"increment again", "findAndModify find", func() {
			_, err := st.Increment(ctx, "things", "one", store.Increment{Path: "n", By: 1, Max: &limit, Once: "token"})
			fail(err, nil)
		}},
		{"increment out of bounds", "findAndModify find", func() {
			_, err := st.Increment(ctx, "things", "one", store.Increment{Path: "n", By: 9, Max: &limit})
			fail(err, store.ErrBounds)
		}},
		{"forget", "update", func() {
			_, err := st.Increment(ctx, "things", "one", store.Increment{Once: "token", Forget: true})
			fail(err, nil)
		}},
		{"delete", "delete", func() { fail(st.Delete(ctx, "things", "one", 0), nil) }},
		{"delete nothing", "delete", func() { fail(st.Delete(ctx, "things", "one", 0), store.ErrNotFound) }},
		{"find", "find", func() { _, err := st.Find(ctx, "things", store.Query{Index: "owner"}); fail(err, nil) }},
		{"count", "aggregate", func() { _, err := st.Count(ctx, "things", store.Query{Index: "owner"}, 9); fail(err, nil) }},
		{"ensure again", "", func() { fail(st.Ensure(ctx, things), nil) }},
		{"refused", "", func() {
			fail(st.Insert(ctx, "things", thing(t, "x", 0, bson.D{{Key: "$set", Value: 1}})), store.ErrInvalid)
		}},
	} {
		commands := r.during(c.run)
		if got := names(commands); got != c.want {
			t.Errorf("%s sent %q, want %q", c.name, got, c.want)
		}
		for _, command := range commands {
			checkCommand(t, c.name, command)
		}
	}
}

// checkCommand looks at what holds of every command.
func checkCommand(t *testing.T, name string, command bson.Raw) {
	t.Helper()
	for _, forbidden := range []string{"startTransaction", "autocommit", "arrayFilters", "upsert", "bypassDocumentValidation"} {
		if strings.Contains(command.String(), `"`+forbidden+`"`) {
			t.Errorf("%s uses %s: %s", name, forbidden, command)
		}
	}
	switch names([]bson.Raw{command}) {
	case "insert", "update", "delete", "findAndModify":
		concern, ok := command.Lookup("writeConcern").DocumentOK()
		if !ok || concern.Lookup("w").StringValue() != "majority" || !concern.Lookup("j").Boolean() {
			t.Errorf("%s has not write concern majority with journal: %s", name, command)
		}
	default:
		if mode, ok := command.Lookup("$readPreference", "mode").StringValueOK(); ok && mode != "primary" && mode != "primaryPreferred" {
			t.Errorf("%s does not read from the primary: %s", name, command)
		}
	}
}

func TestReplaceIsOneSwap(t *testing.T) {
	st, r := recorded(t)
	if err := st.Insert(t.Context(), "things", thing(t, "one", 0, bson.D{{Key: "owner", Value: "o"}})); err != nil {
		t.Fatal(err)
	}
	commands := r.during(func() {
		if err := st.Replace(t.Context(), "things", thing(t, "one", 1, bson.D{{Key: "owner", Value: "p"}})); err != nil {
			t.Fatal(err)
		}
	})
	updates, err := commands[0].Lookup("updates").Array().Values()
	if err != nil || len(updates) != 1 {
		t.Fatalf("%d updates, %v", len(updates), err)
	}
	want := `{"q": {"_id": "one","v": {"$numberLong":"1"}},"u": {"$set": {"v": {"$numberLong":"2"},"d": {"owner": "p"}}}}`
	if got := updates[0].String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestIncrementIsOneFindAndModify(t *testing.T) {
	st, r := recorded(t)
	if err := st.Insert(t.Context(), "things", thing(t, "one", 0, bson.D{})); err != nil {
		t.Fatal(err)
	}
	low, high := int64(0), int64(9)
	commands := r.during(func() {
		if _, err := st.Increment(t.Context(), "things", "one", store.Increment{Path: "a.n", By: 2, Min: &low, Max: &high, Once: "$token"}); err != nil {
			t.Fatal(err)
		}
	})
	wantQuery := `{"_id": "one","once": {"$ne": "$token"},"$or": [` +
		`{"d.a.n": {"$type": ["int","long"],"$gte": {"$numberLong":"-2"},"$lte": {"$numberLong":"7"}}},{"d.a.n": {"$exists": false}}]}`
	wantUpdate := `{"$inc": {"d.a.n": {"$numberLong":"2"},"v": {"$numberLong":"1"}},"$push": {"once": "$token"}}`
	if got := commands[0].Lookup("query").String(); got != wantQuery {
		t.Errorf("got  %s\nwant %s", got, wantQuery)
	}
	if got := commands[0].Lookup("update").String(); got != wantUpdate {
		t.Errorf("got  %s\nwant %s", got, wantUpdate)
	}
}

// TestNoForeignOperators is R26: whatever people choose, the commands hold our operators and no other, in our places.
func TestNoForeignOperators(t *testing.T) {
	st, r := recorded(t)
	allowed := map[string]bool{"$db": true, "$readPreference": true, "$clusterTime": true}
	for _, operator := range strings.Fields("$set $inc $push $pull $ne $in $eq $gt $gte $lt $lte $type $exists $or $match $limit $group $sum") {
		allowed[operator] = true
	}
	shape := func(text string) string {
		id, now := "id"+text, store.Map[string]{text: text, "$" + text: text}
		commands := r.during(func() {
			fields := bson.D{
				{Key: "owner", Value: text}, {Key: "rank", Value: int64(1)}, {Key: "slug", Value: text}, {Key: "tags", Value: bson.A{text}}, {Key: "map", Value: now},
			}
			for _, err := range []error{
				st.Insert(t.Context(), "things", thing(t, id, 0, fields)),
				st.Replace(t.Context(), "things", thing(t, id, 1, fields)),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, query := range []store.Query{
				{Index: "owner", Equal: []any{text}}, {Index: "tag", Equal: []any{text, 1}}, {Index: "slug", Prefix: text}, {Index: "slug", From: text}, {Prefix: id},
			} {
				page, err := st.Find(t.Context(), "things", query)
				if err != nil || len(page.Records) == 0 {
					t.Fatalf("%q: %d records, %v", text, len(page.Records), err)
				}
			}
			if _, err := st.Increment(t.Context(), "things", id, store.Increment{Path: "n", By: 1, Once: text}); err != nil {
				t.Fatal(err)
			}
			if err := st.Delete(t.Context(), "things", id, 3); err != nil {
				t.Fatal(err)
			}
		})
		var operators []string
		for _, command := range commands {
			operators = append(operators, operatorsIn(t, command)...)
		}
		return strings.Join(operators, " ")
	}
	plain := shape("plain")
	for _, operator := range strings.Fields(plain) {
		if !allowed[operator[strings.LastIndex(operator, "/")+1:]] {
			t.Errorf("the operator %s is sent", operator)
		}
	}
	for _, text := range []string{"$where", `{"$gt": ""}`, "a.$[].b", "$$ROOT", "d.v", "\x00$ne", "__proto__"} {
		if got := shape(text); got != plain {
			t.Errorf("with %q, the operators are\n%s\ninstead of\n%s", text, got, plain)
		}
	}
}

// operatorsIn lists the field names that start with a dollar, each with the depth at which it stands.
func operatorsIn(t *testing.T, document bson.Raw) (found []string) {
	t.Helper()
	var walk func(bson.Raw, int)
	walk = func(document bson.Raw, depth int) {
		elements, err := document.Elements()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range elements {
			if strings.HasPrefix(e.Key(), "$") {
				found = append(found, fmt.Sprintf("%d/%s", depth, e.Key()))
			}
			if nested, ok := e.Value().DocumentOK(); ok {
				walk(nested, depth+1)
			} else if array, ok := e.Value().ArrayOK(); ok {
				walk(bson.Raw(array), depth+1)
			}
		}
	}
	walk(document, 0)
	return found
}

// TestPagesAreRanges says how a page behind a cursor is asked for: each command is equal leading fields and one range,
// in the order of the index it names.
func TestPagesAreRanges(t *testing.T) {
	st, r := recorded(t)
	for i := range 9 {
		fields := bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: int64(i / 4)}}
		if err := st.Insert(t.Context(), "things", thing(t, fmt.Sprint("id-", i), 0, fields)); err != nil {
			t.Fatal(err)
		}
	}
	query := store.Query{Index: "owner", Equal: []any{"o"}, From: 0, To: 7, Limit: 3}
	page, err := st.Find(t.Context(), "things", query)
	if err != nil {
		t.Fatal(err)
	}
	query.After = page.Next
	commands := r.during(func() {
		if page, err = st.Find(t.Context(), "things", query); err != nil || len(page.Records) != 3 {
			t.Fatalf("%d records, %v", len(page.Records), err)
		}
	})
	const types = `"$type": ["int","long","string","bool","date"]`
	for i, want := range []struct{ filter, sort, limit string }{
		{
			`{"d.owner": {` + types + `,"$eq": "o"},"d.rank": {` + types + `,"$eq": {"$numberLong":"0"}},"_id": {"$gt": "id-2"}}`,
			`{"_id": {"$numberInt":"1"}}`, `{"$numberLong":"4"}`,
		},
		{
			`{"d.owner": {` + types + `,"$eq": "o"},"d.rank": {` + types + `,"$gt": {"$numberLong":"0"},"$lt": {"$numberLong":"7"}}}`,
			`{"d.rank": {"$numberInt":"1"},"_id": {"$numberInt":"1"}}`, `{"$numberLong":"3"}`,
		},
	} {
		if i >= len(commands) {
			t.Fatalf("only %d commands", len(commands))
		}
		command := commands[i]
		if got := command.Lookup("filter").String(); got != want.filter {
			t.Errorf("command %d\n got %s\nwant %s", i, got, want.filter)
		}
		if got := command.Lookup("sort").String(); got != want.sort {
			t.Errorf("command %d is ordered by %s, want %s", i, got, want.sort)
		}
		if got := command.Lookup("limit").String(); got != want.limit {
			t.Errorf("command %d is limited to %s, want %s", i, got, want.limit)
		}
		if got := command.Lookup("hint").StringValue(); got != "owner" {
			t.Errorf("command %d names the index %q", i, got)
		}
	}
	if len(commands) != 2 {
		t.Errorf("sent %q, want two commands", names(commands))
	}
}
