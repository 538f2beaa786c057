package exporter_test

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

func packTexts(to io.Writer, texts map[string]string) error {
	archive := tar.NewWriter(to)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(texts[name])), Mode: 0o600, Format: tar.FormatPAX}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write([]byte(texts[name])); err != nil {
			return err
		}
	}
	return archive.Close()
}

func fuzzCourse(unit, html, policy string) map[string]string {
	return map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Num"/>`, "course/now.xml": `<course><chapter url_name="c"/></course>`,
		"chapter/c.xml": `<chapter><sequential url_name="s"/></chapter>`, "sequential/s.xml": `<sequential><vertical url_name="v"/></sequential>`,
		"vertical/v.xml": unit, "html/h.xml": html, "html/h.html": "<p>text<br>", "policies/now/policy.json": policy,
		"problem/shared.xml": `<problem><p>shared</p></problem>`, "drafts/html/d.xml": `<html parent_url="block-v1:Org+Num+now+type@vertical+block@v" index_in_children_list="0" a="1">d</html>`,
	}
}

// FuzzExport: an untouched course goes out byte for byte. A changed one reads back as it is published, but for what the report
// tells; no key gets out unasked.
func FuzzExport(f *testing.F) {
	f.Add(`<vertical><html url_name="h"/><inner url_name="i" display_name="I">a<b/></inner><plain count="5"/><x url_name="x"><y/></x></vertical>`,
		`<html filename="h" display_name="H" xqa_key="hush" odd='1'/>`, `{"html/h": {"display_name": "P", "lti_passports": ["hush"]}}`, "value", "new", uint8(0))
	f.Add("<vertical>\n <inner>1</inner>\n <!-- c -->\n <inner>1</inner><inner url_name='i'/><inner url_name='i'/>\n</vertical>", `<html/>`, `{}`, "<&>\"'", "a:b", uint8(255))
	f.Add(`<vertical><problem url_name="p" filename="shared"/><problem url_name="q" filename="shared"/></vertical>`, `<html`, `[`, "null", "..", uint8(31))
	f.Add(`<vertical display_name="V"/>`, `<html filename="h"><notes xblock-family="xblock_asides.v1"/></html>`, "\xef\xbb\xbf{\"vertical/v\": {\"due\": 5, \"due\": 6}}", "\x00", "CON", uint8(7))
	f.Add("<?xml version='1.0' encoding='latin1'?><vertical display_name='\xe4'><html>&nbsp;</html></vertical>", `<html filename="../../h"/>`, `{"course/now": {}}`, "é", "é", uint8(63))
	f.Fuzz(func(t *testing.T, unit, html, policy, value, id string, how uint8) {
		came := fuzzCourse(unit, html, policy)
		m := recall(t, came)
		if m == nil || !utf8.ValidString(value) {
			return
		}
		untouched(t, m, came)
		publishChanges(m, value, id, how)
		p, err := m.export(exporter.Request{Course: run, Rewrite: how&64 != 0})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for name, text := range texts(t, p.Files()) {
			if err := intake.CheckPath(name); err != nil {
				t.Error(err)
			}
			if doc, err := intake.ParseXML(name, []byte(text), intake.XMLOptions{HTMLEntities: true}); err == nil && strings.HasSuffix(name, ".xml") {
				noKeys(t, name, doc.Root)
			}
		}
		readsBack(t, m, p)
	})
}

func noKeys(t *testing.T, name string, node *intake.XMLNode) {
	for _, a := range node.Attrs {
		if olx.SecretAttr(a.Name) && !slices.Contains([]string{"", "null", "[]", "{}", `""`}, strings.Join(strings.Fields(a.Value), "")) {
			t.Errorf("%s holds the key %s=%q", name, a.Name, a.Value)
		}
	}
	for _, child := range node.Children {
		noKeys(t, name, child)
	}
}

