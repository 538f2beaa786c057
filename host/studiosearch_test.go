package host_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"testing"
)

// Words are found in a whole course and replaced where its authors want it, as one change that can be taken back.
func TestStudioFindsAndReplaces(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	other := w.otherCourse()
	sue, ann, olga := w.member("sue", run, "staff"), w.member("ann", run, ""), w.member("olga", other, "staff")
	page := studioPath(run) + "/search"
	for _, b := range []*browser{ann, olga} {
		b.get(page + "?q=one").must(404)
		if status, _ := b.studioPost(run, "/search", "q", "one", "with", "two"); status != 404 {
			t.Errorf("who may not author replaces: %d", status)
		}
	}
	for unit, title := range map[string]string{"u1": "The Moon rises", "u2": "The moon sets", "u3": "Moonlight"} {
		sue.did(run, "/set", "usage", run.Usage("vertical", unit).String(), "has", "title", "title", title)
	}
	sue.get(page).must(200, "Find and replace")
	sue.get(page+"?q=%20").must(422, "between one letter")
	sue.get(page+"?q=nothing+like+it").must(200, "Nothing in this course")
	sue.get(page+"?q=moon").must(200, "Found 3 times in 3 texts", "Take out where ticked")
	found := sue.get(page+"?q=moon&whole=1&with="+url.QueryEscape("<i>sun</i>")).must(200, "Found 2 times in 2 texts", "&lt;i&gt;sun&lt;/i&gt;")
	replace := []string{"q", "moon", "whole", "1", "with", "sun"}
	for _, pick := range regexp.MustCompile(`name="pick" value="([^"]+)"`).FindAllStringSubmatch(found.body, -1) {
		replace = append(replace, "pick", html.UnescapeString(pick[1]))
	}
	for _, wrong := range []string{"x", other.Usage("vertical", "read1").String() + "|display_name|00"} {
		if status, _ := sue.studioPost(run, "/search", "q", "moon", "with", "sun", "pick", wrong); status != 400 && status != 404 {
			t.Errorf("picked %s: %d", wrong, status)
		}
	}
	sue.studioPost(run, "/set", "usage", run.Usage("vertical", "u2").String(), "has", "title", "title", "The moon has set")
	op := sue.did(run, "/search", replace...)
	if op["did"] != "replaced_left" {
		t.Error(op)
	}
	done := page + "?did=replaced_left&op=" + url.QueryEscape(fmt.Sprint(op["op"]))
	sue.get(done).must(200, "some texts were changed meanwhile", "Undo")
	sue.get(done+"&places=1&blocks=1").must(200, "Replaced 1 place in 1 component.", "some texts were changed meanwhile", "Undo: 1 place in 1 component")
	if got := w.titles(run); got != "A(a(The sun rises The moon has set) b(Moonlight)) B(c)" {
		t.Error(got)
	}
	sue.get(studioPath(run)+"/history").must(200, "Replaced", "moon → sun")
	sue.get(done).form(studioPath(run) + "/undo").press("").must(303)
	if got := w.titles(run); got != "A(a(The Moon rises The moon has set) b(Moonlight)) B(c)" {
		t.Error(got)
	}
}
