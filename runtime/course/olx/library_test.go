package olx_test

import (
	"bytes"
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

// readLibrary reads files as a library.
func readLibrary(t *testing.T, files map[string]string) (*olx.Course, []olx.Finding, error) {
	t.Helper()
	return olx.Read(t.Context(), intaketest.Open(t, files), olx.Options{Library: true})
}

// library is an archive of the older form.
func library() map[string]string {
	return map[string]string{
		"library/library.xml": `<library xblock-family="xblock.v1" display_name="Questions" org="Org" library="LIB" advanced_modules="[]">
  <problem url_name="p1"/>
  <html url_name="h1"/>
  <poll url_name="q1" xblock-family="xblock.v1" question="Why?"/>
</library>`,
		"library/problem/p1.xml":       `<problem display_name="One"><p>"/static/a.png" "/static/gone.png"</p></problem>`,
		"library/html/h1.xml":          `<html filename="h1" display_name="Text"/>`,
		"library/html/h1.html":         `<p>Hello</p>`,
		"library/static/a.png":         "picture",
		"library/policies/assets.json": `{"a.png": {"locked": true}}`,
	}
}

// A library of OLX is a course of one unit with its components, which know where they stand in the archive.
func TestLibraryOfOLX(t *testing.T) {
	read, findings, err := readLibrary(t, library())
	if err != nil {
		t.Fatal(err)
	}
	if got := outline(read.Root); got != "course course(chapter shelf(sequential shelf(vertical shelf(problem p1, html h1, poll q1))))" {
		t.Error(got)
	}
	if read.Suggested != (key.Course{Org: "Org", Number: "LIB"}) || len(read.Blocks) != 7 {
		t.Errorf("it calls itself %v and has %d blocks", read.Suggested, len(read.Blocks))
	}
	want(t, findings, "missing_asset library/problem/p1.xml:1:49 problem p1")
	html, _ := read.Block("html", "h1")
	if at := html.Definition(); at.File != "library/html/h1.xml" || html.Body != "library/html/h1.html" {
		t.Errorf("%+v, body %s", at, html.Body)
	}
	if poll, _ := read.Block("poll", "q1"); !poll.Pure || poll.Definition().Line != 4 {
		t.Errorf("%+v", poll.Definition())
	}
	if title, _ := read.Root.Attr("display_name"); title.Value != "Questions" || title.Line != 1 {
		t.Errorf("title %+v", title)
	}
	if org, _ := read.Root.Attr("library"); org.Mark != olx.MarkInternal {
		t.Errorf("the library's name is content: %+v", org)
	}
	if len(read.Assets) != 1 || read.Assets[0].Name != "a.png" || !read.Assets[0].Locked {
		t.Errorf("%+v", read.Assets)
	}
}

// What holds components in a library is no component; what it holds is.
func TestUnitsOfALibrary(t *testing.T) {
	files := library()
	files["library/library.xml"] = `<library org="Org" library="LIB">
<vertical url_name="shelf"><problem url_name="p1"/><vertical url_name="u"><html url_name="h1"/></vertical></vertical></library>`
	read, findings, err := readLibrary(t, files)
	if err != nil {
		t.Fatal(err)
	}
	if got := outline(read.Root.Children[0].Children[0]); got != "sequential shelf(vertical shelf(problem p1, html h1))" {
		t.Error(got)
	}
	count := 0
	for _, f := range findings {
		if f.Code == olx.CodeContainer && f.Line == 2 {
			count++
		}
	}
	if _, there := read.Block("vertical", "u"); count != 2 || there {
		t.Errorf("%v", findings)
	}
}

// An archive that is no library is refused, with the reason; so is a library where a course is to be read.
func TestNoLibrary(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		code  olx.ErrorCode
		says  string
	}{
		"a course":          {map[string]string{"c/course.xml": `<course/>`, "c/x/library.xml": ""}, olx.ErrCourse, "c/course.xml: this is a course, not a content library"},
		"nothing":           {map[string]string{"x": ""}, olx.ErrNotACourse, "there is neither a library.xml nor a package.toml"},
		"two":               {map[string]string{"a/library.xml": "", "b/package.toml": ""}, olx.ErrAmbiguous, "a/library.xml, b/package.toml"},
		"broken":            {map[string]string{"l/library.xml": "<library>\n<a></library>"}, olx.ErrBroken, "l/library.xml:2:"},
		"another element":   {map[string]string{"l/library.xml": "\n<course/>"}, olx.ErrBroken, "l/library.xml:2:1: the outermost element is course, not library"},
		"another format":    {map[string]string{"package.toml": "[meta]\nformat_version = 2"}, olx.ErrVersion, "format_version 2 is not read"},
		"no format":         {map[string]string{"package.toml": ""}, olx.ErrVersion, "only 1 is"},
		"broken TOML":       {map[string]string{"package.toml": "[meta]\nx = = 1"}, olx.ErrBroken, "package.toml:2:5: it cannot be read as TOML"},
		"a wrong type":      {map[string]string{"package.toml": "[learning_package]\ntitle = 1"}, olx.ErrBroken, "it cannot be read as TOML"},
		"brackets":          {map[string]string{"package.toml": "x = " + strings.Repeat("[", 3000)}, olx.ErrBroken, "more than 2000 brackets"},
		"a key of many":     {map[string]string{"package.toml": strings.Repeat(`"a".b .`, 20) + "c = 1"}, olx.ErrBroken, "more than 32 parts"},
		"a large file":      {map[string]string{"package.toml": strings.Repeat("#", 2<<20)}, olx.ErrBroken, "larger than 1048576 bytes"},
		"a file of no text": {map[string]string{"package.toml": "\xff\xfe\x00"}, olx.ErrBroken, "it cannot be read as TOML"},
	} {
		_, _, err := readLibrary(t, c.files)
		var refusal *olx.Error
		if !errors.As(err, &refusal) || refusal.Code != c.code || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "reading library") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := olx.Read(t.Context(), intaketest.Open(t, library()), olx.Options{})
	if refusal := (*olx.Error)(nil); !errors.As(err, &refusal) || refusal.Code != olx.ErrLibrary {
		t.Errorf("as a course: %v", err)
	}
}