func untouched(t *testing.T, m *memory, want map[string]string) {
	t.Helper()
	p, err := m.export(exporter.Request{Course: run, Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if diff := differences(want, texts(t, p.Files())); len(diff) > 0 {
		t.Fatalf("files of an untouched course differ: %v", diff)
	}
}

// publishChanges changes what the bits of how say.
func publishChanges(m *memory, value, id string, how uint8) {
	m.rewrite(func(ref course.ChildRef, r *course.Revision) {
		if r.Fields == nil {
			r.Fields = store.Map[string]{}
		}
		switch {
		case how&1 != 0 && ref.Type != "x" && r.Source == nil:
			r.Fields["display_name"] = string(encoded(value))
		case how&2 != 0 && ref.Type == "html" && r.Source == nil:
			r.Fields["data"] = string(encoded(value))
		case how&4 != 0 && ref.Type == "inner" && r.Source == nil:
			r.Fields["data"] = string(encoded("<!-- " + strings.ReplaceAll(value, "-", "") + " -->"))
		case how&8 != 0 && r.Source == nil:
			delete(r.Fields, "display_name")
		}
		if ref.Type != "vertical" {
			return
		}
		if how&16 != 0 {
			slices.Reverse(r.Children)
		}
		if how&32 != 0 && key.ValidID(id) {
			added := &course.Revision{Type: "inner", Fields: store.Map[string]{"data": string(encoded("<new/>"))}}
			if _, taken := m.record.Blocks["inner@"+id]; !taken {
				m.revisions[added.Hash()] = added
				r.Children = append(r.Children, course.ChildRef{Type: "inner", ID: id, Hash: added.Hash()})
			}
		}
		if how&128 != 0 && len(r.Children) > 1 {
			r.Children = r.Children[1:]
		}
	})
}

// readsBack compares what an import would make of the export with what is published.
func readsBack(t *testing.T, m *memory, p *exporter.Package) {
	t.Helper()
	read, _, err := olx.Read(context.Background(), p.Files(), olx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	made, err := importer.Revisions(context.Background(), blocks{}, p.Files(), read, read.Root)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, note := range p.Report.Notes {
		told[note.Block] = true
	}
	var visit func(ref course.ChildRef)
	visit = func(ref course.ChildRef) {
		want := m.revisions[ref.Hash]
		for _, child := range want.Children {
			visit(child)
		}
		if told[ref.Type+"@"+ref.ID] {
			return
		}
		block, ok := read.Block(ref.Type, ref.ID)
		if !ok {
			t.Fatalf("%s %s is lost, and nobody tells", ref.Type, ref.ID)
		}
		got := made[block]
		if !slices.EqualFunc(want.Children, got.Children, func(a, b course.ChildRef) bool { return a.Type == b.Type && a.ID == b.ID }) ||
			!maps.Equal(want.Extra, got.Extra) || !maps.EqualFunc(want.Fields, got.Fields, equalJSON) {
			t.Errorf("%s %s comes back as %+v, want %+v", ref.Type, ref.ID, got, want)
		}
	}
	visit(course.ChildRef{Type: "course", ID: course.RootID, Hash: m.run.Head.Root})
}

func equalJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// FuzzWriteFolder: whatever blocks, files and pages are called, nothing outside of the folder changes, and what is written can
// be read again (security R22).
func FuzzWriteFolder(f *testing.F) {
	for _, name := range []string{"a", "../x", "../../x", "/etc/x", "a/../../x", "CON", "nul.txt", `a\b`, "c:/x", ".", "..", "a//b", "A/é", "\x00", "a:..:..:x", "html", "html/x", strings.Repeat("n", 300)} {
		f.Add(name, "inner")
	}
	f.Fuzz(func(t *testing.T, name, blockType string) {
		if !utf8.ValidString(name) {
			return
		}
		m := recall(t, fuzzCourse(`<vertical/>`, `<html/>`, `{}`))
		m.assets = append(m.assets, course.Asset{Name: name, Hash: m.keep([]byte("asset"))})
		m.pages = append(m.pages, course.Page{Kind: "about", Slug: name, HTML: "page"})
		if key.ValidID(name) && key.ValidID(blockType) && intake.XMLName(blockType) {
			m.rewrite(func(ref course.ChildRef, r *course.Revision) {
				if ref.Type == "vertical" {
					added := &course.Revision{Type: blockType, Fields: store.Map[string]{"data": string(encoded("<new/>"))}}
					m.revisions[added.Hash()] = added
					r.Children = append(r.Children, course.ChildRef{Type: blockType, ID: name, Hash: added.Hash()})
				}
			})
		}
		p, err := m.export(exporter.Request{Course: run})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		world := t.TempDir()
		for _, canary := range []string{"canary", "sub/canary", "sub/deep/canary"} {
			path := filepath.Join(world, canary)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("alive"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		before := outside(t, world)
		out := filepath.Join(world, "sub", "deep", "out")
		if err := p.WriteFolder(context.Background(), out); err != nil {
			t.Fatal(err)
		}
		if after := outside(t, world); !maps.Equal(before, after) {
			t.Errorf("outside of the folder: %v, before %v", after, before)
		}
		folder, err := intake.OpenFolder(context.Background(), out, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		if diff := differences(texts(t, p.Files()), texts(t, folder)); len(diff) > 0 {
			t.Errorf("the folder differs: %v", diff)
		}
	})
}

// outside lists everything but what is in the folder that is written.
func outside(t *testing.T, world string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(world, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "out":
			return fs.SkipDir
		case entry.Type().IsRegular():
			data, err := os.ReadFile(path)
			found[path] = string(data)
			return err
		}
		found[path] = ""
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
