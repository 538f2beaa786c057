package olx_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/olx"
)

func TestPolicyOverridesAttributes(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical display_name="V"><problem url_name="a:p" weight="1" odd="kept">x</problem></vertical>`, archive{
		"course/R.xml": `<course display_name="From XML" course_image="xml.png"><chapter url_name="c"/></course>`,
		"policies/R/policy.json": `{
  "course/R": {
    "course_image": "policy.png", "graceperiod": null,
    "tabs": [{"name": "Home"}]
  },
  "problem/a:p": {"weight": 2.50, "new": "\u00e9", "weight": 3.0},
  "vertical/v": {},
  "vertical/gone": {"start": "x"},
  "static_tab/about-us": {"display_name": "no block here"}
}`,
	}))
	want(t, findings, "policy policies/R/policy.json:8:3")
	type attr struct {
		value, json, replaced, file string
		line                        int
	}
	check := func(block *olx.Block, name string, want attr) {
		t.Helper()
		got, ok := block.Attr(name)
		replaced := ""
		if got.Replaced != nil {
			replaced = got.Replaced.Value
		}
		if !ok || (attr{got.Value, string(got.JSON), replaced, strings.TrimPrefix(got.File, "course/"), got.Line}) != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	const policy = "policies/R/policy.json"
	check(course.Root, "display_name", attr{"From XML", "", "", "course/R.xml", 1})
	check(course.Root, "course_image", attr{"policy.png", `"policy.png"`, "xml.png", policy, 3})
	check(course.Root, "graceperiod", attr{"null", "null", "", policy, 3})
	check(course.Root, "tabs", attr{`[{"name": "Home"}]`, `[{"name": "Home"}]`, "", policy, 4})
	problem := vertical(t, course).Children[0]
	check(problem, "weight", attr{"3.0", "3.0", "1", policy, 6})
	check(problem, "new", attr{"é", `"\u00e9"`, "", policy, 6})
	check(problem, "odd", attr{"kept", "", "", "vertical/v.xml", 1})
	if got, want := string(problem.OLX()), `<problem url_name="a:p" weight="3.0" odd="kept" new="é">x</problem>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, file := range course.Files {
		if file.Path == "course/"+policy && len(file.Blocks) != 3 {
			t.Errorf("the policy holds attributes of %d blocks, want 3", len(file.Blocks))
		}
	}
}

func TestOlderPolicyFile(t *testing.T) {
	course, findings := mustRead(t, small("<vertical/>", archive{
		"policies/R/policy.json": `{}`,
		"policies/R.json":        `{"course/R": {"start": "2013"}}`,
		"grading_policy.json":    `{"GRADER": []}`,
	}))
	want(t, findings)
	if start, _ := course.Root.Attr("start"); start.Value != "2013" || string(course.GradingPolicy) != `{"GRADER": []}` || course.GradingFile != "course/grading_policy.json" {
		t.Errorf("got %+v, %s", start, course.GradingPolicy)
	}
}

