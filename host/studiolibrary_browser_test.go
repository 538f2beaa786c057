package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/people"
)

// From nothing to an accepted update: a library is made and published, a bank of a course takes from it, a learner draws and keeps
// what he drew, the library changes, the change is compared and accepted. Each page passes axe-core and is no wider than its window.
func TestStudioLibraryInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	user := w.account("sue", run, "staff")
	user, err := w.site.People.SetSiteRole(t.Context(), user.ID, people.SiteCreator, true)
	if err != nil {
		t.Fatal(err)
	}
	bank, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "tester"}, run.Usage("vertical", "read1"), authoring.Last, authoring.NewBlock{Type: "itembank", Title: "Practice bank"})
	if err != nil {
		t.Fatal(err)
	}
	shots := os.Getenv("QUOIN_SCREENSHOTS")
	b := w.newTab(t)
	looks := func(name string) {
		t.Helper()
		for _, width := range []int64{1280, 390} {
			b.like(width, "light")
			b.check(source, fmt.Sprint(name, " ", width))
			if shots != "" {
				b.picture(filepath.Join(shots, fmt.Sprintf("library-%s-%d.png", name, width)))
			}
		}
		b.like(1280, "light")
	}
	b.signIn(user.Username)
	b.open("/studio")
	b.eval(`document.querySelector('form[action="/studio/libraries"]').closest("details").open = true`)
	b.typeInto("#set-library-title", "Physics questions")
	b.typeInto("#set-library-org", "Org")
	b.typeInto("#set-library-slug", "Phys")
	looks("home")
	b.click(`form[action="/studio/libraries"] .primary`)
	b.see("h1", "Physics questions")
	for range 2 {
		b.open("/studio/courses/library-v1:Org+Phys")
		b.click(`.palette-one[value="html"]`)
		b.visible(`.unit-sheet [data-edit-form]`)
	}
	b.open("/studio/courses/library-v1:Org+Phys")
	looks("components")
	b.click(`.studio-head .primary`)
	b.click(`form[action$="/publish"] .primary`)
	b.see("main", "There is nothing to publish")

	editor := studioPath(run) + "/units/" + bank.String()
	b.open(editor)
	looks("bank-empty")
	b.click(`.palette a[href$="/library"]`)
	b.see("h1", "Take from a library")
	b.eval(`document.querySelectorAll('input[name="usage"]').forEach((box) => box.click())`)
	looks("pick")
	b.click(`form[action$="/take"] .primary`)
	b.until(`document.querySelectorAll("[data-part]").length === 2`)
	w.publishAll(run)

	content, err := w.site.Authoring.Unit(t.Context(), bank.Course, bank)
	if err != nil || len(content.Children) != 2 {
		t.Fatal(content, err)
	}
	ann := w.member("ann", run, "")
	drawn := func() (ids []string) {
		page := ann.get("/courses/" + run.String() + "/units/read1").must(200)
		for _, child := range content.Children {
			if strings.Contains(page.body, child.Usage.ID) {
				ids = append(ids, child.Usage.ID)
			}
		}
		return ids
	}
	first := drawn()
	if again := drawn(); len(first) != 1 || fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("a learner drew %v, then %v", first, again)
	}

	library := shelfOf(content.Children[0].Usage.Course)
	library.Course.Org, library.Course.Number, library.Course.Run = "Org", "Phys", ""
	shelf, err := w.site.Authoring.Unit(t.Context(), library.Course, library)
	if err != nil {
		t.Fatal(err)
	}
	edits := map[string]authoring.FieldEdit{"data": {Value: json.RawMessage(`"<p>A body stays at rest, or goes on as it does.</p>"`)}}
	if _, err := w.site.Authoring.Save(t.Context(), authoring.Author{ID: "tester"}, shelf.Children[0].Usage, edits); err != nil {
		t.Fatal(err)
	}
	w.publishAll(library.Course)
	b.open(editor)
	b.see(".part-state.warn", "Update available")
	looks("bank")
	b.click(".part-state.warn")
	b.see(".library-compare ins", "A body stays at rest")
	looks("links")
	b.click(`.library-list form .primary`)
	b.see(".notice.good", "Everything is up to date")
	b.open(editor)
	b.see(".part-body", "A body stays at rest")
	b.quiet()
}
