package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/runtime/people"
)

// An archive becomes a library, from Studio's first page to the report, the yes and the undo; then the library goes out. Each page
// passes axe-core and is no wider than its window.
func TestStudioLibraryArchivesInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	user, err := w.site.People.SetSiteRole(t.Context(), w.account("sue", run, "staff").ID, people.SiteCreator, true)
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
				b.picture(filepath.Join(shots, fmt.Sprintf("archives-%s-%d.png", name, width)))
			}
		}
		b.like(1280, "light")
	}
	archive := filepath.Join(t.TempDir(), "backup.zip")
	if err := os.WriteFile(archive, []byte(backupLibrary(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.signIn(user.Username)
	b.open("/studio")
	b.eval(`document.querySelector('form[action="/studio/libraries"]').closest("details").open = true`)
	b.typeInto("#set-library-title", "Mechanics")
	b.typeInto("#set-library-org", "Org")
	b.typeInto("#set-library-slug", "Mech")
	b.attach("#library-archive", archive)
	looks("create")
	b.click(`form[action="/studio/libraries"] .primary`)
	b.see("h2", "What the import would do")
	b.see("main", "First text")
	looks("report")
	b.click(`button[value="agree"]`)
	b.see("h2", "What the import did")
	looks("done")
	b.open("/studio/courses/library-v1:Org+Mech")
	b.see("main", "Unpublished text")
	looks("components")
	b.open("/studio/courses/library-v1:Org+Mech/export")
	b.click(`input[value="backup"]`)
	looks("export")
	b.click(`form[action$="/export"] .primary`)
	b.see(".going a", "Download the archive")
	b.open("/studio/courses/library-v1:Org+Mech/import")
	looks("imports")
	b.click(`.going a`)
	b.click(`button[value="undo"]`)
	b.see("main", "The library is what it was before the import")
	looks("undone")
	b.quiet()
}
