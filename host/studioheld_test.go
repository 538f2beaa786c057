package host_test

import (
	"strings"
	"testing"
)

// Where somebody else has to approve what learners see, what they see at once is changed by those alone who run the course: settings,
// pages, tabs, messages, books, files that are there, the graders' library, the archive, and the way back from each. The pages say so
// and offer nothing of it.
func TestStudioHoldsBackWhatIsSeenAtOnce(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, ina := w.member("sue", run, "staff"), w.member("ina", run, "instructor")
	at := studioPath(run)
	tab := func(b *browser, name string) {
		t.Helper()
		if p := b.does(at+"/pages/tabs", "do", "add", "name", name, "link", "https://example.org/"+name); p.status >= 400 {
			t.Errorf("a tab of who may add one: %d %.300s", p.status, p.body)
		}
	}
	sue.upload(at+"/files/upload", "files", "application/json", attached{"reading.txt", "old"}).must(200)
	tab(sue, "Before")
	sue.get(at + "/pages").must(200).form(at + "/pages/tabs")
	ina.get(at+"/settings/advanced").formWith("form", "settings").set("s.publish_needs_review", "true").press("").must(303)

	const why = "somebody else approves what learners see"
	for _, address := range []string{"/pages/tabs", "/pages/undo", "/pages/text/update/new", "/pages/text/info/handouts", "/pages/books/new", "/files/at/reading.txt", "/files/undo", "/archive", "/settings/grading"} {
		sue.does(at+address, "do", "save", "text", "<p>Learners see it now.</p>", "name", "x", "archived", "1").must(403, why)
	}
	for _, page := range []string{"/pages", "/files", "/files/at/reading.txt", "/settings/grading", "/pages/text/info/handouts"} {
		p := sue.get(at+page).must(200, why)
		if strings.HasPrefix(page, "/settings") {
			continue
		}
		for _, form := range []string{at + "/pages/tabs", at + "/files/at/reading.txt", at + "/pages/text/info/handouts\" class=\"panel stack\" novalidate data-studio-form"} {
			if strings.Contains(p.body, `action="`+strings.ReplaceAll(form, "+", "&#43;")+`"`) {
				t.Errorf("%s offers %s", page, form)
			}
		}
		ina.get(at + page).must(200).without(why)
	}
	// What is drafted goes on, and a picture for it may be brought; nothing that is there is replaced.
	sue.upload(at+"/files/upload", "files", "application/json", attached{"fresh.txt", "new"}).must(200)
	again := attached{"reading.txt", "other"}
	sue.uploadWith(at+"/files/upload", "files", "application/json", map[string]string{"replace": "1"}, again).must(403, why)
	sue.upload(at+"/files/upload", "files", "application/json", attached{"python_lib.zip", "PK\x05\x06" + strings.Repeat("\x00", 18)}).must(403, why)
	ina.uploadWith(at+"/files/upload", "files", "application/json", map[string]string{"replace": "1"}, again).must(200)
	tab(ina, "After")
}
