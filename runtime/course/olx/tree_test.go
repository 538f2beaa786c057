package olx_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/olx"
)

func TestPointers(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical>
  <problem url_name="week1:quiz:q1"/>
  <html url_name="a:b"/>
  <html slug="old"/>
  <html url_name="inline">text</html>
  <html url_name="commented"><!-- so it is no pointer --></html>
  <html url_name="spaced">
  </html>
  <video url_name="v1" display_name="inline by its attribute"/>
  <done url_name="pure"/>
  <mystery url_name="known-by-its-file"/>
</vertical>`, archive{
		"problem/week1/quiz/q1.xml":     `<problem display_name="Q1"/>`,
		"html/a/b.xml":                  `<html filename="c"/>`,
		"html/a/c.html":                 "body",
		"html/old.xml":                  "<html>old</html>",
		"html/spaced.xml":               "<html>spaced</html>",
		"mystery/known-by-its-file.xml": `<mystery x="1"><y/></mystery>`,
	}))
	want(t, findings)
	files := map[string]string{
		"week1:quiz:q1": "course/problem/week1/quiz/q1.xml", "a:b": "course/html/a/b.xml", "old": "course/html/old.xml",
		"inline": "course/vertical/v.xml", "commented": "course/vertical/v.xml", "spaced": "course/html/spaced.xml",
		"v1": "course/vertical/v.xml", "pure": "course/vertical/v.xml", "known-by-its-file": "course/mystery/known-by-its-file.xml",
	}
	children := vertical(t, course).Children
	if len(children) != len(files) {
		t.Fatalf("got %d children, want %d", len(children), len(files))
	}
	for _, child := range children {
		if got := child.Definition().File; got != files[child.ID] {
			t.Errorf("%s is defined in %s, want %s", child.ID, got, files[child.ID])
		}
	}
	if children[1].Body != "course/html/a/c.html" {
		t.Errorf("the body lies in %s", children[1].Body)
	}
}

func TestDanglingPointers(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical>
<problem url_name="gone"/>
<mystery url_name="gone"/>
<html url_name="h" filename="gone"/>
<problem url_name="../../../etc/passwd"/>
<html url_name="h2" filename="../../../../etc/passwd"/>
<html url_name="h3" filename="/etc/passwd"/>
<problem url_name="f" filename="../vertical/v"/>
<poll url_name="nothing-set"/>
</vertical>`, nil))
	want(
		t, findings,
		"missing_file vertical/v.xml:2:1 problem gone",
		"missing_file vertical/v.xml:3:1 mystery gone",
		"missing_file vertical/v.xml:4:1 html h",
		"id vertical/v.xml:5:1 problem .._.._.._etc_passwd",
		"pointer vertical/v.xml:5:1 problem .._.._.._etc_passwd",
		"pointer vertical/v.xml:6:1 html h2",
		"pointer vertical/v.xml:7:1 html h3",
		"pointer vertical/v.xml:8:1 problem f",
	)
	children := vertical(t, course).Children
	if len(children) != 8 {
		t.Fatalf("got %d children, want 8", len(children))
	}
	for i, broken := range []bool{true, false, true, true, true, true, true, false} {
		if (children[i].Broken != "") != broken {
			t.Errorf("%s: broken %q, want %v", children[i].ID, children[i].Broken, broken)
		}
	}
}

