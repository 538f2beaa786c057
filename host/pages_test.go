package host_test

import (
	"net/url"
	"strings"
	"testing"
)

// A new learner's way through the site, with forms alone.
func TestLearnersWay(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.visitor()
	b.get("/").must(200, "Forces and motion")
	about := "/courses/" + run.String() + "/about"
	b.get(about).must(200, `href="/signup?next=/courses/course-v1%3aOrg%2bPhys%2bnow/about"`)
	b.get(about).must(200, "Why things fall.").without("x()")
	b.send("GET", about, map[string]string{"Accept-Language": "ar"}, "").must(200, "Why things fall.", `dir="ltr"`)
	signUp := b.get("/signup?next=" + url.QueryEscape(about)).must(200).form("/signup")
	signUp.set("username", "a", "email", "nonsense", "name", "", "password", "x").press("").must(422, "aria-invalid", `value="nonsense"`)
	entered := signUp.set("username", "ann", "email", "ann@example.org", "name", "Ann", "password", password).press("")
	entered.must(303)
	page := entered.follow().must(200)
	page = page.form("/courses/"+run.String()+"/enrol").press("").must(303).follow().must(200, "Forces", "Not yet", "Start")
	page.without("For the team", "Secret")
	unit := b.get(unitPath(run, "read1")).must(200, "A body at rest", "/static/apple.png", "Odd things", "rel=\"next\"")
	b.open(strings.TrimSpace(attributeOf(unit, "a", "rel", "next", "href"))).must(200, "Odd things", "rel=\"prev\"")
	b.open("/courses/"+run.String()+"/jump_to_id/five").must(200, "Five questions")
	b.open(unitPath(run, "questions")).must(200, "Five questions")
	b.open(unitPath(run, "first")).must(200, "Newton")
	b.open(unitPath(run, "pword")).must(200, "Five questions")

	five := unitPath(run, "five")
	for _, a := range answers {
		address := blockPath(run, "problem", a.id)
		for _, try := range []struct {
			fields  []string
			verdict string
		}{{a.wrong, "Incorrect"}, {a.right, "Correct"}} {
			b.get(five).form(address).set(try.fields...).press("submit").must(303)
			if got := b.get(five).block(run.Usage("problem", a.id).String()); !strings.Contains(got, `class="status `+strings.ToLower(try.verdict)) {
				t.Errorf("%s answered with %v: %s", a.id, try.fields, got)
			}
		}
	}
	progress := b.get("/courses/"+run.String()+"/progress").must(200, "5 of 6", "Passed")
	progress.must(200, "Not yet", "This opens").without("Sealed question")
	if !strings.Contains(progress.words(), "83%") {
		t.Error(progress.words())
	}
	b.get("/").must(200, "Your courses", "Forces and motion")
	b.get(five).form("/signout").press("").must(303)
	if b.cookie("quoin_session") != "" {
		t.Error("the session's cookie is still there")
	}
	b.get(five).must(303)
	signIn := b.open(five).must(200).form("/signin")
	signIn.set("login", "ann", "password", "wrong").press("").must(422, "do not belong together", `value="ann"`)
	signIn.set("login", "ann@example.org", "password", password).press("").follow().must(200, "Five questions")
}

// block is the markup of one block's place.
func (p *page) block(usage string) string {
	_, after, found := strings.Cut(p.body, `data-usage="`+strings.ReplaceAll(usage, "+", "&#43;")+`"`)
	if !found {
		p.b.t.Fatalf("%s has no %s", p.path, usage)
	}
	inside, _, _ := strings.Cut(after, "</section>")
	return inside
}

func attributeOf(p *page, element, name, value, wanted string) string {
	for _, n := range p.all(element) {
		if attribute(n, name) == value {
			return attribute(n, wanted)
		}
	}
	p.b.t.Fatalf("%s has no %s with %s=%s", p.path, element, name, value)
	return ""
}
