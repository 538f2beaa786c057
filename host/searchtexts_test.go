package host_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// pins is an app that puts what is pinned into the search, and asks the search when it is looked at.
type pins struct{}

func (pins) Render(c *sdk.Call, v sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	q := strings.Join(v.Query["q"], "")
	if q == "" {
		return sdk.Fragment{HTML: "<p>pins</p>"}, nil
	}
	found, err := c.Search(q, 0)
	if err != nil {
		return sdk.Fragment{}, err
	}
	out := fmt.Sprintf("<p>%d hits</p>", len(found))
	for _, hit := range found {
		out += "<p>" + hit.Title + " at " + hit.Path + "</p>"
	}
	return sdk.Fragment{HTML: out}, nil
}

func (pins) Handle(_ *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	one := func(name string) string { return strings.Join(r.Form[name], "") }
	text := wire.IndexDoc{ID: one("id"), Title: one("title"), Text: one("text"), Path: "/view/home/" + one("id")}
	if to := one("to"); to != "" {
		text.To = []string{to}
	}
	return sdk.OK().Index(text), nil
}

func (w *world) pinsApp() {
	w.t.Helper()
	learner := []wire.Role{wire.RoleLearner}
	w.installManifest(`{"name": "pins", "version": "1.0.0", "title": "Pins", "description": "Texts to find.", "licence": "Apache-2.0", "per": "run",
		"types": [{"name": "pins", "title": "Pins", "kind": "app"}], "permissions": [{"name": "index", "reason": "Pins are found."},
		{"name": "search", "reason": "It looks for pins."}, {"name": "slot", "reason": "A tab.", "values": ["course.tab"]}]}`,
		nil, true, sdk.New[sdk.None, sdk.None, sdk.None](pins{}, sdk.Spec{
			Kind:     wire.KindApp,
			Views:    []wire.View{{Name: "home", Slot: wire.SlotCourseTab, Roles: learner, Reads: wire.Reads{Query: []string{"q"}, Path: true}}},
			Handlers: []wire.Handler{{Name: "pin", Roles: append(learner, wire.RoleStaff)}},
		}))
}

// pin puts a text into the search.
func (b *browser) pin(run key.Course, values ...string) {
	b.t.Helper()
	form := b.get(appPath(run, "pins")).must(200).form(blockPath(run, "pins", "pins") + "?view=%40course.tab")
	for i := 0; i < len(values); i += 2 {
		form.set(values[i], values[i+1])
	}
	form.press("pin").must(303)
}

// comesToFind searches until a text is there, or is not.
func (b *browser) comesToFind(run key.Course, question, text string, there bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		page := b.find(run, question).must(200)
		if strings.Contains(page.body, text) == there {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%q in the search for %q never came to %v: %s", text, question, there, page.body)
		}
	}
}

// What a block puts into the search is found by whom it is for, in its run alone; it can be changed and taken out, and it goes
// with the person who put it there.
func TestTextsOfBlocksAreFound(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.pinsApp()
	run, other := w.forces(), w.otherCourse()
	annUser := w.account("ann", run, "")
	ann, bob, staff, stranger := w.enter(annUser), w.member("bob", run, ""), w.member("tom", run, "staff"), w.member("eve", other, "")
	ann.pin(run, "id", "one", "title", "About zebras", "text", "A <b>zebra</b> has stripes.")
	bob.pin(run, "id", "team", "title", "For the team", "text", "zebra plans", "to", "staff")
	bob.comesToFind(run, "zebra", "About <mark>zebras</mark>", true) // a search may be some seconds behind
	link := blockPath(run, "pins", "pins") + "/view/home/one"
	for _, reader := range []*browser{ann, bob} {
		reader.find(run, "zebra").must(200, "In discussions and other activities", "About <mark>zebras</mark>", "&lt;b&gt;<mark>zebra</mark>").without("Nothing fits", "For the team").plain().must(200, link)
	}
	staff.find(run, "zebra").must(200, "About <mark>zebras</mark>", "For the team")
	stranger.find(run, "zebra").without("zebras</mark>")
	w.member("eva", other, "").find(other, "zebra").must(200, "Nothing fits")
	ann.get(appPath(run, "pins")+"?q=zebra").must(200, "1 hits", "About zebras at /view/home/one")
	ann.get(link).must(200)

	ann.pin(run, "id", "one", "title", "About lions")
	bob.comesToFind(run, "zebra", "Nothing fits", true)
	bob.find(run, "lion").must(200, "About <mark>lions</mark>")

	ann.pin(run, "id", "two", "title", "Another lion")
	ann.pin(run, "id", "one")
	bob.comesToFind(run, "lion", "About", false)
	bob.find(run, "lion").must(200, "Another <mark>lion</mark>")
	if _, err := w.site.ErasePerson(t.Context(), annUser.ID); err != nil {
		t.Fatal(err)
	}
	bob.comesToFind(run, "lion", "Nothing fits", true)
}

// What a block of the course put into the search is found where the block itself would be found.
func TestTextsOfUnlistedBlocks(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installManifest(`{"name": "memo", "version": "1.0.0", "title": "Memo", "description": "Texts to find.", "licence": "Apache-2.0",
		"types": [{"name": "memo", "title": "Memo", "kind": "component"}], "permissions": [{"name": "index", "reason": "Memos are found."},
		{"name": "search", "reason": "It looks for memos."}]}`,
		nil, true, sdk.New[sdk.None, sdk.None, sdk.None](pins{}, sdk.Spec{
			Kind: wire.KindComponent, Views: []wire.View{{Name: wire.ViewLearner}}, Handlers: []wire.Handler{{Name: "pin", Roles: []wire.Role{wire.RoleLearner, wire.RoleStaff}}},
		}))
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Memos"/>`,
		"course/now.xml": `<course display_name="Memos" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter display_name="One">
			<sequential url_name="open"><vertical url_name="first"><memo url_name="shown"/></vertical></sequential>
			<sequential url_name="hidden" hide_from_toc="true"><vertical url_name="second"><memo url_name="unlisted"/></vertical></sequential></chapter></course>`,
	})
	ann, sue := w.member("ann", run, ""), w.member("sue", run, "staff")
	for unit, memo := range map[string]string{"second": "unlisted", "first": "shown"} {
		form := ann.open("/courses/" + run.String() + "/units/" + unit).must(200).form(blockPath(run, "memo", memo))
		form.set("id", "one")
		form.set("title", "The "+memo+" memo")
		form.press("pin").must(303)
	}
	sue.comesToFind(run, "memo", "unlisted", true)
	ann.comesToFind(run, "memo", "shown", true)
	ann.find(run, "memo").must(200).without("unlisted")
}