func TestBodyPaths(t *testing.T) {
	for _, test := range []struct{ id, filename, lies string }{
		{"h", "h", "html/h.html"},
		{"h", "other", "html/other.html"},
		{"a:h", "h", "html/a/h.html"},
		{"a:b:h", "h", "html/a/b/h.html"},
		{"a:h", "b/h", "html/a/b/h.html"},
		{"h", "h.html", "html/h.html"},
		{"h", "h.xml", "html/h.xml.html"},
		{"a:h", "h", "a/h.html"},
		{"h", "sub/h", "sub/h.html"},
	} {
		course, findings := mustRead(t, small(`<vertical><html url_name="`+test.id+`" filename="`+test.filename+`"/></vertical>`, archive{test.lies: "x"}))
		want(t, findings)
		if got := vertical(t, course).Children[0].Body; got != "course/"+test.lies {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}

// A filename leads any older type to a further file. What the element says wins over what the file says.
func TestFilenames(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical>
<problem url_name="p" filename="f" weight="2"/>
<problem url_name="old" filename="g"/>
<mystery url_name="m" filename="report.csv"/>
<poll url_name="q" xblock-family="xblock.v1" filename="own-field"/>
</vertical>`, archive{
		"problem/f.xml":  `<problem weight="1" rerandomize="always">text</problem>`,
		"problems/g.xml": "<problem>g</problem>",
	}))
	want(t, findings)
	children := vertical(t, course).Children
	weight, _ := children[0].Attr("weight")
	rerandomize, _ := children[0].Attr("rerandomize")
	if weight.Value != "2" || weight.File != "course/vertical/v.xml" || rerandomize.Value != "always" || rerandomize.File != "course/problem/f.xml" {
		t.Errorf("got %+v, %+v", weight, rerandomize)
	}
	if got, want := string(children[0].OLX()), `<problem weight="2" rerandomize="always">text</problem>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := children[1].Definition().File; got != "course/problems/g.xml" {
		t.Errorf("the older folder is not looked into: %s", got)
	}
	for _, child := range children[2:] {
		if attr, ok := child.Attr("filename"); !ok || child.Broken != "" || len(child.Sources) != 1 || attr.Value == "" {
			t.Errorf("got %+v", child)
		}
	}
}

func TestIDs(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical>
<html display_name="A  Title: (1)">x</html>
<html name="given" display_name="not this">x</html>
<html>same</html>
<html>same</html>
<html url_name="">x</html>
<html url_name="a b/c">y</html>
<html url_name="`+strings.Repeat("l", 200)+`">z</html>
</vertical>`, nil))
	var ids []string
	for _, child := range vertical(t, course).Children {
		ids = append(ids, child.ID)
		if !child.Minted {
			t.Errorf("%s is not said to be minted", child.ID)
		}
	}
	wanted := []string{
		"A_Title_1_", "given", "html_ca221b5faf43", "html_ca221b5faf43_2", "html_1a21a0226627", "a_b_c", "html_180dfe858ead",
	}
	if strings.Join(ids, " ") != strings.Join(wanted, " ") {
		t.Errorf("got  %v\nwant %v", ids, wanted)
	}
	var codes []string
	for _, f := range findings {
		codes = append(codes, string(f.Code))
	}
	if got := strings.Join(codes, " "); got != "no_id no_id no_id no_id no_id id id" {
		t.Errorf("got %s", got)
	}
	again, _ := mustRead(t, small(`<vertical><video/><html>same</html></vertical>`, nil))
	if got := vertical(t, again).Children[1].ID; got != wanted[2] {
		t.Errorf("the id depends on the place: %s", got)
	}
}

func TestSecondParent(t *testing.T) {
	course, findings := mustRead(t, archive{
		"course.xml": `<course url_name="R" org="O" course="C">
<vertical url_name="v"><html url_name="h"/><problem url_name="i">text</problem></vertical>
<vertical url_name="w"><html url_name="h"/><problem url_name="i">text</problem><problem url_name="i"/></vertical>
</course>`,
		"html/h.xml": "<html>x</html>",
	})
	want(t, findings, "second_parent course.xml:3:24 html h", "second_parent course.xml:3:44 problem i", "second_parent course.xml:3:80 problem i")
	if got := outline(course.Root); got != "course course(vertical v(html h, problem i), vertical w)" {
		t.Errorf("got %s", got)
	}
	block, _ := course.Block("problem", "i")
	if len(block.Again) != 2 || block.Again[1].Line != 3 || string(block.Again[1].XML) != `<problem url_name="i"/>` {
		t.Errorf("got %+v", block.Again)
	}
}

func TestConflicts(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical>
<problem url_name="p">one</problem>
<problem url_name="p">two</problem>
<problem url_name="p">two</problem>
<problem url_name="p"/>
<html url_name="p">other type, no conflict</html>
</vertical>`, archive{"problem/p.xml": "<problem>three</problem>"}))
	want(
		t, findings,
		"conflict vertical/v.xml:3:1 problem p",
		"second_parent vertical/v.xml:4:1 problem problem_p_607a9f6f20e4",
		"conflict vertical/v.xml:5:1 problem p",
	)
	children := vertical(t, course).Children
	if got, want := outline(vertical(t, course)), "vertical v(problem p, problem problem_p_607a9f6f20e4, problem problem_p_72040a7989ce, html p)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(children[2].OLX()); got != "<problem>three</problem>" {
		t.Errorf("got %s", got)
	}
}

// Ids that somebody foresaw do not lead in circles.
func TestForeseenIDs(t *testing.T) {
	first, _ := mustRead(t, small(`<vertical><problem url_name="p">1</problem><problem url_name="p">2</problem></vertical>`, nil))
	foreseen := vertical(t, first).Children[1].ID
	course, _ := mustRead(t, small(`<vertical><problem url_name="`+foreseen+`">0</problem><problem url_name="`+foreseen+`_2">0</problem>`+
		`<problem url_name="p">1</problem><problem url_name="p">2</problem></vertical>`, nil))
	if got := vertical(t, course).Children[3].ID; got != foreseen+"_3" {
		t.Errorf("got %s, want %s_3", got, foreseen)
	}
}

