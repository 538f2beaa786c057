package exporter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

// quoted is a text as a field's value, as blocks write it.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

var run = key.Course{Org: "Org", Number: "Num", Run: "now"}

// strange is an archive of everything that nobody expects.
func strange() map[string]string {
	return map[string]string{
		"course/course.xml": "<?xml version='1.0'?>\n<!-- outermost -->\n<course  url_name='now'\torg=\"Org\" course=\"Num\" ></course>\n<!-- last -->",
		"course/course/now.xml": `<course display_name="Strange &#8212; &quot;it&quot;" made_up="kept" start="2026-01-01T00:00:00Z" lti_passports="[&quot;a:b:c&quot;]">
  <wiki slug="w"/><textbook title="T" book_url="u"><unknown/></textbook>
  <chapter url_name="c1"/><!-- between -->
  <chapter url_name="c2"><sequential url_name="s2" what="ever"><vertical url_name="v2"><html url_name="in place"><![CDATA[<p>in & place<br>]]></html></vertical></sequential></chapter>
</course>
`,
		"course/chapter/c1.xml":    "<chapter display_name='One'   odd = 'x'>\r\n\t<sequential url_name='s1'/>\r\n</chapter>\r\n",
		"course/sequential/s1.xml": `<sequential format="Homework" graded="true"><vertical url_name="v1"/></sequential>`,
		"course/vertical/v1.xml": `<vertical display_name="Unit">
  <html url_name="h1"/>
  <problem url_name="p1"/>
  <!-- a remark between blocks -->
  <video url_name="m1"/>
  <strange url_name="x1" colour="red" display_name="X"><inner a='1'>text<![CDATA[ <raw> ]]></inner><!-- in x --></strange>
  <html>no name<b>!</b></html>
  <notes xblock-family="xblock_asides.v1"/>
</vertical>`,
		"course/html/h1.xml":  `<html filename="h1" display_name="Hello" unheard="of &lt;it&gt;" editor='raw'/>`,
		"course/html/h1.html": "<p>Hello &nbsp; <br>\r\n<img src=\"/static/a.png\"></p>\n",
		"course/problem/p1.xml": "<problem display_name=\"P\" max_attempts=\"3\" unheard='1' weight=\"2.0\">\n<!-- in p -->\n" +
			"<multiplechoiceresponse><choicegroup><choice correct=\"true\">a</choice><choice correct=\"false\">b</choice></choicegroup></multiplechoiceresponse>" +
			"<unknown><![CDATA[ 1 < 2 ]]></unknown></problem>\n",
		"course/video/m1.xml": "<video youtube=\"1.00:abcdefghijk\" display_name='M' unheard=\"y\">\n  <!-- in m -->\n" +
			"  <source src=\"https://x.example/a.mp4\" type=\"video/mp4\"/>\n  <unknown_child x='1'/>\n</video>",
		"course/policies/now/policy.json": `{"course/now": {"display_name": "By policy",  "graceperiod": "2 days", "lti_passports": ["k:n:secret"], "unheard": {"b": 1,"a":2}},
 "problem/p1": {"showanswer": "never"}}`,
		"course/policies/now/grading_policy.json": `{"GRADER": [ ],  "GRADE_CUTOFFS": {"Pass": 0.5}}`,
		"course/about/overview.html":              "<p>About</p>",
		"course/info/updates.items.json":          "[]",
		"course/static/a.png":                     "picture\x00\xff",
		"course/static/odd name (1).txt":          "x",
		"course/unknown/deep/er/file.bin":         "\x00\x01",
		"course/README":                           "read me",
		"course/broken/x.xml":                     "<not xml",
		"outside.txt":                             "outside",
	}
}

