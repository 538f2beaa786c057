package olx_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

func TestSmallCourse(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical><html url_name="h"/></vertical>`, archive{
		"html/h.xml":  `<html filename="h" display_name="Text"/>`,
		"html/h.html": "<p>text</p>",
	}))
	want(t, findings)
	if got, want := outline(course.Root), "course course(chapter c(sequential s(vertical v(html h))))"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(course.Blocks) != 5 || course.Blocks[0] != course.Root || course.Blocks[4].ID != "h" {
		t.Errorf("got %d blocks", len(course.Blocks))
	}
	if want := (key.Course{Org: "O", Number: "C", Run: "R"}); course.Suggested != want {
		t.Errorf("suggests %v, want %v", course.Suggested, want)
	}
	text := course.Blocks[4]
	if text.Body != "course/html/h.html" || len(text.Sources) != 2 || text.Element().File != "course/vertical/v.xml" ||
		string(text.Element().XML) != `<html url_name="h"/>` || text.Definition().File != "course/html/h.xml" {
		t.Errorf("the html block is %+v", text)
	}
	if course.Rel(text.Body) != "html/h.html" {
		t.Errorf("relative to the course the body is %s", course.Rel(text.Body))
	}
}

func TestWhereTheCourseIs(t *testing.T) {
	const course = `<course url_name="R" org="O" course="C"><chapter url_name="c" display_name="C"/></course>`
	tests := map[string]struct {
		files  map[string]string
		folder string
		code   olx.ErrorCode
	}{
		"top":              {files: map[string]string{"course.xml": course, "course/course.xml": "no XML"}},
		"folder":           {files: map[string]string{"2026/course.xml": course}, folder: "2026"},
		"deeper":           {files: map[string]string{"repo-main/README.md": "", "repo-main/olx/course.xml": course}, folder: "repo-main/olx"},
		"run named course": {files: map[string]string{"a/course.xml": course, "a/course/course.xml": "<course/>"}, folder: "a"},
		"two":              {files: map[string]string{"a/course.xml": course, "b/course.xml": course}, code: olx.ErrAmbiguous},
		"none":             {files: map[string]string{"readme.txt": "x"}, code: olx.ErrNotACourse},
		"empty":            {files: map[string]string{}, code: olx.ErrNotACourse},
		"library":          {files: map[string]string{"library/library.xml": "<library/>"}, code: olx.ErrLibrary},
		"newer library":    {files: map[string]string{"package.toml": "", "entities/x.toml": ""}, code: olx.ErrLibrary},
		"broken":           {files: map[string]string{"course.xml": "<course>"}, code: olx.ErrBroken},
		"other root":       {files: map[string]string{"course.xml": "<courses/>"}, code: olx.ErrBroken},
		"broken behind pointer": {
			files: map[string]string{"course.xml": `<course url_name="R" org="O" course="C"/>`, "course/R.xml": "<course>\n&x;"}, code: olx.ErrBroken,
		},
		"dangling pointer": {files: map[string]string{"course.xml": `<course url_name="R" org="O" course="C"/>`}, code: olx.ErrBroken},
		"pointer outside":  {files: map[string]string{"course.xml": `<course url_name="../R" org="O" course="C"/>`}, code: olx.ErrBroken},
		"entity bomb":      {files: map[string]string{"course.xml": `<!DOCTYPE a [<!ENTITY b "c">]><course/>`}, code: olx.ErrBroken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			course, _, err := olx.Read(context.Background(), intaketest.Open(t, test.files), olx.Options{})
			if test.code == "" {
				if err != nil || course.Folder != test.folder || outline(course.Root) != "course course(chapter c)" {
					t.Errorf("got %v, %+v", err, course)
				}
				return
			}
			var refusal *olx.Error
			if !errors.As(err, &refusal) || refusal.Code != test.code || refusal.Fix == "" {
				t.Errorf("got %v, want %s", err, test.code)
			}
		})
	}
	_, _, err := olx.Read(context.Background(), intaketest.Open(t, tests["broken behind pointer"].files), olx.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "reading course: course/R.xml:2:1: the entity &x; is not defined; ") {
		t.Errorf("got %v", err)
	}
}

func TestOddCourseElements(t *testing.T) {
	files := small("<vertical/>", archive{"course.xml": `<course url_name="R" org="O" course="C" semester="Fall"/>`})
	course, findings := mustRead(t, files)
	want(t, findings, "course course.xml:1:1")
	if attr, ok := course.Root.Attr("semester"); !ok || attr.Value != "Fall" || outline(course.Root) != "course course(chapter c(sequential s(vertical v)))" {
		t.Errorf("got %s, %+v", outline(course.Root), attr)
	}

	course, findings = mustRead(t, archive{"course.xml": `<course url_name="a b" org="O" course="C"><chapter url_name="c"><p/></chapter></course>`})
	want(t, findings, "course course.xml:1:1", "no_id course.xml:1:65 p p_b0ce1a82db7d")
	if course.Suggested != (key.Course{}) || course.Run != "a b" {
		t.Errorf("suggests %v", course.Suggested)
	}
}

func TestLimits(t *testing.T) {
	deep := archive{"course.xml": `<course url_name="R" org="O" course="C">` + strings.Repeat("<wrapper>", 70) + strings.Repeat("</wrapper>", 70) + "</course>"}
	chain := archive{"course.xml": `<course url_name="R" org="O" course="C"><vertical url_name="v0"/></course>`}
	for i := range 200 {
		chain[fmt.Sprintf("vertical/v%d.xml", i)] = fmt.Sprintf(`<vertical><vertical url_name="v%d"/></vertical>`, i+1)
	}
	many := archive{"course.xml": `<course url_name="R" org="O" course="C">` + strings.Repeat("<html>x</html>", 20) + "</course>"}
	for name, test := range map[string]struct {
		files   archive
		options olx.Options
		code    olx.ErrorCode
	}{
		"nested elements": {deep, olx.Options{}, olx.ErrTooDeep},
		"nested pointers": {chain, olx.Options{}, olx.ErrTooDeep},
		"blocks":          {many, olx.Options{Blocks: 10}, olx.ErrTooMany},
		"text":            {many, olx.Options{TextBytes: 100}, olx.ErrTooMany},
	} {
		_, _, err := test.files.read(t, test.options)
		var refusal *olx.Error
		if !errors.As(err, &refusal) || refusal.Code != test.code {
			t.Errorf("%s: got %v, want %s", name, err, test.code)
		}
	}
	_, findings, err := small(`<vertical><html url_name="h"/></vertical>`, archive{"html/h.xml": "<html>" + strings.Repeat("x", 500) + "</html>"}).
		read(t, olx.Options{FileBytes: 400})
	if err != nil {
		t.Fatal(err)
	}
	want(t, findings, "xml html/h.xml:0:0 html h")
}

// What makes much work of little text is refused: the text that is looked at counts, as often as it is.
func TestWorkIsBounded(t *testing.T) {
	shared := small("<vertical>"+strings.Repeat(`<problem filename="f"/>`, 1000)+"</vertical>", archive{
		"problem/f.xml": "<problem>" + strings.Repeat(`"/static/gone.png" `, 1000) + "</problem>",
	})
	bodies := small("<vertical>"+strings.Repeat(`<html filename="f"/>`, 1000)+"</vertical>", archive{
		"html/f.html": strings.Repeat(`"/static/gone.png" `, 1000),
	})
	nested := small(strings.Repeat("<wrapper>", 50)+strings.Repeat("<!-- -->", 5000)+strings.Repeat("</wrapper>", 50), nil)
	again := small("<vertical>"+strings.Repeat(`<problem url_name="p"/>`, 2000)+"</vertical>", archive{"problem/p.xml": "<problem/>"})
	asides := small("<vertical>"+strings.Repeat(`<a xblock-family="xblock_asides.v1"/>`, 2000)+"</vertical>", nil)
	for name, files := range map[string]archive{"shared file": shared, "shared body": bodies, "nesting": nested, "places": again, "asides": asides} {
		_, _, err := files.read(t, olx.Options{Blocks: 1500, TextBytes: 256 << 10})
		var refusal *olx.Error
		if !errors.As(err, &refusal) || refusal.Code != olx.ErrTooMany {
			t.Errorf("%s: got %v, want %s", name, err, olx.ErrTooMany)
		}
	}
	var entries strings.Builder
	for i := range 600 {
		fmt.Fprintf(&entries, `, "a%d": 1`, i)
	}
	_, findings := mustRead(t, small("<vertical/>", archive{"policies/R/policy.json": `{"course/R": {"a": 1` + entries.String() + "}}"}))
	if len(findings) != 1 || findings[0].Code != olx.CodePolicy {
		t.Errorf("got %v", findings)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	files := intaketest.Open(t, map[string]string{"course.xml": "<course/>"})
	if _, _, err := olx.Read(ctx, files, olx.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	_, findings := mustRead(t, archive{"course.xml": `<course url_name="R" org="O" course="C">` + strings.Repeat("<html/>", 10_010) + "</course>"})
	if last := findings[len(findings)-1]; len(findings) != 10_001 || last.Code != olx.CodeTooMany || !strings.HasPrefix(last.Message, "10 more") {
		t.Errorf("got %d findings, the last %v", len(findings), findings[len(findings)-1])
	}
}

// A component that cannot be read is a finding with its place; the rest of the course comes in and the text is kept.
func TestBrokenComponent(t *testing.T) {
	const text = "<problem>\n  <p>R & D</p>\n</problem>"
	course, findings := mustRead(t, small(`<vertical><problem url_name="p"/><html url_name="h">x</html></vertical>`, archive{"problem/p.xml": text}))
	want(t, findings, "xml problem/p.xml:2:8 problem p")
	problem := vertical(t, course).Children[0]
	if problem.Broken == "" || problem.OLX() != nil || string(problem.Definition().XML) != text || problem.Definition().EndLine != 3 {
		t.Errorf("got %+v", problem)
	}
	if got := outline(vertical(t, course)); got != "vertical v(problem p, html h)" {
		t.Errorf("got %s", got)
	}
	if got := findings[0].String(); got != "course/problem/p.xml:2:8: error: problem p: an & that starts no reference; write &amp;" {
		t.Errorf("got %s", got)
	}
	for name, text := range map[string]string{
		"billion laughs": `<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><problem>&b;</problem>`,
		"nesting":        strings.Repeat("<b>", 1000),
		"UTF-16":         "\xff\xfe<\x00",
	} {
		course, findings := mustRead(t, small(`<vertical><problem url_name="p"/></vertical>`, archive{"problem/p.xml": text}))
		if len(findings) != 1 || findings[0].Code != olx.CodeXML || vertical(t, course).Children[0].Broken == "" {
			t.Errorf("%s: got %v", name, findings)
		}
	}
}

func TestEntitiesAndEncodings(t *testing.T) {
	course, findings := mustRead(t, small(`<vertical><problem url_name="p"/><html url_name="l"/></vertical>`, archive{
		"problem/p.xml": "<problem>\n<p title=\"a&nbsp;b\">x&nbsp;&eacute; &amp;<!-- c --></p></problem>",
		"html/l.xml":    "<?xml version='1.0' encoding='iso-8859-1'?><html>\xe9</html>",
	}))
	want(t, findings, "entity problem/p.xml:2:12", "encoding html/l.xml:0:0")
	problem, latin := vertical(t, course).Children[0], vertical(t, course).Children[1]
	if got, want := string(problem.OLX()), "<problem>\n<p title=\"a&#160;b\">x&#160;&#233; &amp;<!-- c --></p></problem>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(latin.OLX()); got != "<html>é</html>" {
		t.Errorf("got %s", got)
	}
}

func TestManifestKeepsEverything(t *testing.T) {
	course, findings, err := olx.Read(context.Background(), intaketest.Open(t, map[string]string{
		"x/course.xml":            `<course url_name="R" org="O" course="C"><vertical url_name="v"><html url_name="h" filename="h"/></vertical></course>`,
		"x/html/h.html":           "",
		"x/html/orphan.xml":       "<html/>",
		"x/static/a.png":          "",
		"x/static/._a.png":        "",
		"x/static_import/b.png":   "",
		"x/whatever/z.bin":        "",
		"x/tabs/t.html":           "",
		"x/about/overview.html":   "",
		"x/info/updates.html":     "",
		"x/policies/assets.json":  `{"a.png": {"displayname": "A picture.png", "contentType": "image/x-odd", "locked": true}}`,
		"x/custom_tags/slides":    "<a/>",
		"outside.txt":             "",
		"x/about/R/overview.html": "of the run",
	}), olx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range findings {
		findings[i].File = "course/" + findings[i].File // as want has it
	}
	want(t, findings, "unused x/html/orphan.xml:0:0")
	got := map[string]olx.Role{}
	for _, file := range course.Files {
		got[file.Path] = file.Role
	}
	for path, role := range map[string]olx.Role{
		"x/course.xml": olx.RoleDefinition, "x/html/h.html": olx.RoleBody, "x/html/orphan.xml": olx.RoleUnknown,
		"x/static/a.png": olx.RoleAsset, "x/static/._a.png": olx.RoleUnknown, "x/static_import/b.png": olx.RoleAsset,
		"x/whatever/z.bin": olx.RoleUnknown, "x/tabs/t.html": olx.RolePage, "outside.txt": olx.RoleOutside,
		"x/policies/assets.json": olx.RoleAssetData, "x/custom_tags/slides": olx.RolePage, "x/about/R/overview.html": olx.RolePage,
	} {
		if got[path] != role {
			t.Errorf("%s: got role %q, want %q", path, got[path], role)
		}
	}
	if len(course.Files) != 14 {
		t.Errorf("got %d files, want all 14", len(course.Files))
	}
	asset, ok := course.Asset("a.png")
	if !ok || asset.DisplayName != "A picture.png" || asset.ContentType != "image/x-odd" || !asset.Locked || len(course.Assets) != 2 {
		t.Errorf("got %+v", asset)
	}
	for _, page := range course.Pages {
		if page.Slug == "overview" && page.File != "x/about/R/overview.html" {
			t.Errorf("the run's page does not stand in: %+v", page)
		}
	}
	if got := intake.Printable("x"); got != "x" {
		t.Error(got)
	}
}

func TestOtherFilesThatAreBroken(t *testing.T) {
	course, findings := mustRead(t, small("<vertical/>", archive{
		"policies/R/policy.json":         "{\"course/R\": {\"a\": 1},\n  oops}",
		"policies/R/grading_policy.json": "[\n1]",
		"policies/assets.json":           "{\"a\": {\n\"displayname\": 5}}",
	}))
	want(t, findings, "json policies/assets.json:2:16", "policy policies/R/policy.json:2:3", "json policies/R/grading_policy.json:1:1")
	if _, ok := course.Root.Attr("a"); ok || course.GradingPolicy != nil {
		t.Error("half a policy counts")
	}
}
