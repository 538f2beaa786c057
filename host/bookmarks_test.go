package host_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/store"
)

func TestBookmarks(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	home := "/courses/" + run.String()
	list := home + "/bookmarks"
	ann, bob := w.member("ann", run, ""), w.member("bob", run, "")
	ann.get(list).must(200, "You have no bookmarks")
	// With forms alone, from the page and back to it.
	for _, unit := range []string{"five", "read1"} {
		form := ann.get(unitPath(run, unit)).must(200, `aria-pressed="false"`).form(list)
		form.set("do", "add").press("").must(303).follow().must(200, `aria-pressed="true"`, "Bookmarked")
	}
	ann.get(unitPath(run, "odd")).must(200, `aria-pressed="false"`, `class=" marked"`) // its neighbour in the sequence bar
	inOrder(t, ann.get(list).must(200, "Forces › Reading"), "/units/read1", "/units/five")
	inOrder(t, ann.get(list+"?order=course").must(200), "/units/read1", "/units/five")
	bob.get(list).must(200, "You have no bookmarks")
	// Removed from the list, and wanted back at its place.
	removed := ann.get(list).form(list).set("do", "remove").press("").must(303).follow().must(200, "is removed", "Undo")
	removed.without("/units/read1\"")
	ann.get(unitPath(run, "read1")).must(200, `aria-pressed="false"`)
	removed.form(list).set("do", "add").press("").must(303)
	inOrder(t, ann.get(list), "/units/read1", "/units/five")
	// By script, twice the same, and back.
	form := ann.get(unitPath(run, "more")).form(list)
	for _, do := range []string{"add", "add", "remove", "remove"} {
		var answer struct {
			Marked  bool
			Message string
		}
		form.set("do", do).script("").must(200).json(&answer)
		if answer.Marked != (do == "add") || answer.Message == "" {
			t.Errorf("%s gives %+v", do, answer)
		}
	}
	// Only units that one may see are marked, and only by who learns there.
	for _, usage := range []string{
		run.Usage("vertical", "notyet").String(), run.Usage("vertical", "teamonly").String(), run.Usage("problem", "pword").String(),
		run.Usage("sequential", "reading").String(), run.Usage("vertical", "nowhere").String(), "nonsense", "", w.otherCourse().Usage("vertical", "read1").String(),
	} {
		if p := form.set("usage", usage, "do", "add").press(""); p.status != 404 && p.status != 403 {
			t.Errorf("a bookmark of %q gives %d", usage, p.status)
		}
	}
	w.visitor().get(list).must(303)
	ann.get(list + "?removed=" + strings.ReplaceAll(run.Usage("vertical", "teamonly").String(), "+", "%2B")).must(200).without("is removed")
}

// inOrder fails the test unless the texts stand in the page in this order.
func inOrder(t *testing.T, p *page, texts ...string) {
	t.Helper()
	at := 0
	for _, text := range texts {
		_, main, _ := strings.Cut(p.body, "<main")
		found := strings.Index(main, text+`"`)
		if found < at {
			t.Fatalf("%s: %q does not stand behind the others: %.2000s", p.path, text, main)
		}
		at = found
	}
}

// A closed unit's bookmark is kept, but not shown. A person's export holds his bookmarks and no other's; his erasure takes
// them away.
func TestBookmarksOfAPerson(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	ann, bob := w.account("ann", run, ""), w.account("bob", run, "")
	now := time.Now().UTC()
	for user, units := range map[string][]string{ann.ID: {"five", "notyet"}, bob.ID: {"read1"}} {
		for _, unit := range units {
			if err := w.site.Bookmarks.Add(t.Context(), w.site.People.Pseudonym(user, run.String()), run.Usage("vertical", unit), now); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.enter(ann).get("/courses/"+run.String()+"/bookmarks").must(200, "/units/five").without("Sealed unit")
	var archive bytes.Buffer
	if err := w.site.ExportPerson(t.Context(), ann.ID, &archive); err != nil {
		t.Fatal(err)
	}
	text := unpacked(t, archive.Bytes(), "bookmarks")
	if !strings.Contains(text, "@five") || !strings.Contains(text, "@notyet") || strings.Contains(text, "@read1") {
		t.Errorf("the export holds %s", text)
	}
	if _, err := w.site.ErasePerson(t.Context(), ann.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := w.site.Store.Count(t.Context(), bookmarks.Spec().Name, store.Query{}, 10); err != nil || n != 1 {
		t.Errorf("%d bookmarks are left, %v; Bob's is to stay", n, err)
	}
}

// unpacked gives the files of an archive whose names hold a word.
func unpacked(t *testing.T, data []byte, word string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, file := range archive.File {
		if !strings.Contains(file.Name, word) {
			continue
		}
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&text, reader); err != nil {
			t.Fatal(err)
		}
		_ = reader.Close()
	}
	return text.String()
}
