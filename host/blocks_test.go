package host_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
	"github.com/quoin-lms/quoin/runtime/people"
)

// handIn sends an archive as an administrator's browser does.
func (b *browser) handIn(archive []byte) *page {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("token", b.token())
	if archive != nil {
		part, err := m.CreateFormFile("package", "it.block")
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = part.Write(archive)
	}
	_ = m.Close()
	return b.send("POST", "/admin/blocks", map[string]string{"Content-Type": m.FormDataContentType()}, body.String())
}

// bring hands an archive in, tries it and installs it with what is agreed to.
func (b *browser) bring(archive []byte, agreed ...string) *page {
	b.t.Helper()
	review := b.handIn(archive).must(303).follow().must(200)
	tried := review.form(review.path + "/try").press("").must(303).follow().must(200)
	form := tried.form(review.path + "/install")
	for _, name := range agreed {
		form.set("allow_"+name, "yes")
	}
	return form.press("")
}

// guessing is a course with one activity of the type guess.
func (w *world) guessing() key.Course {
	return w.course(map[string]string{
		"course.xml": `<course url_name="guess" org="Org" course="Guess"/>`,
		"course/guess.xml": `<course display_name="Guessing" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s">
			<vertical url_name="u"><guess url_name="word"/></vertical></sequential></chapter></course>`,
	})
}

// An administrator hands a package in, reads what it is, tries it, allows it, and a learner answers it; then the next version
// comes, with what it changes, and every step can be taken back.
func TestBlocksAreBroughtIn(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{})
	ada := w.enter(w.administrator("ada"))
	private, public := packagetest.Key(t)
	ada.get("/admin").must(200, `href="/admin/blocks"`)
	ada.get("/admin/blocks").must(200, "Nothing was brought in yet", "problem", "Part of the site")

	ada.handIn(nil).must(422, "Choose a file first.")
	ada.handIn([]byte("no package")).must(422, "This file is no package that can be opened safely.", "not gzipped")
	ada.handIn(packagetest.Unlisted(t, packagetest.Guess{}.Archive(t, private), func(f map[string][]byte) { f["block.js"] = []byte("evil") })).
		must(422, "What is in the package is not what its index says.")

	review := ada.handIn(packagetest.Guess{}.Archive(t, private)).must(303).follow().must(200,
		"guess 1.0.0", "Asks for a word.", "meets the name for the first time", strings.ReplaceAll(string(public), "+", "&#43;"), "Ada", "MIT", "It asks for nothing", "runs in the sandbox", "Try it").
		without("Your decision")
	ada.get("/admin/blocks").must(200, "Waiting for your decision", "not tried yet")
	tried := review.form(review.path+"/try").press("").must(303).follow().must(200, "Samples played", "Your decision").without("scores would")
	tried.form(review.path+"/install").set("where", "only", "courses", "no-course").press("").must(422, "no-course is no course key.")
	done := tried.form(review.path+"/install").press("").must(303).follow().must(200, "guess 1.0.0 is on.", "Undo").without("Waiting for your decision")
	if _, err := w.site.Blocks.OneWaiting(t.Context(), strings.TrimPrefix(review.path, "/admin/blocks/review/")); err == nil {
		t.Error("the package still waits for a decision")
	}

	run := w.guessing()
	annUser := w.account("ann", run, "")
	ann := w.enter(annUser)
	ann.get(unitPath(run, "u")).must(200).without("Nothing was brought in yet")
	frame := blockPath(run, "guess", "word") + "/frame"
	ann.get(frame).must(200, "Which word?")

	// The next version asks for more, and takes another word for right.
	next := packagetest.Guess{
		Version: "1.1.0", Right: "sun", Manifest: `"permissions": [{"name": "http", "reason": "Asks a dictionary.", "values": ["dictionary.example.org"]}]`,
	}.Archive(t, private)
	review = ada.handIn(next).must(303).follow().must(200, "takes the place of version 1.0.0", "Signed by the same publisher", "Ask over the internet: dictionary.example.org",
		"Asks a dictionary.", "What learners write can leave this site", "Permission http", "more than before")
	tried = review.form(review.path+"/try").press("").must(303).follow().must(200, "It may do more than the version in use.")
	tried.form(review.path+"/install").press("").must(409, "Nothing was changed")
	tried.form(review.path+"/install").set("allow_wider", "yes").press("").must(303).follow().must(200, "guess 1.1.0 is on.", "Go back to 1.0.0").
		formWith("act", "rollback").press("").must(303).follow().must(200, "guess is back at version 1.0.0.", "Undo").
		formWith("act", "use").press("").must(303).follow().must(200, "guess uses version 1.1.0 now.")

	// Off, on, for one course alone, removed, and back.
	list := ada.get("/admin/blocks")
	list.formWith("act", "off").press("").must(303).follow().must(200, "guess is switched off.", "Switched off").
		formWith("act", "on").press("").must(303).follow().must(200, "guess is switched on.")
	list.formWith("act", "courses").set("where", "only", "courses", "course-v1:Else+Where+now").press("").must(303).follow().must(200, "On for 1 course")
	ann.get(frame).must(404)
	list.formWith("act", "courses").set("where", "only", "courses", "nonsense").press("").must(409)
	list.formWith("act", "courses").set("where", "site").press("").must(303)
	ann.get(frame).must(200)
	list.formWith("act", "remove").press("").must(303).follow().must(200, "guess was removed.", "What authors wrote with it stays")
	ann.get(frame).must(404)
	ada.get("/admin/blocks").formWith("act", "restore").press("").must(303).follow().must(200, "guess is back.")
	ann.get(frame).must(200)

	// A stolen key: what it signed is off.
	list = ada.get("/admin/blocks")
	list.form("/admin/blocks/keys").set("key", "nonsense").press("").must(422, "This is no publisher")
	list.form("/admin/blocks/keys").set("key", string(public), "reason", "stolen").press("").must(303).follow().must(200, "The key is revoked.", "stolen", "signed by a key that was revoked")
	ann.get(frame).must(502)
	ada.get("/admin/blocks").formWith("act", "believe").press("").must(303).follow().must(200, "The key is believed again.")
	ann.get(frame).must(200)
	_ = done
}