func TestUntouchedCourseGoesOutByteForByte(t *testing.T) {
	s := newSite(t)
	s.bring(t, open(t, strange()), key.Course{})
	p := s.take(t, exporter.Request{Course: run, Secrets: true})
	if diff := differences(strange(), texts(t, p.Files())); len(diff) > 0 {
		t.Errorf("files differ: %v", diff)
	}
	if r := p.Report; r.Changed+r.New+r.Removed+r.Withheld != 0 || len(r.Notes) > 0 || r.Files != len(strange()) {
		t.Errorf("report %+v", r)
	}
	if again := s.take(t, exporter.Request{Course: run, Secrets: true}); !bytes.Equal(packed(t, p), packed(t, again)) {
		t.Error("two exports differ")
	}
	s.comesBack(t, run, p)
}

// TestSecretsStayHere: keys go out when asked for, and only with the course that they came in with (security R12).
func TestSecretsStayHere(t *testing.T) {
	files := strange()
	files["course/drafts/lti/d.xml"] = `<lti lti_1p3_block_key="k-secret"/>`
	files["course/policies/other/policy.json"] = `{"course/other": {"xqa_key": "k-secret", "tabs": [{"matlab_api_key": {"x": "k-secret"}}]}}`
	s := newSite(t)
	s.bring(t, open(t, files), key.Course{})
	p := s.take(t, exporter.Request{Course: run})
	if p.Report.Withheld != 5 {
		t.Errorf("%d keys were withheld, want 5", p.Report.Withheld)
	}
	for name, text := range texts(t, p.Files()) {
		if strings.Contains(text, "secret") || strings.Contains(text, "a:b:c") {
			t.Errorf("a key is in %s: %s", name, text)
		}
	}
	s.comesBack(t, run, p)
	with := s.take(t, exporter.Request{Course: run, Secrets: true})
	if diff := differences(files, texts(t, with.Files())); len(diff) > 0 {
		t.Errorf("with keys, files differ: %v", diff)
	}
	// Another course that was made from the same archive.
	other := key.Course{Org: "Other", Number: "C", Run: "copy"}
	now, err := s.courses.Run(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.courses.Publish(t.Context(), s.kernel, course.Publication{Course: other, Root: now.Head.Root, Import: now.Import, By: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	copied := s.take(t, exporter.Request{Course: other, Secrets: true})
	if copied.Report.Withheld != 5 {
		t.Errorf("a copy of the course gets %d keys less, want 5", copied.Report.Withheld)
	}
}

// TestDeclaredKeysStayHere: a field is a key when its block says so, whatever it is called, and also where the element is written
// attribute by attribute.
func TestDeclaredKeysStayHere(t *testing.T) {
	files := strange()
	files["course/vertical/v1.xml"] = `<vertical><plain url_name="k1" count="1" stamp="k-secret"/><plain url_name="k2"/><html url_name="h1" what="stamp"/></vertical>`
	files["course/policies/now/policy.json"] = `{"course/now": {"stamp": "a course's"}, "plain/k2": {"stamp": "k-secret", "count": 2}}`
	for what, change := range map[string]func(r *course.Revision){
		"unchanged": func(*course.Revision) {},
		"changed":   func(r *course.Revision) { r.Fields["count"] = "3" },
		"typed":     func(r *course.Revision) { r.Fields["stamp"] = `"typed-secret"` },
	} {
		m := recall(t, files)
		m.rewrite(func(ref course.ChildRef, r *course.Revision) {
			if ref.Type == "plain" {
				change(r)
			}
		})
		p, err := m.export(exporter.Request{Course: run})
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range texts(t, p.Files()) {
			if strings.Contains(text, "-secret") {
				t.Errorf("%s: a key is in %s: %s", what, name, text)
			}
			if strings.HasSuffix(name, "/policy.json") && !strings.Contains(text, "a course's") {
				t.Errorf("%s: what is no key went too: %s", what, text)
			}
		}
		if what != "typed" && p.Report.Withheld == 0 {
			t.Errorf("%s: nobody is told that keys were withheld", what)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		with, err := m.export(exporter.Request{Course: run, Secrets: true})
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprint(texts(t, with.Files()))
		if want := map[bool]string{true: "typed-secret", false: "k-secret"}[what == "typed"]; !strings.Contains(all, want) {
			t.Errorf("%s: who asks for keys gets none: %s", what, all)
		}
		if err := with.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNameOfTheCourse(t *testing.T) {
	s := newSite(t)
	mine := key.Course{Org: "Mine", Number: "My.1", Run: "then"}
	s.bring(t, open(t, strange()), mine)
	p := s.take(t, exporter.Request{Course: mine, Secrets: true})
	got := texts(t, p.Files())
	for _, name := range []string{"course/course/then.xml", "course/policies/then/policy.json", "course/policies/then/grading_policy.json"} {
		if got[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	if want := "<?xml version='1.0'?>\n<!-- outermost -->\n<course  url_name=\"then\"\torg=\"Mine\" course=\"My.1\" ></course>\n<!-- last -->"; got["course/course.xml"] != want {
		t.Errorf("course.xml is %s", got["course/course.xml"])
	}
	if want := strings.Replace(strange()["course/policies/now/policy.json"], "course/now", "course/then", 1); got["course/policies/then/policy.json"] != want {
		t.Errorf("policy.json is %s", got["course/policies/then/policy.json"])
	}
	again := newSite(t)
	if report := again.bring(t, p.Files(), key.Course{}); report.Course != mine || report.Head.Root != s.head(t, mine) {
		t.Errorf("it comes back as %+v", report)
	}
}

// TestChangedSettings: what is changed is changed where it stands, everything around it stays.
func TestChangedSettings(t *testing.T) {
	tests := map[string]struct {
		blockType, id string
		change        func(r *course.Revision)
		// in each file, what becomes what
		want map[string][2]string
	}{
		"an attribute": {"html", "h1", func(r *course.Revision) { r.Fields["display_name"] = quoted(`A "new" <name>`) }, map[string][2]string{
			"html/h1.xml": {`display_name="Hello"`, `display_name="A &quot;new&quot; &lt;name>"`},
		}},
		"a new attribute": {"html", "h1", func(r *course.Revision) { r.Fields["use_latex_compiler"] = "true" }, map[string][2]string{
			"html/h1.xml": {`editor='raw'/>`, `editor='raw' use_latex_compiler="true"/>`},
		}},
		"a copy from a library": {"html", "h1", func(r *course.Revision) {
			r.Fields["upstream"], r.Fields["upstream_version"], r.Fields["upstream_content"] = `"lb:Org:Lib:html:x"`, "3", `"0f"`
		}, map[string][2]string{
			"html/h1.xml": {`editor='raw'/>`, `editor='raw' upstream="lb:Org:Lib:html:x" upstream_content="0f" upstream_version="3"/>`},
		}},
		"an attribute less": {"html", "h1", func(r *course.Revision) { delete(r.Fields, "editor") }, map[string][2]string{
			"html/h1.xml": {` editor='raw'`, ``},
		}},
		"a text": {"html", "h1", func(r *course.Revision) { r.Fields["data"] = quoted("<p>New &nbsp;<br>") }, map[string][2]string{
			"html/h1.html": {strange()["course/html/h1.html"], "<p>New &nbsp;<br>"},
		}},
		"by policy": {"problem", "p1", func(r *course.Revision) { r.Fields["showanswer"] = `"always"` }, map[string][2]string{
			"policies/now/policy.json": {`"showanswer": "never"`, `"showanswer": "always"`},
		}},
		"by policy no more": {"course", "course", func(r *course.Revision) { delete(r.Fields, "graceperiod") }, map[string][2]string{
			"policies/now/policy.json": {`  "graceperiod": "2 days",`, ``},
		}},
		"of a container": {"sequential", "s1", func(r *course.Revision) { r.Fields["due"] = `"2026-06-01T00:00:00Z"` }, map[string][2]string{
			"sequential/s1.xml": {`graded="true"`, `graded="true" due="2026-06-01T00:00:00Z"`},
		}},
		"of an element in place": {"sequential", "s2", func(r *course.Revision) { r.Fields["what"] = `"else"` }, map[string][2]string{
			"course/now.xml": {`what="ever"`, `what="else"`},
		}},
		"an unknown attribute": {"problem", "p1", func(r *course.Revision) { r.Extra["unheard"] = "2" }, map[string][2]string{
			"problem/p1.xml": {`unheard='1'`, `unheard="2"`},
		}},
		"a number without limit": {"problem", "p1", func(r *course.Revision) { r.Fields["max_attempts"] = "null" }, map[string][2]string{
			"problem/p1.xml": {`max_attempts="3"`, `max_attempts="null"`},
		}},
		"a problem's source": {"problem", "p1", func(r *course.Revision) {
			r.Fields["data"] = strings.Replace(r.Fields["data"], "in p", "was p", 1)
		}, map[string][2]string{"problem/p1.xml": {"in p", "was p"}}},
		"a video's setting": {"video", "m1", func(r *course.Revision) { r.Fields["download_video"] = "true" }, map[string][2]string{
			"video/m1.xml": {`unheard="y"`, `unheard="y" download_video="true"`},
		}},
		"an unknown type's setting": {"strange", "x1", func(r *course.Revision) { r.Fields["display_name"] = `"Y"` }, map[string][2]string{
			"vertical/v1.xml": {`display_name="X"`, `display_name="Y"`},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.bring(t, open(t, strange()), key.Course{})
			s.change(t, run, test.blockType, test.id, test.change)
			p := s.take(t, exporter.Request{Course: run, Secrets: true})
			want := strange()
			for file, change := range test.want {
				if !strings.Contains(want["course/"+file], change[0]) {
					t.Fatalf("%s holds no %s", file, change[0])
				}
				want["course/"+file] = strings.Replace(want["course/"+file], change[0], change[1], 1)
			}
			got := texts(t, p.Files())
			for _, file := range differences(want, got) {
				t.Errorf("%s is\n%s\nwant\n%s", file, got[file], want[file])
			}
			if p.Report.Changed == 0 || len(p.Report.Notes) > 0 {
				t.Errorf("report %+v", p.Report)
			}
			if test.blockType != "strange" { // its element, which is kept, stands for the fields until the type is installed
				s.comesBack(t, run, p)
			}
		})
	}
}

// TestWrittenAsAWhole: what cannot be changed in place is written from its fields; what nobody knows stays even then.
func TestWrittenAsAWhole(t *testing.T) {
	s := newSite(t)
	s.bring(t, open(t, strange()), key.Course{})
	s.change(t, run, "video", "m1", func(r *course.Revision) { r.Fields["html5_sources"] = "[]" }) // its <source> would come to light
	s.change(t, run, "html", "in_place", func(r *course.Revision) { r.Fields["data"] = quoted("<p>now in a file<br>") })
	p := s.take(t, exporter.Request{Course: run, Secrets: true})
	got := texts(t, p.Files())
	m1 := got["course/video/m1.xml"]
	if strings.Contains(m1, "<source") || !strings.Contains(m1, "<unknown_child x='1'/>") || !strings.Contains(m1, `unheard="y"`) || !strings.Contains(m1, `youtube="1.00:abcdefghijk"`) {
		t.Errorf("the video is %s", m1)
	}
	if got["course/html/in_place.html"] != "<p>now in a file<br>" || !strings.Contains(got["course/course/now.xml"], `<html url_name="in place" filename="in_place"/>`) {
		t.Errorf("the text is %q, %s", got["course/html/in_place.html"], got["course/course/now.xml"])
	}
	if len(p.Report.Notes) > 0 || p.Report.Changed != 2 {
		t.Errorf("report %+v", p.Report)
	}
	s.comesBack(t, run, p)
}

func TestMovedNewAndRemovedBlocks(t *testing.T) {
	s := newSite(t)
	s.bring(t, open(t, strange()), key.Course{})
	var x1, inPlace course.ChildRef
	s.change(t, run, "vertical", "v1", func(r *course.Revision) {
		x1 = r.Children[3]
		p1 := r.Children[1]
		added := s.add(t, "new", &course.Revision{Type: "html", Fields: store.Map[string]{"data": quoted("<p>new<br>"), "display_name": `"null"`}, Extra: store.Map[string]{"odd": "1"}})
		r.Children = []course.ChildRef{added, r.Children[2], r.Children[0], r.Children[4]} // p1 and x1 go, m1 comes before h1
		_ = p1
	})
	s.change(t, run, "vertical", "v2", func(r *course.Revision) {
		inPlace = r.Children[0]
		inner := s.add(t, "a:b", &course.Revision{Type: "problem", Fields: store.Map[string]{"data": quoted("<p>x</p>")}})
		unit := s.add(t, "nested", &course.Revision{Type: "vertical", Fields: store.Map[string]{"display_name": `"N"`}, Children: []course.ChildRef{inner, x1}})
		r.Children = []course.ChildRef{unit, inPlace}
	})
	p := s.take(t, exporter.Request{Course: run, Secrets: true})
	if r := p.Report; r.New != 3 || r.Removed != 1 || len(r.Notes) > 0 {
		t.Errorf("report %+v", r)
	}
	got := texts(t, p.Files())
	want := map[string]string{
		"course/html/new.xml":    `<html filename="new" display_name="&quot;null&quot;" odd="1"/>` + "\n",
		"course/html/new.html":   "<p>new<br>",
		"course/problem/a/b.xml": "<problem><p>x</p></problem>\n",
		"course/vertical/nested.xml": "<vertical display_name=\"N\">\n  <problem url_name=\"a:b\"/>\n" +
			`  <strange url_name="x1" colour="red" display_name="X"><inner a='1'>text<![CDATA[ <raw> ]]></inner><!-- in x --></strange>` + "\n</vertical>\n",
		"course/problem/p1.xml": "",
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is %q", name, got[name])
		}
	}
	v1 := got["course/vertical/v1.xml"]
	if strings.Contains(v1, "p1") || strings.Contains(v1, "x1") || !strings.Contains(v1, "<!-- a remark between blocks -->") || !strings.Contains(v1, "<notes xblock") {
		t.Errorf("the unit is %s", v1)
	}
	s.comesBack(t, run, p)
}

func TestRefused(t *testing.T) {
	s := newSite(t)
	config := exporter.Config{Courses: s.courses, Blocks: s.kernel, Files: s.files, TempDir: s.temp}
	if _, err := exporter.Export(t.Context(), config, exporter.Request{Course: run}); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("a course that is not there: %v", err)
	}
	s.bring(t, open(t, strange()), key.Course{})
	p := s.take(t, exporter.Request{Course: run})
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.WriteFolder(t.Context(), full); !errors.Is(err, exporter.ErrFolder) {
		t.Errorf("a folder with something in it: %v", err)
	}
	out := filepath.Join(t.TempDir(), "deep", "out")
	if err := p.WriteFolder(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	folder, err := intake.Open(t.Context(), out, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if diff := differences(texts(t, p.Files()), texts(t, folder)); len(diff) > 0 {
		t.Errorf("folder and archive differ: %v", diff)
	}
}

// TestDemoCourse exports Open edX's demo course untouched, and with every block written from its fields.
func TestDemoCourse(t *testing.T) {
	path := "../../../../shared/courses/openedx-demo-course.tar.gz"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the demo course is not here: ", path)
	}
	archive, err := intake.Open(t.Context(), path, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	s := newSite(t)
	demo := s.bring(t, archive, key.Course{}).Course
	start := time.Now()
	p := s.take(t, exporter.Request{Course: demo, Secrets: true})
	t.Logf("exported in %v", time.Since(start))
	if diff := differences(texts(t, archive), texts(t, p.Files())); len(diff) > 0 {
		t.Errorf("files differ: %v", diff)
	}
	s.comesBack(t, demo, p)
	start = time.Now()
	rewritten := s.take(t, exporter.Request{Course: demo, Secrets: true, Rewrite: true})
	t.Logf("rewritten in %v", time.Since(start))
	for _, note := range rewritten.Report.Notes {
		t.Errorf("written from fields: %+v", note)
	}
	s.comesBack(t, demo, rewritten)
}