// entity is the file of a component; 0 is no version.
func entity(id, created string, draft, published int) string {
	text := fmt.Sprintf("[entity]\ncan_stand_alone = true\nkey = %q\ncreated = %s\n\n[entity.draft]\n", id, created)
	if draft > 0 {
		text += fmt.Sprintf("version_num = %d\n", draft)
	}
	text += "\n[entity.published]\n"
	if published > 0 {
		text += fmt.Sprintf("version_num = %d\n", published)
	}
	return text + fmt.Sprintf("\n# ### Versions\n\n[[version]]\ntitle = \"T\"\nversion_num = %d\n", max(draft, published))
}

const made = "2026-01-01T00:00:00Z"

// backup is an archive of the newer form, with all that one may hold.
func backup() map[string]string {
	const at = "entities/xblock.v1/"
	return map[string]string{
		"package.toml": "[meta]\nformat_version = 1\ncreated_at = " + made + "\n\n[learning_package]\ntitle = \"Questions — new\"\nkey = \"lib:Org:LIB\"\n" +
			"description = \"About it. Well. So.\"\ncreated = " + made + "\nupdated = " + made + "\n",
		at + "problem/p1.toml":                                     entity("xblock.v1:problem:p1", "2026-03-01T00:00:00Z", 3, 2),
		at + "problem/p1/component_versions/v2/block.xml":          `<problem display_name="One"><img src="/static/a.png"/></problem>`,
		at + "problem/p1/component_versions/v2/static/a.png":       "first",
		at + "problem/p1/component_versions/v3/block.xml":          `<problem display_name="One more"><img src="/static/a.png?x=1"/></problem>`,
		at + "problem/p1/component_versions/v3/static/a.png":       "first again",
		at + "problem/p1/component_versions/v1/block.xml":          `<problem display_name="Old"/>`,
		at + "html/h1.toml":                                        entity("xblock.v1:html:h1", "2026-02-01T00:00:00Z", 1, 1),
		at + "html/h1/component_versions/v1/block.xml":             "<html display_name=\"Text\">\n<![CDATA[<img src=\"/static/a.png\"> a.png]]></html>",
		at + "html/h1/component_versions/v1/static/a.png":          "second",
		at + "video/new.toml":                                      entity("xblock.v1:video:new", "2026-04-01T00:00:00Z", 1, 0),
		at + "video/new/component_versions/v1/block.xml":           `<video display_name="New" transcripts="{&quot;en&quot;: &quot;en.srt&quot;}"/>`,
		at + "video/new/component_versions/v1/static/en.srt":       "1",
		at + "video/gone.toml":                                     entity("xblock.v1:video:gone", "2026-05-01T00:00:00Z", 0, 1),
		at + "video/gone/component_versions/v1/block.xml":          `<video display_name="Gone"/>`,
		at + "video/gone/component_versions/v1/static/thing.toml":  `not = = TOML`,
		at + "video/same.toml":                                     entity("xblock.v1:video:same", "2026-06-01T00:00:00Z", 1, 1),
		at + "video/same/component_versions/v1/block.xml":          `<video sub="en.srt"/>`,
		at + "video/same/component_versions/v1/static/en.srt":      "1",
		"entities/unit.toml":                                       entity("unit-1", made, 1, 1) + "\n[entity.container.unit]\n",
		"collections/hard.toml":                                    "[collection]\ntitle = \"Hard\"\n",
		at + "problem/broken.toml":                                 entity("xblock.v1:problem:broken", "2026-07-01T00:00:00Z", 1, 1),
		at + "problem/broken/component_versions/v1/block.xml":      "<problem>\n<p></problem>",
		at + "problem/other.toml":                                  entity("xblock.v1:problem:other", "2026-08-01T00:00:00Z", 1, 1),
		at + "problem/other/component_versions/v1/block.xml":       "<html/>",
		at + "problem/odd.toml":                                    entity("xblock.v1:problem:a b", "2026-09-01T00:00:00Z", 1, 1),
		at + "problem/odd/component_versions/v1/block.xml":         "<problem/>",
		at + "problem/lost.toml":                                   entity("xblock.v1:problem:lost", made, 9, 9),
		at + "problem/twice.toml":                                  entity("xblock.v1:problem:p1", made, 1, 1),
		at + "problem/bad.toml":                                    "[entity\n",
		at + "problem/nameless.toml":                               "[entity]\nkey = \"problem\"\n",
		at + "problem/foreign.toml":                                entity("xblock.v2:problem:x", made, 1, 1),
		at + "problem/../x.toml"[:len("problem/")] + "unit/u.toml": entity("xblock.v1:vertical:u", made, 1, 1),
	}
}