func TestCycles(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical><wrapper url_name="w"/><vertical url_name="v"/></vertical>`, archive{
		"wrapper/w.xml": `<wrapper><vertical url_name="v"/><wrapper url_name="w"/><html url_name="h">x</html></wrapper>`,
	}))
	want(t, findings, "cycle wrapper/w.xml:1:10 vertical v", "cycle wrapper/w.xml:1:34 wrapper w", "cycle vertical/v.xml:1:34 vertical v")
	if got := outline(vertical(t, course)); got != "vertical v(wrapper w(html h))" {
		t.Errorf("got %s", got)
	}
}

func TestWhichElementsAreBlocks(t *testing.T) {
	const source = `<vertical xmlns:o="http://code.edx.org/xblock/option">
<conditional url_name="c"><show sources="i4x://a"/><html url_name="c1">x</html></conditional>
<split_test url_name="s"><vertical url_name="s1"/></split_test>
<itembank url_name="i"><problem url_name="i1" upstream="lb:O:L:problem:x">x</problem></itembank>
<openassessment url_name="o"><rubric><criterion url_name="not-a-block"/></rubric></openassessment>
<problem-builder url_name="pb" xblock-family="xblock.v1"><pb-mcq url_name="q"><pb-choice url_name="ch" value="1">A</pb-choice></pb-mcq></problem-builder>
<strange url_name="x"><private/><html url_name="x1">x</html><new xblock-family="xblock.v1" name="n"/></strange>
<o:option>1</o:option>
<option:flag>true</option:flag>
<tag_aside xblock-family="xblock_asides.v1" content="x"/>
<meta>{}</meta>
<!-- comment --><?pi?>text
<include file="x.xml"/>
<bad·name/>
</vertical>`
	files := small(source, archive{"vertical/s1.xml": "<vertical/>"})
	course, findings := mustRead(t, files)
	want(
		t, findings, "no_id vertical/v.xml:7:61 new n", "include vertical/v.xml:13:1 vertical v", "type vertical/v.xml:14:1 vertical v",
	)
	wanted := "vertical v(conditional c(html c1), split_test s(vertical s1), itembank i(problem i1), openassessment o, " +
		"problem-builder pb(pb-mcq q(pb-choice ch)), strange x(html x1, new n))"
	if got := outline(vertical(t, course)); got != wanted {
		t.Errorf("got  %s\nwant %s", got, wanted)
	}
	if asides := vertical(t, course).Asides; len(asides) != 1 || asides[0].Line != 10 {
		t.Errorf("got asides %+v", asides)
	}
	rest := string(vertical(t, course).OLX())
	for _, kept := range []string{"<o:option>", "<option:flag>", "<meta>", "<!-- comment --><?pi?>text", `<include file="x.xml"/>`, "<bad·name/>", "xmlns:o"} {
		if !strings.Contains(rest, kept) {
			t.Errorf("%s is not handed on: %s", kept, rest)
		}
	}
	for _, cut := range []string{"<conditional", "<strange", "tag_aside"} {
		if strings.Contains(rest, cut) {
			t.Errorf("%s is handed on: %s", cut, rest)
		}
	}

	// What is installed is known better.
	course, _, err := files.read(t, olx.Options{HasChildren: func(blockType string) (bool, bool) {
		return blockType == "strange", blockType == "strange" || blockType == "conditional"
	}})
	if err != nil {
		t.Fatal(err)
	}
	if block, _ := course.Block("strange", "x"); len(block.Children) != 3 {
		t.Errorf("got %s", outline(block))
	}
	if block, _ := course.Block("conditional", "c"); len(block.Children) != 0 {
		t.Errorf("got %s", outline(block))
	}
}

func TestTagOfDefinition(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical><problem url_name="p"/></vertical>`, archive{"problem/p.xml": "\n<html>x</html>"}))
	want(t, findings, "tag problem/p.xml:2:1 problem p")
	if child := vertical(t, course).Children[0]; child.Type != "problem" || child.Broken != "" {
		t.Errorf("got %+v", child)
	}
}

func TestCourseExtras(t *testing.T) {
	course, findings := mustRead(t, small("<vertical/>", archive{
		"course/R.xml": "<course>\n<textbook title=\"T\" book_url=\"http://x/\"/>\n<chapter url_name=\"c\"/><wiki slug=\"O.C\"/></course>",
	}))
	want(t, findings)
	if len(course.Textbooks) != 1 || course.Textbooks[0] != (olx.Textbook{Title: "T", BookURL: "http://x/", Line: 2}) || course.WikiSlug != "O.C" {
		t.Errorf("got %+v, %q", course.Textbooks, course.WikiSlug)
	}
	if got := outline(course.Root); got != "course course(chapter c(sequential s(vertical v)))" {
		t.Errorf("got %s", got)
	}
}
