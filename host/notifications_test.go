package host_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/people"
)

// tell posts a notice of a block to a user, as the kernel does for blocks.
func (w *world) tell(user people.User, run key.Course, blockType, id, title, path string) {
	w.t.Helper()
	w.told++
	err := w.site.Kernel.Notices().Post(w.t.Context(), notices.Posting{
		ID: fmt.Sprint("notice", w.told), Run: run.String(), Usage: run.Usage(blockType, id).String(), Type: blockType, Title: title, Text: "Words about " + title,
		Path: path, To: []string{w.site.People.Pseudonym(user.ID, run.String())}, At: time.Now().UTC().Truncate(time.Millisecond),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// A notice is counted at the bell, stands on the page, and leads where it belongs; reading it takes it from the count, in its
// reader's list alone.
func TestNotices(t *testing.T) {
	w, run, _ := appWorld(t)
	annUser := w.account("ann", run, "")
	ann, bob := w.enter(annUser), w.member("bob", run, "")
	w.tell(annUser, run, "board", "board", "<b>Cards</b> are due", "")
	w.tell(annUser, run, "probe", "plain", "Hidden", "/view/learner/deeper")
	w.tell(annUser, run, "problem", "pword", "Graded", "")
	list := ann.get("/notifications").must(200, "&lt;b&gt;Cards&lt;/b&gt; are due", "Words about Graded", "Forces and motion", "Notifications: 3 are new")
	if n := strings.Count(list.body, "Notifications: 3 are new"); n != 1 {
		t.Errorf("the bell stands there %d times", n)
	}
	bob.get("/notifications").must(200, "Nothing yet").without("Cards")
	ids := map[string]string{}
	for _, button := range list.all("button") {
		if attribute(button, "name") == "id" {
			ids[attribute(button, "value")] = ""
		}
	}
	if len(ids) != 3 {
		t.Fatalf("there are %d notices", len(ids))
	}
	leads := map[string]bool{}
	for id := range ids {
		if p := bob.form("/notifications", ann).set("id", id).press(""); p.status != 404 {
			t.Errorf("bob reads ann's notice: %d", p.status)
		}
		p := ann.get("/notifications").form("/notifications").set("id", id).press("").must(303)
		leads[p.header.Get("Location")] = true
	}
	for _, want := range []string{appPath(run, "board"), "/courses/" + run.String() + "/jump_to_id/pword", blockPath(run, "probe", "plain") + "/view/learner/deeper"} {
		if !leads[want] {
			t.Errorf("no notice leads to %s: %v", want, leads)
		}
	}
	ann.get("/notifications").must(200).without("are new", "is new", "Mark all")
	w.tell(annUser, run, "problem", "pword", "Again", "")
	w.tell(annUser, run, "problem", "pword", "And again", "")
	ann.get("/notifications").form("/notifications").set("do", "all", "id", "").press("").must(303)
	ann.get("/notifications").must(200).without("are new", "Mark all")
	if p := w.visitor().get("/notifications"); !refused(p) {
		t.Errorf("a visitor: %d", p.status)
	}
	ann.get("/notifications?after=nonsense").must(303)
	// What is gone leads to its course.
	w.tell(annUser, run, "gone", "gone", "Gone", "")
	page := ann.get("/notifications")
	for _, button := range page.all("button") {
		if attribute(button, "name") == "id" {
			if to := page.form("/notifications").set("id", attribute(button, "value")).press("").must(303).header.Get("Location"); to != "/courses/"+run.String() {
				t.Errorf("what is gone leads to %s", to)
			}
			break
		}
	}
}

// form is a form of another reader's page, sent by this browser with its own token.
func (b *browser) form(address string, from *browser) *form {
	f := from.get(address).form(address)
	f.p.b = b
	return f.set("token", b.token())
}

// Mails go out as each chose, to a confirmed address alone; the link in them ends them without a login.
func TestNoticesByMail(t *testing.T) {
	sent := make(postbox, 20)
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.Mailer = sent }})
	w.app("board", "run", true, "course.tab")
	run := w.forces()
	letters, err := host.NewLetters(w.site, sent, w.url)
	if err != nil {
		t.Fatal(err)
	}
	w.site.Kernel.Notices().Mail(letters)
	annUser, bobUser := w.account("ann", run, ""), w.account("bob", run, "")
	if annUser, err = w.site.People.SetEmail(t.Context(), annUser.ID, annUser.Email, true); err != nil {
		t.Fatal(err)
	}
	ann, bob := w.enter(annUser), w.enter(bobUser)
	bob.get("/notifications/settings").must(200, "No mail goes to bob@example.org")
	w.tell(annUser, run, "problem", "pword", "Before", "")
	way := "way " + run.String() + " problem"
	for _, b := range []*browser{ann, bob} {
		f := b.get("/notifications/settings").must(200).form("/notifications/settings")
		f.set("way  ", "mail").press("").must(303)
	}
	ann.get("/notifications/settings?saved=1").must(200, "Saved.", "Mails go to ann@example.org", `<option value="mail" selected>`)
	if p := ann.get("/notifications/settings").form("/notifications/settings").set("way  ", "pigeon").press(""); p.status != 422 {
		t.Errorf("a way that is none: %d", p.status)
	}
	w.tell(annUser, run, "problem", "pword", "First", "")
	w.tell(bobUser, run, "problem", "pword", "First", "")
	send := func() int {
		if _, err := w.site.Kernel.Notices().SendDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(sent)
	}
	if n := send(); n != 1 {
		t.Fatalf("%d mails, want ann's alone", n)
	}
	mail := <-sent
	if mail.To != "ann@example.org" || mail.Subject != "First" || !strings.Contains(mail.Text, "Words about First") || strings.Contains(mail.Text, "Before") {
		t.Errorf("the mail is %+v", mail)
	}
	// Nothing of this course's problems from now on; the rest goes on.
	ann.get("/notifications/settings").form("/notifications/settings").set(way, "none").press("").must(303)
	w.tell(annUser, run, "problem", "pword", "Unwanted", "")
	w.tell(annUser, run, "probe", "plain", "Wanted", "")
	ann.get("/notifications").must(200, "Wanted").without("Unwanted")
	if n := send(); n != 1 {
		t.Errorf("%d mails, want one", n)
	}
	mail = <-sent
	link := regexp.MustCompile(`http\S+/notifications/stop\?link=\S+`).FindString(mail.Text)
	address := strings.TrimPrefix(link, w.url)
	visitor := w.visitor()
	visitor.get(address).must(200, "You will get no more mails")
	w.tell(annUser, run, "probe", "plain", "Still mailed", "") // a mail program that opens the link ends nothing
	if n := send(); n != 1 {
		t.Errorf("%d mails after the link was looked at", n)
	}
	<-sent
	visitor.get(address).form("/notifications/stop").press("").must(200, "You get no more mails")
	w.tell(annUser, run, "probe", "plain", "Quiet", "")
	if n := send(); n != 0 {
		t.Errorf("%d mails after the link was used", n)
	}
	ann.get("/notifications").must(200, "Quiet")
	for _, forged := range []string{"", "x", url.QueryEscape(strings.Repeat("a", 26) + ".AAAA")} {
		visitor.get("/notifications/stop?link="+forged).must(410, "not one of ours")
		visitor.get(address).form("/notifications/stop").set("link", forged).press("").must(410)
	}
}

