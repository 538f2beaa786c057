package olx_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/olx"
)

func TestDrafts(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical display_name="published"><problem url_name="p">old</problem></vertical>`, archive{
		"drafts/vertical/new.xml": `<vertical display_name="New" parent_url="block-v1:O+C+R+type@sequential+block@s" index_in_children_list="2">` +
			`<html url_name="h"/><problem url_name="p"/></vertical>`,
		"drafts/html/h.xml":       `<html filename="h"/>`,
		"drafts/html/h.html":      `<a href="/jump_to_id/p">`,
		"drafts/problem/p.xml":    `<problem>new</problem>`,
		"drafts/vertical/v.xml":   `<vertical display_name="changed" parent_url="i4x://O/C/sequential/s" index_in_children_list="0"><video url_name="shared"/></vertical>`,
		"drafts/vertical/a/b.xml": `<vertical parent_sequential_url="i4x://O/C/sequential/s@draft" index_in_children_list="1"/>`,
		"video/shared.xml":        `<video display_name="only published"/>`,
		"drafts/problem/in.xml": `<problem parent_url="block-v1:O+C+R+type@vertical+block@a:b" index_in_children_list="0">` +
			`in a draft that does not name it</problem>`,
		"drafts/vertical/lost.xml":   `<vertical parent_url="block-v1:O+C+R+type@sequential+block@gone" index_in_children_list="x"/>`,
		"drafts/vertical/broken.xml": `<vertical index_in_children_list="1">`,
		"drafts/vertical/other.xml":  `<vertical>no draft by itself</vertical>`,
		"drafts/vertical/._x.xml":    "index_in_children_list",
		"policies/R/policy.json":     `{"vertical/v": {"display_name": "of the published one"}}`,
	}))
	want(
		t, findings,
		"xml drafts/vertical/broken.xml:1:1", "draft drafts/vertical/lost.xml:1:1", "draft drafts/vertical/lost.xml:1:1 vertical lost",
		"unused drafts/vertical/other.xml:0:0",
	)
	type draft struct {
		outline, parent string
		index           int
	}
	wanted := []draft{
		{"vertical lost", "nothing", -1},
		{"vertical v(video shared)", "sequential s", 0},
		{"vertical a:b", "sequential s", 1},
		{"vertical new(html h, problem p)", "sequential s", 2},
		{"problem in", "vertical a:b", 0},
	}
	if len(course.Drafts) != len(wanted) {
		t.Fatalf("got %d drafts, want %d", len(course.Drafts), len(wanted))
	}
	for i, w := range wanted {
		got := course.Drafts[i]
		parent := "nothing"
		if got.Parent != nil {
			parent = got.Parent.Type + " " + got.Parent.ID
		}
		if (draft{outline(got.Root), parent, got.Index}) != w || !got.Root.Draft {
			t.Errorf("draft %d: got %s in %s at %d, want %+v", i, outline(got.Root), parent, got.Index, w)
		}
	}
	if lost := course.Drafts[0]; lost.ParentType != "sequential" || lost.ParentID != "gone" {
		t.Errorf("got %+v", lost)
	}
	changed := course.Drafts[1].Root
	if name, _ := changed.Attr("display_name"); name.Value != "changed" {
		t.Errorf("the draft has the policy of the published block: %+v", name)
	}
	if place, _ := changed.Attr("index_in_children_list"); place.Mark != olx.MarkInternal || string(changed.OLX()) != `<vertical display_name="changed"/>` {
		t.Errorf("got %+v, %s", place, changed.OLX())
	}
	fresh := course.Drafts[3].Root
	if got := fresh.Children[1].Definition().File; got != "course/drafts/problem/p.xml" {
		t.Errorf("the draft's problem is that of %s", got)
	}
	if body := fresh.Children[0]; body.Body != "course/drafts/html/h.html" || len(body.References) != 1 || body.References[0].To == nil || body.References[0].To.Draft {
		t.Errorf("got %+v", body)
	}
	if got := outline(course.Root); got != "course course(chapter c(sequential s(vertical v(problem p))))" {
		t.Errorf("the published course is %s", got)
	}
	if block, _ := course.Block("problem", "p"); string(block.OLX()) != `<problem url_name="p">old</problem>` {
		t.Errorf("the published problem is %s", block.OLX())
	}
}