// A backup gives what is published and what is drafted, by component, in the order in which they were made; files of one name that
// differ get names of their own; what cannot be kept is told with its place.
func TestBackup(t *testing.T) {
	read, findings, err := readLibrary(t, backup())
	if err != nil {
		t.Fatal(err)
	}
	const whole = "vertical shelf(html h1, problem p1, video gone, video same, problem broken, problem other, problem a_b)"
	if got := outline(read.Root.Children[0].Children[0].Children[0]); got != whole {
		t.Error(got)
	}
	if read.Suggested != (key.Course{Org: "Org", Number: "LIB"}) {
		t.Errorf("it calls itself %v", read.Suggested)
	}
	if about, _ := read.Root.Attr("description"); about.Value != "About it. Well. So." {
		t.Errorf("%+v", read.Root.Attrs)
	}
	if len(read.Drafts) != 1 {
		t.Fatalf("%d drafts", len(read.Drafts))
	}
	drafts := ""
	for _, child := range read.Drafts[0].Root.Children {
		drafts += fmt.Sprintf("%s %v; ", child.ID, child.Draft)
	}
	if drafts != "h1 false; p1 true; new true; same false; broken false; other false; a_b false; " {
		t.Error(drafts)
	}
	var names []string
	for _, asset := range read.Assets {
		names = append(names, asset.Name)
	}
	if got := strings.Join(names, " "); got != "a.png p1-a.png problem-p1-v3-a.png en.srt thing.toml" {
		t.Error(got)
	}
	p1, _ := read.Block("problem", "p1")
	if !bytes.Contains(p1.OLX(), []byte(`"/static/p1-a.png"`)) || p1.References[0].Path != "entities/xblock.v1/problem/p1/component_versions/v2/static/a.png" {
		t.Errorf("%s %+v", p1.OLX(), p1.References)
	}
	if draft := read.Drafts[0].Root.Children[1]; !bytes.Contains(draft.OLX(), []byte(`"/static/problem-p1-v3-a.png?x=1"`)) {
		t.Errorf("%s", draft.OLX())
	}
	if h1, _ := read.Block("html", "h1"); !bytes.Contains(h1.OLX(), []byte(`"/static/a.png"> a.png`)) {
		t.Errorf("%s", h1.OLX())
	}
	if broken, _ := read.Block("problem", "broken"); broken.Broken == "" || string(broken.Definition().XML) != "<problem>\n<p></problem>" || broken.OLX() != nil {
		t.Errorf("%+v", broken)
	}
	const at = "entities/xblock.v1/problem/"
	want(t, findings,
		"container entities/unit.toml:1:0",
		"toml "+at+"bad.toml:2:8",
		"toml "+at+"foreign.toml:1:0",
		"toml "+at+"nameless.toml:1:0",
		"conflict "+at+"twice.toml:1:0",
		"container "+at+"unit/u.toml:1:0",
		"container collections/hard.toml:1:0",
		"missing_file "+at+"lost.toml:1:0 problem",
		"renamed "+at+"p1/component_versions/v2/static/a.png:0:0 problem p1",
		"renamed "+at+"p1/component_versions/v3/static/a.png:0:0 problem p1",
		"xml "+at+"broken/component_versions/v1/block.xml:2:4 problem broken",
		"tag "+at+"other/component_versions/v1/block.xml:1:1 problem other",
		"id "+at+"odd/component_versions/v1/block.xml:1:1 problem a_b",
	)
}

