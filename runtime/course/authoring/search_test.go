package authoring_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// page adds a block with every kind of value that is looked into, and some that are not.
func (w *world) page(data string) key.Usage {
	w.t.Helper()
	usage, _, err := w.authoring.Add(w.t.Context(), ada, at("vertical", "u1"), authoring.Last, authoring.NewBlock{Type: "page", Title: "The Moon", Fields: wire.Fields{
		"data": authoring.JSON(data), "mode": authoring.JSON("moon"),
		"rows": json.RawMessage(`[{"id":"moon","text":"a <b>moon</b>"},{"id":"b","text":"none"}]`), "words": json.RawMessage(`["moonlight","moon"]`),
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return usage
}

func (w *world) search(l authoring.Looking) []authoring.Occurrence {
	w.t.Helper()
	found, more, err := w.authoring.Search(w.t.Context(), run, l)
	if err != nil || more {
		w.t.Fatal(more, err)
	}
	return found
}

func TestSearch(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage := w.page(`<p class="moon">The moon &amp; the Moon</p><script>moon()</script>`)
	for _, test := range []struct {
		looking authoring.Looking
		want    string
	}{
		{authoring.Looking{Words: "moon"}, "display_name:1 data:2 rows:1 words:2"},
		{authoring.Looking{Words: "moon", Whole: true, Case: true}, "data:1 rows:1 words:1"},
		{authoring.Looking{Words: "moon", Tags: true, Case: true}, "data:3 rows:1 words:2"},
		{authoring.Looking{Words: "moon & the"}, "data:1"},
		{authoring.Looking{Words: "amp;"}, ""},
		{authoring.Looking{Words: "amp;", Tags: true}, "data:1"},
		{authoring.Looking{Words: "none of it"}, ""},
	} {
		var got []string
		for _, o := range w.search(test.looking) {
			if o.Usage != usage || o.Unit != at("vertical", "u1") || o.Title != "The Moon" {
				t.Errorf("%+v: found at %s in %s, %q", test.looking, o.Usage, o.Unit, o.Title)
			}
			got = append(got, o.Field+":"+string(rune('0'+o.Count)))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %s, want %s", test.looking, got, test.want)
		}
	}
	for _, wrong := range []authoring.Looking{{}, {Words: " "}, {Words: strings.Repeat("a", authoring.MaxWords+1)}, {Words: "a", With: strings.Repeat("a", authoring.MaxWith+1)}, {Words: "\xff"}} {
		var invalid *authoring.Invalid
		if _, _, err := w.authoring.Search(t.Context(), run, wrong); !errors.As(err, &invalid) {
			t.Errorf("%.20v: %v", wrong, err)
		}
	}
}

func TestReplace(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage := w.page(`<p class="moon">The moon</p>`)
	looking := authoring.Looking{Words: "moon", With: "sea & <tide>", Case: true}
	var picked []authoring.Picked
	for _, o := range w.search(looking) {
		picked = append(picked, authoring.Picked{Usage: o.Usage, Field: o.Field, Value: o.Value})
	}
	stale := picked[0]
	stale.Value = "0000"
	done, err := w.authoring.Replace(t.Context(), ada, run, looking, append(slices.Clone(picked), stale)...)
	if err != nil || done.Left != 1 || done.Blocks != 1 || done.Places < len(picked) {
		t.Fatal(done, err)
	}
	content, err := w.authoring.Unit(t.Context(), run, usage)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"data": `<p class="moon">The sea &amp; &lt;tide&gt;</p>`, "display_name": "The Moon", "mode": "moon",
	} {
		var got string
		if err := json.Unmarshal(content.Fields[field], &got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", field, got, want, err)
		}
	}
	var rows []map[string]string
	if err := json.Unmarshal(content.Fields["rows"], &rows); err != nil || rows[0]["id"] != "moon" || rows[0]["text"] != "a <b>sea &amp; &lt;tide&gt;</b>" {
		t.Error(rows, err)
	}
	if got := string(content.Fields["words"]); !same(t, got, `["sea & <tide>light","sea & <tide>"]`) {
		t.Error(got)
	}
	if _, err := w.authoring.Undo(t.Context(), ada, run, done.Op.ID); err != nil {
		t.Fatal(err)
	}
	if found := w.search(looking); len(found) != len(picked) {
		t.Errorf("after the undo %d fields have it, want %d", len(found), len(picked))
	}
	entries, _, err := w.authoring.History(t.Context(), run, usage, "", 10)
	if err != nil || entries[1].Kind != authoring.KindReplace || entries[1].Note == "" {
		t.Error(entries, err)
	}

	broken := authoring.Looking{Words: "</p>", With: "<p>", Tags: true}
	found := w.search(broken)
	if len(found) != 1 || !found[0].Unsound {
		t.Fatalf("what would leave an open paragraph: %+v", found)
	}
	if done, err := w.authoring.Replace(t.Context(), ada, run, broken, authoring.Picked{Usage: usage, Field: "data", Value: found[0].Value}); err != nil || done.Left != 1 {
		t.Error(done, err)
	}
	other := key.Course{Org: "Test", Number: "Two", Run: "now"}.Usage("page", "x")
	if _, err := w.authoring.Replace(t.Context(), ada, run, looking, authoring.Picked{Usage: other, Field: "data"}); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("another course's block: %v", err)
	}
}

// The first letter stays large or small where the author asks for it, and what is shown is what learners read.
func TestReplaceKeepsCapitals(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage := w.page(`<h2>Mean and median</h2><p>The <b>mean</b> &amp; the Mean.</p>`)
	looking := authoring.Looking{Words: "mean", With: "average", Keep: true}
	var picked []authoring.Picked
	for _, o := range w.search(looking) {
		if o.Usage != usage || o.Field != "data" {
			continue
		}
		picked = append(picked, authoring.Picked{Usage: o.Usage, Field: o.Field, Value: o.Value})
		if len(o.Excerpts) != 3 || o.Excerpts[0].With != "Average" || o.Excerpts[1] != (authoring.Excerpt{Before: "Mean and median The ", Found: "mean", After: " & the Mean.", With: "average"}) {
			t.Errorf("%q", o.Excerpts)
		}
	}
	done, err := w.authoring.Replace(t.Context(), ada, run, looking, picked...)
	if err != nil || done.Places != 3 || done.Blocks != 1 {
		t.Fatal(done, err)
	}
	content, err := w.authoring.Unit(t.Context(), run, usage)
	var got string
	if err != nil || json.Unmarshal(content.Fields["data"], &got) != nil || got != `<h2>Average and median</h2><p>The <b>average</b> &amp; the Average.</p>` {
		t.Error(got, err)
	}
}

func same(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(x)
	wanted, other := json.Marshal(y)
	return err == nil && other == nil && string(again) == string(wanted)
}

// Whatever is replaced as text, the tags of the markup stay as they are.
func FuzzReplaceKeepsTags(f *testing.F) {
	for _, seed := range [][2]string{{`<p class="a">a &amp; b</p>`, "a"}, {`<script>a</script><!-- a -->a`, "a"}, {`<p`, "p"}, {`a<b>c</b`, "b"}, {"&lt;a&gt;", "<"}} {
		f.Add(seed[0], seed[1], "<x> & y")
	}
	tags := func(markup string) string {
		var out strings.Builder
		tokens := html.NewTokenizer(strings.NewReader(markup))
		for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
			if kind != html.TextToken {
				out.Write(tokens.Raw())
			}
		}
		return out.String()
	}
	f.Fuzz(func(t *testing.T, markup, words, with string) {
		after, _, err := authoring.ReplaceIn(markup, authoring.Looking{Words: words, With: with})
		if err != nil {
			t.Skip()
		}
		if tags(markup) != tags(after) {
			t.Errorf("%q with %q for %q: %q", markup, with, words, after)
		}
	})
}