// What may not be decided on the page is not: rules that hold for good, steps left out, a package that changed meanwhile.
func TestBlocksAreRefused(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{})
	ada := w.enter(w.administrator("ada"))
	private, _ := packagetest.Key(t)
	other, _ := packagetest.Key(t)
	ada.bring(packagetest.Guess{}.Archive(t, private)).must(303)

	review := ada.handIn(packagetest.Guess{Version: "1.1.0"}.Archive(t, other)).must(303).follow().must(200, "It cannot be taken", "Its name belongs to another publisher.", "Signed by another key than").
		without("Signed by the same publisher").without("Try it</button>").without("Your decision")
	digest := func(p *page) string { return attributeOf(p, "input", "name", "digest", "value") }
	token := ada.token()
	send := func(path string, values ...string) *page {
		body := "token=" + token
		for i := 0; i+1 < len(values); i += 2 {
			body += "&" + values[i] + "=" + values[i+1]
		}
		return ada.send("POST", path, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body)
	}
	send(review.path + "/try").must(303).follow().without("Samples played")
	send(review.path+"/install", "digest", strings.Repeat("0", 64)).must(303) // it was never tried
	send(review.path + "/discard").must(303)
	ada.get(review.path).must(404)

	// A sample that fails is told after the trial, and installing is not offered.
	review = ada.handIn(packagetest.Guess{Version: "1.1.0", Expect: "zero"}.Archive(t, private)).must(303).follow()
	tried := review.form(review.path+"/try").press("").must(303).follow().must(200, "One of its own samples does not come out").without("Your decision")
	send(review.path+"/install", "digest", strings.Repeat("0", 64)).must(409, "Nothing was changed")
	_ = tried

	// The reader saw one package; another is not installed in its place, nor without a digest.
	review = ada.handIn(packagetest.Guess{Version: "1.2.0"}.Archive(t, private)).must(303).follow()
	tried = review.form(review.path + "/try").press("").must(303).follow().must(200)
	send(review.path + "/install").must(400)
	send(review.path+"/install", "digest", strings.Repeat("0", 64)).must(409)
	if digest(tried) == "" {
		t.Error("the form names no package")
	}
	send("/admin/blocks/change", "name", "guess", "act", "dance").must(400)
	send("/admin/blocks/change", "name", "nothing", "act", "remove").must(404)
	send("/admin/blocks/change", "name", "guess", "act", "rollback").must(409)
	send("/admin/blocks/change", "name", "guess", "act", "use", "digest", "none").must(409)
	if b, err := w.site.Blocks.Find(t.Context(), "guess"); err != nil || b.Now().Version != "1.0.0" || len(b.Versions) != 1 {
		t.Errorf("something was installed: %+v, %v", b, err)
	}
}

