package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/people"
)

// A learner hears once of each mark that a person gave, on the page and, if he wants it, by mail, in his language; of what is hidden
// from him, and of a mark that was taken back, he hears nothing.
func TestNoticesOfMarks(t *testing.T) {
	sent := make(postbox, 20)
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.Mailer = sent }})
	run := w.essays()
	letters, err := host.NewLetters(w.site, sent, w.url)
	if err != nil {
		t.Fatal(err)
	}
	w.site.Kernel.Notices().Mail(letters)
	user := w.account("ann", run, "")
	if _, err := w.site.People.SetEmail(t.Context(), user.ID, user.Email, true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.site.People.SetProfile(t.Context(), user.ID, people.Profile{Name: "Ann", Locale: "ar"}); err != nil {
		t.Fatal(err)
	}
	ann, bob, sue := w.enter(user), w.member("bob", run, ""), w.member("sue", run, "staff")
	ann.get("/notifications/settings").form("/notifications/settings").set("way  ", "mail").press("").must(303)
	ann.handInReport(run, "Low at noon.")
	bob.get(unitPath(run, "essays")).form(blockPath(run, "file-upload", "quiet")).set("text", "Because.").give("submit", "").must(303)
	w.working.Wait()
	const graded = "قُيِّم «Report on the tides»"
	told := func(b *browser, words string) int {
		t.Helper()
		return strings.Count(b.get("/notifications").must(200).body, words)
	}
	mailed := func() int {
		t.Helper()
		if _, err := w.site.Kernel.Notices().SendDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(sent)
	}
	if told(ann, graded) != 0 {
		t.Error("what waits is said to be graded")
	}
	queue := "/courses/" + run.String() + "/staff/grading"
	one := sue.get(queue+"?problem=report").formWith("act", "start").send("", nil).must(303).follow()
	mark := one.gradingForm().set("c0", "o2", "c1", "l1", "act", "save")
	done := mark.send("", nil).must(303).follow()
	mark.send("", nil) // pressed twice
	w.working.Wait()
	if n := told(ann, graded); n != 1 {
		t.Errorf("%d notices of one mark", n)
	}
	if n := mailed(); n != 1 {
		t.Fatalf("%d mails of one mark", n)
	}
	if mail := <-sent; mail.Subject != graded || !strings.Contains(mail.Text, graded) {
		t.Errorf("the mail is %+v", mail)
	}
	page := ann.get("/notifications")
	for _, button := range page.all("button") {
		if attribute(button, "name") == "id" {
			to := page.form("/notifications").set("id", attribute(button, "value")).press("").must(303)
			if got := to.header.Get("Location"); got != "/courses/"+run.String()+"/jump_to_id/report" {
				t.Errorf("the notice leads to %s", got)
			}
		}
	}
	ann.get("/notifications/settings").must(200, "ما قيّمه أشخاص")

	done.formWith("act", "undo").send("", nil).must(303)
	w.working.Wait()
	if n := told(ann, graded); n != 1 || mailed() != 0 {
		t.Errorf("a mark that was taken back is told: %d", n)
	}
	sue.get(one.path).gradingForm().set("c0", "o1", "c1", "l", "act", "save").send("", nil).must(303)
	w.working.Wait()
	if n := told(ann, graded); n != 2 || mailed() != 1 {
		t.Errorf("%d notices of two marks", n)
	}

	// Its results are never shown, so there is nothing to look at.
	quiet := sue.get(queue+"?problem=quiet").formWith("act", "start").send("", nil).must(303).follow()
	quiet.gradingForm().set("points", "2", "act", "save").send("", nil).must(303)
	w.working.Wait()
	if told(bob, "Quiet") != 0 {
		t.Error("a hidden mark is told")
	}
}
