package host_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
)

// What an author takes along of himself has his edits, with times and titles, his remarks and his part of reviews, and nothing that
// others wrote in the same places.
func TestExportOfAnAuthor(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	user := w.account("sue", run, "staff")
	sue, bob := w.enter(user), w.member("bob", run, "staff")
	unit := run.Usage("vertical", "u1").String()
	page := studioPath(run) + "/units/u1/remarks"
	sue.did(run, "/set", "usage", unit, "has", "title", "title", "Sue's waves")
	bob.did(run, "/set", "usage", run.Usage("vertical", "u3").String(), "has", "title", "title", "Bob's tides")
	sue.get(page).form(page).set("text", "Sue asks this").press("").must(303)
	bob.get(page).form(page).set("text", "Bob says that").press("").must(303)
	sue.did(run, "/reviews", "usage", unit, "do", "ask", "text", "Sue's note")
	state := bob.get(studioPath(run) + "/changes?within=" + url.QueryEscape(unit)).form(studioPath(run) + "/reviews").values.Get("state")
	bob.did(run, "/reviews", "usage", unit, "do", "changes", "state", state, "text", "Bob's answer")
	var out bytes.Buffer
	if err := w.site.ExportPerson(t.Context(), user.ID, &out); err != nil {
		t.Fatal(err)
	}
	files := unzip(t, out.Bytes())
	edits, said := files["documents/authored_edits.jsonl"], files["documents/authored_remarks.jsonl"]
	for _, want := range []string{`"kind":"set"`, unit, "Sue's waves", `"at":"20`} {
		if !strings.Contains(edits, want) {
			t.Errorf("%q is missing in the edits: %s", want, edits)
		}
	}
	for _, want := range []string{"Sue asks this", "Sue's note", `"kind":"review"`, `"kind":"remark"`} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in what she said: %s", want, said)
		}
	}
	if strings.Contains(edits+said, "Bob") {
		t.Errorf("it holds what Bob wrote: %s %s", edits, said)
	}
	if !strings.Contains(files["index.json"], `"authored_edits": 1`) {
		t.Errorf("%s", files["index.json"])
	}
}