// Whose score would change is told by name, to administrators alone: nobody else gets at any of these addresses.
func TestBlocksAreDecidedByAdministratorsAlone(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{config: shortWait})
	adaUser := w.administrator("ada")
	ada := w.enter(adaUser)
	private, _ := packagetest.Key(t)
	ada.bring(packagetest.Guess{}.Archive(t, private)).must(303)
	run := w.guessing()
	ann := w.member("ann", run, "")
	answer := blockPath(run, "guess", "word")
	ann.get(unitPath(run, "u")).form(answer).set("word", "moon").press("answer").must(303)
	w.working.Wait()
	review := ada.handIn(packagetest.Guess{Version: "1.1.0", Right: "sun"}.Archive(t, private)).must(303).follow()
	review.form(review.path+"/try").press("").must(303).follow().must(200, "1 score would be another one.", "ann", run.String()[:8], "1 of 1", "0 of 1")

	strangers := map[string]*browser{
		"a visitor": w.visitor(), "a learner": ann, "course staff": w.member("sue", run, "staff", "instructor"),
		"a publisher": w.enter(w.roled("pat", people.SitePublisher)),
	}
	routes := 0
	for _, route := range w.server.Routes() {
		if !strings.HasPrefix(route.Path, "/admin/blocks") {
			continue
		}
		routes++
		if route.Who != host.SiteAdmin {
			t.Errorf("%s %s is open to %v", route.Method, route.Path, route.Who)
		}
		address := strings.ReplaceAll(route.Path, "/review/:archive", strings.TrimPrefix(review.path, "/admin/blocks"))
		for who, b := range strangers {
			if p := b.knock(route, address, "", b.token()); !refused(p) {
				t.Errorf("%s gets at %s %s: %d", who, route.Method, address, p.status)
			}
		}
		if route.Method == http.MethodPost { // without the token nothing happens, whoever asks
			ada.send("POST", address, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "act=remove&name=guess").must(403)
		}
	}
	if routes < 8 {
		t.Errorf("only %d addresses were tried", routes)
	}
	if b, err := w.site.Blocks.Find(t.Context(), "guess"); err != nil || b.Removed != nil || b.Now().Version != "1.0.0" {
		t.Errorf("somebody changed something: %+v, %v", b, err)
	}
}

// roled makes an account with a role of the site.
func (w *world) roled(name, role string) people.User {
	w.t.Helper()
	user := w.account(name, w.otherCourse())
	user, err := w.site.People.SetSiteRole(w.t.Context(), user.ID, role, true)
	if err != nil {
		w.t.Fatal(fmt.Errorf("%s: %w", role, err))
	}
	return user
}

// Twenty installs, upgrades and ways back fail no request of learners who look and answer meanwhile.
func TestBlocksChangeUnderLearners(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{unlimited: true, config: shortWait})
	private, _ := packagetest.Key(t)
	install := func(version, shown string) {
		t.Helper()
		archive, err := w.site.Blocks.Add(t.Context(), bytes.NewReader(packagetest.Guess{Version: version, Shown: shown}.Archive(t, private)))
		if err == nil {
			_, err = w.site.Blocks.Install(t.Context(), installed.Order{Archive: archive})
		}
		if err != nil {
			t.Errorf("installing %s: %v", version, err)
		}
	}
	install("1.0.0", "Which word?")
	run := w.guessing()
	const learners = 3
	browsers := make([]*browser, learners)
	for n := range browsers {
		browsers[n] = w.member(fmt.Sprintf("learner%d", n), run, "")
	}
	answer := blockPath(run, "guess", "word")
	stop := make(chan struct{})
	var busy sync.WaitGroup
	asked := make([]int, learners)
	for n, b := range browsers {
		busy.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				unit, frame := b.get(unitPath(run, "u")), b.get(answer+"/frame")
				if unit.status != 200 || frame.status != 200 || !strings.Contains(frame.body, "Which word") {
					t.Errorf("learner %d is told %d and %d: %.200s", n, unit.status, frame.status, frame.words())
					return
				}
				if asked[n] == 0 {
					if p := unit.form(answer).set("word", "moon").press("answer"); p.status != 303 {
						t.Errorf("learner %d's answer: %d", n, p.status)
						return
					}
				}
				asked[n]++
			}
		})
	}
	for i := range 20 {
		if i%3 == 2 {
			if _, err := w.site.Blocks.Rollback(t.Context(), "guess", "", installed.Consent{}); err != nil {
				t.Error(err)
			}
			continue
		}
		install(fmt.Sprintf("1.%d.0", i+1), fmt.Sprintf("Which word, %d?", i))
	}
	close(stop)
	busy.Wait()
	if slices.Min(asked) == 0 {
		t.Errorf("the learners asked %v times", asked)
	}
	t.Logf("%v rounds", asked)
}