// A person's notices and choices are in the export, and gone with the person; others' stay.
func TestNoticesArePersonal(t *testing.T) {
	w, run, _ := appWorld(t)
	annUser, bobUser := w.account("ann", run, ""), w.account("bob", run, "")
	w.tell(annUser, run, "problem", "pword", "Canary of Ann", "")
	w.tell(bobUser, run, "problem", "pword", "Of Bob", "")
	w.enter(annUser).get("/notifications/settings").form("/notifications/settings").set("way  ", "none").press("").must(303)
	var out bytes.Buffer
	if err := w.site.ExportPerson(t.Context(), annUser.ID, &out); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"documents/notices.jsonl": "Canary of Ann", "documents/notice_choices.jsonl": "none"} {
		file, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(file)
		if err != nil || !strings.Contains(string(text), want) || strings.Contains(string(text), "Of Bob") {
			t.Errorf("%s holds %s, %v", name, text, err)
		}
	}
	inbox := w.site.People.Pseudonym(annUser.ID, "")
	if _, err := w.site.ErasePerson(t.Context(), annUser.ID); err != nil {
		t.Fatal(err)
	}
	chosen, err := w.site.Kernel.Notices().Choices(t.Context(), inbox)
	list, _, again := w.site.Kernel.Notices().Of(t.Context(), inbox, "", 10)
	if err != nil || again != nil || len(list) != 0 || len(chosen.Ways) != 0 {
		t.Errorf("after the erasure there are %v and %v, %v, %v", list, chosen, err, again)
	}
	w.enter(bobUser).get("/notifications").must(200, "Of Bob")
	w.tell(annUser, run, "problem", "pword", "Too late", "") // who is gone gets nothing
	if list, _, _ := w.site.Kernel.Notices().Of(t.Context(), inbox, "", 10); len(list) != 0 {
		t.Errorf("somebody who is gone was told: %v", list)
	}
}