// What does not come in with a course is reported, not lost without a word (R12).
func TestMarks(t *testing.T) {
	files := small(`<vertical parent_url="x">
<problem url_name="p" attempts="3" student_answers="{}" weight="1" seed="1">x</problem>
<poll url_name="q" xblock-family="xblock.v1" tally="{}" question="Q"/>
<sequential url_name="s2" position="2" display_name="S"/>
<strange url_name="z" state="1" content="c"/>
<lti_consumer url_name="l" lti_1p3_block_key="-----BEGIN" lti_id="i"/>
</vertical>`, archive{
		"course/R.xml":           `<course lti_passports="[&quot;a:b:c&quot;]" matlab_api_key=""><chapter url_name="c"/></course>`,
		"policies/R/policy.json": `{"course/R": {"lti_passports": ["a:b:d"], "xqa_key": "k"}}`,
	})
	course, findings, err := files.read(t, olx.Options{UserField: func(blockType, name string) (bool, bool) {
		switch {
		case blockType == "strange":
			return name == "state", true
		case blockType == "problem" && name == "seed":
			return false, true
		}
		return false, false
	}})
	if err != nil {
		t.Fatal(err)
	}
	want(
		t, findings,
		"secret policies/R/policy.json:1:32 course course", "secret policies/R/policy.json:1:54 course course",
		"user_state vertical/v.xml:2:23 problem p", "user_state vertical/v.xml:2:36 problem p",
		"user_state vertical/v.xml:3:46 poll q", "user_state vertical/v.xml:4:27 sequential s2", "user_state vertical/v.xml:5:23 strange z",
		"secret vertical/v.xml:6:28 lti_consumer l",
	)
	marks := map[string]olx.Mark{}
	for _, block := range course.Blocks {
		for _, attr := range block.Attrs {
			marks[block.ID+" "+attr.Name] = attr.Mark
		}
	}
	for name, mark := range map[string]olx.Mark{
		"course lti_passports": olx.MarkSecret, "course matlab_api_key": olx.MarkSecret, "course org": olx.MarkInternal, "course url_name": olx.MarkInternal,
		"v parent_url": olx.MarkInternal, "p attempts": olx.MarkUser, "p weight": olx.MarkNone, "p seed": olx.MarkNone,
		"q xblock-family": olx.MarkInternal, "q question": olx.MarkNone, "z state": olx.MarkUser, "z content": olx.MarkNone,
		"l lti_1p3_block_key": olx.MarkSecret,
	} {
		if got, ok := marks[name]; !ok || got != mark {
			t.Errorf("%s: got %q, want %q", name, got, mark)
		}
	}
	children := vertical(t, course).Children
	for i, want := range []string{
		`<problem url_name="p" weight="1" seed="1">x</problem>`,
		`<poll url_name="q" xblock-family="xblock.v1" question="Q"/>`,
		`<sequential url_name="s2" display_name="S"/>`,
		`<strange url_name="z" content="c"/>`,
		`<lti_consumer url_name="l" lti_id="i"/>`,
	} {
		if got := string(children[i].OLX()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := string(course.Root.OLX()); strings.Contains(got, "a:b") || strings.Contains(got, "xqa") {
		t.Errorf("a secret is handed on: %s", got)
	}
	for _, file := range course.Files {
		holds := strings.HasSuffix(file.Path, "R.xml") || strings.HasSuffix(file.Path, "policy.json") || strings.HasSuffix(file.Path, "v.xml")
		if file.Secrets != holds {
			t.Errorf("%s: secrets %v, want %v", file.Path, file.Secrets, holds)
		}
	}
	if !children[1].Pure || children[0].Pure {
		t.Error("the family is not seen")
	}
}

func TestHandedOnElement(t *testing.T) {
	course, _ := mustRead(t, small(`<vertical xmlns:option="http://code.edx.org/xblock/option" xmlns:x="unused">
  <wrapper url_name="w" a='1'>
    <!-- kept -->
    <html url_name="h">text</html><option:f>1</option:f>
    tail &nbsp;<html url_name="h2">&nbsp;</html>&amp;
  </wrapper>
  <html url_name="plain" a='1'><b>x</b></html>
</vertical>`, archive{"policies/R/policy.json": `{"html/plain": {"bad name": 1, "a": "2\n<"}}`}))
	children := vertical(t, course).Children
	want := `<wrapper url_name="w" a="1" xmlns:option="http://code.edx.org/xblock/option">
    <!-- kept -->
    <option:f>1</option:f>
    tail &#160;&amp;
  </wrapper>`
	if got := string(children[0].OLX()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(children[1].OLX()), `<html url_name="plain" a="2&#10;&lt;"><b>x</b></html>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(children[0].Children[1].OLX()), `<html url_name="h2">&#160;</html>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
