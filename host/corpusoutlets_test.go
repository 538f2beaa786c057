package host_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/mail"
	"github.com/quoin-lms/quoin/host/oidc"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/sanitize/sanitizetest"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// bait is found by every search; no page of ours has an element of this name.
const bait = `findme<quoin-bait><img src=x onerror=x()></quoin-bait>`

// namedByAttackers is a course whose tabs, textbooks and content groups have the corpus for names, and pages for bodies.
func (w *world) namedByAttackers() key.Course {
	w.t.Helper()
	texts, _ := written()
	name := strings.Join(texts[:30], " ") + " " + bait
	groups, books := []map[string]any{}, []map[string]any{}
	tabs := []map[string]string{{"type": "courseware", "name": name}, {"type": "progress", "name": name}, {"type": "static_tab", "name": name, "url_slug": "attack"}}
	for i, text := range texts {
		if i < 60 {
			groups = append(groups, map[string]any{"id": i + 1, "name": text + bait, "version": 1})
			tabs = append(tabs, map[string]string{"type": "external_link", "name": text, "link": text})
		}
		books = append(books, map[string]any{"tab_title": text + bait, "chapters": []map[string]string{{"title": text + bait, "url": text}, {"title": text, "url": "/static/a.html"}}})
	}
	policy, err := json.Marshal(map[string]any{"course/now": map[string]any{
		"tabs": append(tabs, map[string]string{"type": "html_textbooks", "name": bait}), "html_textbooks": books,
		"user_partitions": []any{map[string]any{"id": 50, "name": name, "scheme": "cohort", "version": 3, "parameters": map[string]any{}, "active": true, "groups": groups}},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.course(map[string]string{
		"course.xml":               `<course url_name="now" org="Org" course="Named"/>`,
		"course/now.xml":           `<course display_name="Named" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="c"><sequential url_name="s" display_name="s"><vertical url_name="u" display_name="findme u"><html url_name="h" display_name="findme h"/><problem url_name="p" display_name="findme p"/></vertical></sequential></chapter></course>`,
		"html/h.xml":               `<html filename="h" display_name="findme h"/>`,
		"html/h.html":              "<p>findme &lt;quoin-bait&gt;&lt;img src=x onerror=x()&gt; " + `</p>`,
		"problem/p.xml":            `<problem display_name="findme &lt;quoin-bait&gt;"><stringresponse answer="a" type="ci"><label>findme &lt;quoin-bait&gt;&lt;img src=x onerror=x()&gt;</label><textline size="20"/></stringresponse></problem>`,
		"tabs/attack.html":         "<div>" + strings.Join(sanitizetest.Vectors, "</div>\n<div>") + "</div><quoin-bait>findme</quoin-bait>",
		"policies/now/policy.json": string(policy),
	})
}

// cohortNames makes cohorts of all that may be a cohort's name, and returns them.
func (w *world) cohortNames(run key.Course) []string {
	w.t.Helper()
	texts, _ := written()
	var names []string
	for _, text := range append([]string{bait}, texts...) {
		if len(names) < 100 && w.site.People.PutCohort(w.t.Context(), run.String(), people.Cohort{Name: text, Automatic: true}) == nil {
			names = append(names, text)
		}
	}
	if len(names) < 60 {
		w.t.Fatalf("only %d names of cohorts are taken", len(names))
	}
	return names
}

// What people, course teams and operators call things runs nowhere and leaves no element: names and bodies of course pages,
// textbooks, profiles, cohorts, content groups, invitations, other sites for sign-in, reasons, searches, mails (security R20).
func TestCorpusOfNamesInBrowser(t *testing.T) {
	i := newIssuer(t)
	kept := &mail.Kept{}
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) {
		c.Mailer, c.Development = kept, true
		c.SignWith = []oidc.Config{{Name: "uni", Title: bait, Issuer: i.URL, ClientID: "client", Private: true}}
	}})
	run := w.namedByAttackers()
	texts, _ := written()
	names := w.cohortNames(run)
	ctx := t.Context()
	w.account("sue", run, "instructor")
	zoe := w.account("zoe", run, "")
	bio := strings.Join(texts, "\n")
	if _, err := w.site.People.SetPublic(ctx, zoe.ID, people.Public{Visibility: people.VisibleEverybody, ShowName: true, Bio: strings.ToValidUTF8(bait+bio[:900], "")}); err != nil {
		t.Fatal(err)
	}
	learner := w.site.People.Pseudonym(zoe.ID, run.String())
	for n, text := range slices.Concat([]string{bait}, texts[:40]) {
		err := w.site.Kernel.Scorer().Override(ctx, learner, run.Usage("problem", "p"), scoring.Override{
			Earned: 1, Possible: 1, Reason: text + bait, By: "tester", At: time.Now(), Stamp: fmt.Sprint(n),
		})
		if err == nil {
			err = kept.Send(ctx, ports.Mail{To: "a@example.org", Subject: text + bait, Text: text + bait + " " + w.url + "/reset?link=" + text, HTML: text + bait})
		}
		if err == nil {
			_, err = w.site.People.Invite(ctx, people.Invitation{Run: run.String(), Email: fmt.Sprintf("a%d@example.org", n), Cohort: names[n], By: zoe.ID})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.site.People.SetCohort(ctx, zoe.ID, run.String(), bait); err != nil {
		t.Fatal(err)
	}
	if err := w.site.People.Link(ctx, zoe.ID, people.Identity{Provider: "uni", Issuer: i.URL, Subject: "1", Label: bait}); err != nil {
		t.Fatal(err)
	}
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{Source: spy}); err != nil {
		t.Fatal(err)
	}
	course := "/courses/" + run.String()
	record := staffPath(run) + "/learners/" + learner
	for _, who := range []struct {
		name  string
		paths []string
	}{
		{"", []string{"/signin", "/signup", "/people/zoe", "/development/mails"}},
		{"zoe", []string{"/account", course, course + "/textbooks", course + "/pages/attack", course + "/search?q=findme", course + "/search?q=%3Cquoin-bait%3E+findme", course + "/progress", unitPath(run, "u")}},
		{"sue", []string{
			staffPath(run) + "/cohorts", staffPath(run) + "/invitations", staffPath(run) + "/people", staffPath(run) + "/enrol", staffPath(run) + "/team",
			gradebookPath(run), record, record + "/blocks/" + run.Usage("problem", "p").String(), course + "/view-as",
		}},
	} {
		for n, path := range who.paths {
			t.Run(who.name+path, func(t *testing.T) {
				b := &tab{t: t, w: w, ctx: b.ctx, logs: b.logs}
				if n == 0 && who.name != "" {
					b.enterAs(who.name)
				}
				b.open(path)
				b.until(`document.readyState === "complete"`)
				if found := b.text(foundMarkup); found != "" {
					t.Errorf("%s", found)
				}
				if got := b.text(`[...document.querySelectorAll("quoin-bait, img[src=x]")].map(e => e.parentElement.outerHTML.slice(0, 200)).join("\n")`); got != "" {
					t.Errorf("an attacker's element stands in the page: %s", got)
				}
				if got := b.text(`String(location.pathname)`); got == "/signin" && path != "/signin" || b.text(`document.body.innerText`) == "" {
					t.Errorf("the page is not there: %s", got)
				}
			})
		}
	}
	sue := w.enter(mustUser(t, w, "sue"))
	for _, path := range []string{staffPath(run) + "/people.csv", gradebookPath(run) + ".csv"} {
		sheet := sue.get(path).must(200)
		if kind := sheet.header.Get("Content-Type"); kind != "text/csv; charset=utf-8" || sheet.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(sheet.header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("%s may be shown as a page: %v", path, sheet.header)
		}
	}
}

// enterAs signs in somebody else in a tab.
func (b *tab) enterAs(name string) {
	b.t.Helper()
	b.open("/nowhere")
	if b.text(`String(!!document.querySelector('form[action="/signout"]'))`) == "true" {
		b.click(`form[action="/signout"] button`)
		b.until(`!document.querySelector('form[action="/signout"]')`)
	}
	b.signIn(name)
}
