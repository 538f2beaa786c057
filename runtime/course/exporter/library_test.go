package exporter_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

var library = key.Course{Org: "Org", Number: "LIB"}

// shelf publishes a library of components of every way in which content is kept.
func (s *site) shelf(t *testing.T) {
	t.Helper()
	fields := func(pairs ...string) store.Map[string] {
		m := store.Map[string]{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	parts := []course.ChildRef{
		s.add(t, "z1", &course.Revision{Type: "html", Fields: fields("display_name", quoted(`Text & "more"`), "data", quoted("<p>x ]]> &nbsp;<br>\n<img src=\"/static/deep/b c.png\"></p>"))}),
		s.add(t, "p1", &course.Revision{Type: "problem", Fields: fields("display_name", quoted("One"), "max_attempts", "3", "weight", "2.5", "data", quoted(`<problem><p>1 &lt; 2 <img src="/static/a.png"/></p></problem>`))}),
		s.add(t, "m1", &course.Revision{Type: "video", Fields: fields("display_name", quoted("Film"), "youtube_id_1_0", quoted("abcdefghijk"))}),
		s.add(t, "CON", &course.Revision{Type: "html", Fields: fields("data", quoted("<p>y"))}),
		s.add(t, "a", &course.Revision{Type: "html", Fields: fields("display_name", `"true"`, "data", quoted(""))}),
		s.add(t, "in", &course.Revision{Type: "never", Source: &course.Source{XML: `<never url_name="in" xblock-family="xblock.v1" a="yes"><b>"/static/a.png"</b></never>`}, Extra: fields("a", "yes")}),
		s.add(t, "out", &course.Revision{Type: "never", Source: &course.Source{XML: `<never a="1"><b/></never>`}, Extra: fields("a", "1")}),
	}
	unit := s.add(t, course.ShelfID, &course.Revision{Type: "vertical", Children: parts})
	sub := s.add(t, course.ShelfID, &course.Revision{Type: "sequential", Children: []course.ChildRef{unit}})
	section := s.add(t, course.ShelfID, &course.Revision{Type: "chapter", Children: []course.ChildRef{sub}})
	root := s.add(t, course.RootID, &course.Revision{Type: "course", Children: []course.ChildRef{section}, Fields: fields("display_name", quoted("Questions — \x7f \"new\""), "description", quoted("About\nit"))})
	s.publish(t, library, root.Hash, 0)
	for name, text := range map[string]string{"a.png": "picture", "deep/b c.png": "deep", "unused.txt": "u"} {
		blob, err := s.files.Put(t.Context(), strings.NewReader(text), 100)
		if err != nil {
			t.Fatal(err)
		}
		asset := course.Asset{Course: library.String(), Name: name, Hash: blob.Hash, Size: blob.Size, Type: "image/png", Locked: name == "a.png"}
		if name == "unused.txt" {
			asset.Type = "application/pdf"
		}
		if err := s.courses.PutAsset(t.Context(), asset); err != nil {
			t.Fatal(err)
		}
	}
}

// assetsOf tells a library's files.
func (s *site) assetsOf(t *testing.T) string {
	t.Helper()
	list, _, err := s.courses.Assets(t.Context(), library, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, asset := range list {
		all = append(all, fmt.Sprintf("%s %.6s %s %v", asset.Name, asset.Hash, asset.Type, asset.Locked))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// TestLibraryComesBack: a library goes out as OLX and comes back as it was, with every file; what is in it is where Open edX looks.
func TestLibraryComesBack(t *testing.T) {
	s := newSite(t)
	s.shelf(t)
	p := s.take(t, exporter.Request{Course: library})
	if len(p.Report.Notes) > 0 || p.Report.New != 11 {
		t.Errorf("%+v", p.Report)
	}
	got := texts(t, p.Files())
	const root = `<library xblock-family="xblock.v1" org="Org" library="LIB" description="About&#10;it" display_name=`
	if text := got["library/library.xml"]; !strings.HasPrefix(text, root) ||
		!strings.Contains(text, "\n  <problem url_name=\"p1\"/>\n  <video url_name=\"m1\"/>\n") ||
		!strings.Contains(text, `<never url_name="in" xblock-family="xblock.v1" a="yes"><b>"/static/a.png"</b></never>`) {
		t.Errorf("library.xml:\n%s", text)
	}
	for _, name := range []string{"library/problem/p1.xml", "library/html/z1.html", "library/html/z1.xml", "library/static/deep/b c.png", "library/policies/assets.json"} {
		if got[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	for name := range got {
		if !strings.HasPrefix(name, "library/") || strings.Contains(name, "shelf") || strings.Contains(name, "course") {
			t.Errorf("%s is in the archive", name)
		}
	}
	if again := s.take(t, exporter.Request{Course: library}); !bytes.Equal(packed(t, p), packed(t, again)) {
		t.Error("two exports differ")
	}
	other := newSite(t)
	report := other.bring(t, p.Files(), library)
	if report.Head.Root != s.head(t, library) {
		t.Errorf("it comes back with another head: %+v", report)
	}
	if other.assetsOf(t) != s.assetsOf(t) {
		t.Errorf("files come back as\n%s\nnot\n%s", other.assetsOf(t), s.assetsOf(t))
	}
}

// TestBackupComesBack: a library goes out as a backup and comes back as it was, in its order, with the files that components name.
func TestBackupComesBack(t *testing.T) {
	s := newSite(t)
	s.shelf(t)
	p := s.take(t, exporter.Request{Course: library, Backup: true})
	if len(p.Report.Notes) != 1 || p.Report.Notes[0].Message != "1 files are left out, which no component names: only the archive of OLX has a place for them" {
		t.Errorf("%+v", p.Report.Notes)
	}
	got := texts(t, p.Files())
	const at = "entities/xblock.v1/"
	for _, name := range []string{
		"package.toml", at + "html/z1.toml", at + "html/z1/component_versions/v1/block.xml", at + "html/z1/component_versions/v1/static/deep/b c.png",
		at + "problem/p1/component_versions/v1/static/a.png", at + "never/in/component_versions/v1/static/a.png",
	} {
		if got[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	if text := got[at+"html/z1/component_versions/v1/block.xml"]; !strings.Contains(text, "<![CDATA[<p>x ]]]]><![CDATA[> &nbsp;<br>") || strings.Contains(text, "url_name") || strings.Contains(text, "filename") {
		t.Errorf("%s", text)
	}
	if text := got["package.toml"]; !strings.Contains(text, "key = \"lib:Org:LIB\"\ndescription = \"About\\nit\"") || !strings.Contains(text, "format_version = 1\n") {
		t.Errorf("%s", text)
	}
	data := packed(t, p)
	if _, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Error(err)
	}
	if again := s.take(t, exporter.Request{Course: library, Backup: true}); !bytes.Equal(data, packed(t, again)) {
		t.Error("two exports differ")
	}
	other := newSite(t)
	report := other.bring(t, p.Files(), library)
	before, after := s.shelfOf(t), other.shelfOf(t)
	if before != after {
		t.Errorf("it comes back as\n%s\nnot\n%s\n%+v", after, before, report)
	}
	if got := other.assetsOf(t); got != strings.ReplaceAll(s.assetsOf(t)[:strings.LastIndex(s.assetsOf(t), ";")], "true", "false") {
		t.Errorf("files come back as %s, not %s", got, s.assetsOf(t))
	}
}

// shelfOf tells a library's components and fields, in order. An element that is kept loses the name that its key has.
func (s *site) shelfOf(t *testing.T) string {
	t.Helper()
	all, err := s.courses.Revisions(t.Context(), s.head(t, library))
	if err != nil {
		t.Fatal(err)
	}
	at := all[s.head(t, library)]
	text := fmt.Sprint(at.Fields)
	for range 3 {
		at = all[at.Children[0].Hash]
	}
	for _, child := range at.Children {
		r := all[child.Hash]
		text += fmt.Sprintf("\n%s %s %v %v", child.Type, child.ID, r.Fields, r.Extra)
		if r.Source != nil {
			text += strings.ReplaceAll(r.Source.XML, ` url_name="in"`, "")
		}
	}
	return text
}

// Keys do not go out with a library, in either form.
func TestKeysOfALibrary(t *testing.T) {
	s := newSite(t)
	part := s.add(t, "l", &course.Revision{Type: "never", Source: &course.Source{XML: `<never url_name="l" lti_1p3_block_key="hush"/>`}})
	for _, level := range []string{"vertical", "sequential", "chapter"} {
		part = s.add(t, course.ShelfID, &course.Revision{Type: level, Children: []course.ChildRef{part}})
	}
	s.publish(t, library, s.add(t, course.RootID, &course.Revision{Type: "course", Children: []course.ChildRef{part}}).Hash, 0)
	for _, backup := range []bool{false, true} {
		p := s.take(t, exporter.Request{Course: library, Backup: backup, Secrets: true})
		for name, text := range texts(t, p.Files()) {
			if strings.Contains(text, "hush") {
				t.Errorf("a key is in %s: %s", name, text)
			}
		}
	}
}

// FuzzBackup: whatever a component's text and id are, a backup of it can be made and read, and what differs is told.
func FuzzBackup(f *testing.F) {
	f.Add("<p>x</p>", "id", "Title")
	f.Add("]]>\"/static/a.png\"\x00", "a:b", "\"\x7f\n\\")
	f.Add(`<img src="/static/..">`, "CON", "]]>")
	f.Fuzz(func(t *testing.T, text, id, title string) {
		if !key.ValidID(id) {
			return
		}
		m := &memory{revisions: map[string]*course.Revision{}, run: course.Run{Head: course.Head{Number: 1}}}
		ref := course.ChildRef{Type: "html", ID: id}
		r := &course.Revision{Type: "html", Fields: store.Map[string]{"data": quoted(text), "display_name": quoted(title)}}
		for _, level := range []string{"", "vertical", "sequential", "chapter", "course"} {
			if level != "" {
				r, ref = &course.Revision{Type: level, Children: []course.ChildRef{ref}}, course.ChildRef{Type: level, ID: course.ShelfID}
			}
			ref.Hash = r.Hash()
			m.revisions[ref.Hash] = r
		}
		m.run.Head.Root = ref.Hash
		p, err := m.export(exporter.Request{Course: library, Backup: true})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for _, file := range p.Files().List() {
			if err := intake.CheckPath(file.Path); err != nil {
				t.Error(err)
			}
		}
		if _, there := p.Files().Stat("package.toml"); !there {
			t.Error("there is no package.toml")
		}
	})
}