// TestNamesInTexts: a file's name is changed where a text means the file, and nowhere else.
func TestNamesInTexts(t *testing.T) {
	files := backup()
	const at = "entities/xblock.v1/"
	files[at+"problem/p1/component_versions/v2/block.xml"] = `<problem>"/static/a.png" '/static/a.png#x' "a.png" ` +
		"&quot;/static/a%2Epng&quot; \"{\\\"en\\\": \\\"a.png\\\"}\" \"/static/b/a.png\" \"/static/a.png.bak\" a.png \"an a.png\"\n</problem>"
	read, _, err := readLibrary(t, files)
	if err != nil {
		t.Fatal(err)
	}
	p1, _ := read.Block("problem", "p1")
	const changed = `<problem>"/static/p1-a.png" '/static/p1-a.png#x' "p1-a.png" ` +
		"&quot;/static/p1-a%2Epng&quot; \"{\\\"en\\\": \\\"p1-a.png\\\"}\" \"/static/b/a.png\" \"/static/a.png.bak\" a.png \"an a.png\"\n</problem>"
	if got := string(p1.OLX()); got != changed {
		t.Errorf("got\n%s\nwant\n%s", got, changed)
	}
}

// FuzzReadLibrary: whatever stands in the files of a library, reading ends in a typed error or in a library whose blocks are a tree,
// can be named, and whose files are all there.
func FuzzReadLibrary(f *testing.F) {
	good := backup()
	const at = "entities/xblock.v1/problem/p1"
	f.Add([]byte(library()["library/library.xml"]), []byte(library()["library/problem/p1.xml"]), []byte{}, []byte{}, []byte{})
	f.Add([]byte{}, []byte{}, []byte(good["package.toml"]), []byte(good[at+".toml"]), []byte(good[at+"/component_versions/v2/block.xml"]))
	f.Add([]byte(`<library><vertical url_name="shelf"><course/><p1/></vertical><problem url_name="p1"/><problem/></library>`), []byte(`<problem/>`), []byte{}, []byte{}, []byte{})
	f.Add([]byte{}, []byte{}, []byte("[meta]\nformat_version = 1.5\n[learning_package]\nkey = 'a'"), []byte("entity.key = 'xblock.v1:problem:../x'\nentity.draft.version_num = 2"), []byte("<html>'a'</html>"))
	f.Fuzz(func(t *testing.T, root, problem, backup, entity, block []byte) {
		texts := map[string]string{
			"l/package.toml": string(backup), "l/" + at + ".toml": string(entity), "l/entities/xblock.v1/html/h.toml": string(entity),
			"l/" + at + "/component_versions/v2/block.xml": string(block), "l/" + at + "/component_versions/v3/block.xml": string(problem),
			"l/" + at + "/component_versions/v2/static/a.png": "1", "l/" + at + "/component_versions/v3/static/a.png": "2",
			"l/entities/xblock.v1/html/h/component_versions/v2/block.xml": string(block),
		}
		if len(root) > 0 {
			texts = map[string]string{"l/library.xml": string(root), "l/problem/p1.xml": string(problem), "l/html/h.html": string(block), "l/static/a.png": "1"}
		}
		data := intaketest.Tar(t, intaketest.Files(texts)...)
		files, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		read, findings, err := olx.Read(context.Background(), files, olx.Options{Library: true, Blocks: 500})
		if err != nil {
			var refusal *olx.Error
			if !errors.As(err, &refusal) || refusal.What == "" {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		for _, finding := range findings {
			if finding.Message == "" || finding.Level == "" || finding.Line < 0 {
				t.Errorf("not a finding: %+v", finding)
			}
		}
		seen := map[key.Usage]bool{}
		checkTree(t, read.Root, nil, seen, func(file string) []byte {
			data, err := files.ReadFile(file, 1<<20)
			if err != nil {
				t.Error(err)
			}
			return append(data, "encoding"...) // a renamed file's text is not the archive's
		})
		if len(seen) != len(read.Blocks) || len(read.Root.Children) != 1 {
			t.Errorf("the tree has %d blocks, the list %d", len(seen), len(read.Blocks))
		}
		for _, asset := range read.Assets {
			if _, there := files.Stat(asset.File.Path); !there || asset.Name == "" {
				t.Errorf("not a file: %+v", asset)
			}
		}
	})
}
