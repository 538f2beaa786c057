package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/check"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// madeUp is a course with things that nobody knows: tags, attributes, comments, CDATA, odd white space, files.
func madeUp() map[string]string {
	return map[string]string{
		"course/course/now.xml": "<?xml version='1.0'  encoding='utf-8'?>\r\n<course display_name = 'Small' start=\"2020-01-01T00:00:00Z\" unheard='of'\n\t>" +
			"<chapter url_name=\"c1\"/><!-- kept --></course>\n\n<!-- end -->",
		"course/vertical/v1.xml": "<vertical>\n<html url_name=\"h1\"/>\n\n   <problem url_name=\"tides\"/>\t<strange url_name='x1' a=\"&#x2014;\"><in:ner xmlns:in=\"urn:x\" in:b='1'>" +
			"<![CDATA[ a < b ]]>text &amp; more</in:ner><?pi x?></strange>\n<never/><!-- <html/> --></vertical>",
		"course/html/h1.xml":        `<html filename="h1" display_name="Hello" made_up="&lt;1&gt;"/>`,
		"course/problem/tides.xml":  strings.Replace(tideXML, "<label>", "<!-- c --><made_up x='1'/><label>", 1),
		"course/unknown/file.dat":   "\x00\x01\x02",
		"course/static/odd (1).png": "p",
		"README.md":                 "outside",
	}
}

func TestCourseCheckGoesRound(t *testing.T) {
	temporary(t)
	got := callShipped(t, "course", "check", "--json", courseArchive(t, madeUp()))
	got.want(t, 0)
	var report struct {
		RoundTrip *struct{ Lost, Changed []check.Difference } `json:"round_trip"`
	}
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || report.RoundTrip == nil {
		t.Fatal("there is no round_trip: ", err)
	}
	if r := report.RoundTrip; r.Lost == nil || r.Changed == nil || len(r.Lost)+len(r.Changed) > 0 {
		t.Errorf("round trip %+v", r)
	}
	callShipped(t, "course", "check", courseArchive(t, madeUp())).want(t, 0, "taken out again: 0 lost, 0 changed")
}

func TestCourseExport(t *testing.T) {
	temporary(t)
	data, out := filepath.Join(t.TempDir(), "data"), t.TempDir()
	path := courseArchive(t, madeUp())
	callShipped(t, "course", "import", "--data", data, path).want(t, 0)
	run := "course-v1:Org+Num+now"
	file, again, folder := filepath.Join(out, "a.tar.gz"), filepath.Join(out, "b.tgz"), filepath.Join(out, "deep", "folder")
	callShipped(t, "course", "export", run, "--data", data, "--out", file).want(t, 0, "exported course-v1:Org+Num+now to "+file)
	callShipped(t, "course", "export", run, "--data", data, "--out", again).want(t, 0)
	callShipped(t, "course", "export", "--data", data, "--out", folder, run).want(t, 0, "files")
	streamed := callShipped(t, "course", "export", run, "--data", data, "--out", "-")
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(again)
	if err != nil || !bytes.Equal(first, second) || streamed.out != string(first) {
		t.Errorf("the same course gives other bytes: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive is open to others: %v, %v", info.Mode(), err)
	}
	want, err := intake.Open(t.Context(), path, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	for _, name := range []string{file, folder} {
		got, err := intake.Open(t.Context(), name, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer got.Close()
		if len(got.List()) != len(want.List()) {
			t.Errorf("%s has %d files, want %d", name, len(got.List()), len(want.List()))
		}
		for _, f := range want.List() {
			if other, _ := got.Stat(f.Path); other.SHA256 != f.SHA256 {
				t.Errorf("%s: %s differs", name, f.Path)
			}
		}
	}
}

func TestCourseExportKeepsKeys(t *testing.T) {
	temporary(t)
	data, out := filepath.Join(t.TempDir(), "data"), t.TempDir()
	passports := `<course display_name="Small" lti_passports="[&quot;a:b:hush&quot;]"><chapter url_name="c1"/></course>`
	callShipped(t, "course", "import", "--data", data, courseArchive(t, map[string]string{"course/course/now.xml": passports})).want(t, 0)
	run := "course-v1:Org+Num+now"
	without, with := filepath.Join(out, "without"), filepath.Join(out, "with")
	callShipped(t, "course", "export", run, "--data", data, "--out", without).want(t, 0, "left out: 1 keys and passports")
	callShipped(t, "course", "export", run, "--data", data, "--out", with, "--secrets").want(t, 0)
	for folder, want := range map[string]bool{without: false, with: true} {
		text, err := os.ReadFile(filepath.Join(folder, "course/course/now.xml"))
		if err != nil || strings.Contains(string(text), "hush") != want {
			t.Errorf("%s: %s, %v", folder, text, err)
		}
	}
}

func TestCourseExportRefuses(t *testing.T) {
	temporary(t)
	data := filepath.Join(t.TempDir(), "data")
	file := write(t, "there.tar.gz", "x")
	full := filepath.Dir(file)
	run := "course-v1:Org+Num+now"
	call(t, "", "course", "export").want(t, 2, "usage: quoin course export KEY")
	call(t, "", "course", "export", "Org/Num").want(t, 1, "Org/Num")
	call(t, "", "course", "export", run, "--data", data, "--out", file).want(t, 1, file+" is there already: remove it")
	call(t, "", "course", "export", run, "--data", data, "--out", full).want(t, 1, "is not empty: choose another --out")
	call(t, "", "course", "export", run, "--data", data, "--out", filepath.Join(full, "no", "x.tar.gz")).want(t, 1, "there is no folder", "make it first")
	call(t, "", "course", "export", run, "--data", data, "--out", write(t, "name", "x")).want(t, 1, "an archive's name ends in .tar.gz")
	none := filepath.Join(t.TempDir(), "x.tar.gz")
	call(t, "", "course", "export", run, "--data", data, "--out", none).want(t, 1, "not in the course catalogue", "has no such course")
	if _, err := os.Stat(none); err == nil {
		t.Error("a file was made all the same")
	}
}
