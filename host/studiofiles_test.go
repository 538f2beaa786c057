package host_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// upload sends files to an address of Studio as its form does; accept is what the answer shall be.
func (b *browser) upload(address, input, accept string, list ...attached) *page {
	b.t.Helper()
	return b.uploadWith(address, input, accept, nil, list...)
}

// uploadWith sends other values of the form as well.
func (b *browser) uploadWith(address, input, accept string, values map[string]string, list ...attached) *page {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("token", b.token())
	for name, value := range values {
		_ = m.WriteField(name, value)
	}
	for _, file := range list {
		part, err := m.CreateFormFile(input, file.name)
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = part.Write([]byte(file.content))
	}
	_ = m.Close()
	return b.send(http.MethodPost, address, map[string]string{"Content-Type": m.FormDataContentType(), "Accept": accept}, body.String())
}

func filesPath(run key.Course) string { return studioPath(run) + "/files" }

func pictureOf(t *testing.T, w, h int) string {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Files are uploaded, described, locked, renamed, replaced, brought back and deleted; each of it can be undone, and old links hold.
func TestStudioFiles(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	ann := w.member("ann", run, "")
	static := "/courses/" + run.String() + "/static/"
	at := filesPath(run) + "/at/"
	sue.get(filesPath(run)).must(200, "Files and media")
	sue.upload(filesPath(run)+"/upload", "files", "text/html", attached{"map.png", pictureOf(t, 400, 300)}, attached{"notes.txt", "one"}).must(200, "map.png", "notes.txt", "Uploaded 2 files")
	ann.get(static+"notes.txt").must(200, "one")
	ann.get(filesPath(run)).must(404)
	ann.get(filesPath(run) + "/content/notes.txt").must(404)
	var stored struct{ Stored []string }
	sue.upload(filesPath(run)+"/upload", "files", "application/json", attached{"notes.txt", "second"}).must(409, "stays as it is")
	ann.get(static+"notes.txt").must(200, "one")
	sue.uploadWith(filesPath(run)+"/upload", "files", "application/json", map[string]string{"replace": "1"}, attached{"notes.txt", "second"}).must(200).json(&stored)
	if len(stored.Stored) != 1 || stored.Stored[0] != "notes.txt" {
		t.Errorf("%+v", stored)
	}
	ann.get(static+"notes.txt").must(200, "second")
	one := sue.get(at+"notes.txt").must(200, "Replaced", "Uploaded", "/static/notes.txt", "sue")
	one.formWith("do", "restore").press("").must(303)
	ann.get(static+"notes.txt").must(200, "one")
	instead := map[string]string{"as": "notes.txt", "replace": "1"}
	sue.uploadWith(filesPath(run)+"/upload", "files", "text/html", instead, attached{"other name.txt", "third"}).must(303).follow().must(200, "The file is replaced")
	ann.get(static+"notes.txt").must(200, "third")
	sue.get(at + "other name.txt").must(404)
	sue.uploadWith(filesPath(run)+"/upload", "files", "application/json", map[string]string{"as": "map.png", "replace": "1"}, attached{"x.txt", "no picture"}).must(422)
	sue.get(at+"notes.txt").formWith("do", "restore").press("").must(303)

	sue.get(at+"map.png").formWith("do", "describe").set("alt", "A map <of> the town", "locked", "1").press("").must(303).follow().must(200, "A map &lt;of&gt; the town")
	w.visitor().get(static + "map.png").must(404)
	ann.get(static + "map.png").must(200)
	small := ann.get(static + "map.png?w=160").must(200)
	if measured, _, err := image.DecodeConfig(strings.NewReader(small.body)); err != nil || measured.Width != 160 {
		t.Errorf("a copy of %+v, %v", measured, err)
	}
	sue.get(at+"map.png").formWith("do", "rename").set("name", "pictures/town map.png").press("").must(303).follow().must(200, "town map.png", "renamed")
	ann.get(static + "map.png").must(200)
	sue.get(at+"notes.txt").formWith("do", "rename").set("name", "pictures/town map.png").press("").must(409, "already")
	sue.get(at+"notes.txt").formWith("do", "rename").set("name", "../up.txt").press("").must(422, "cannot be called")

	gone := sue.get(at+"notes.txt").must(200).formWith("do", "describe").set("do", "delete").press("").must(303).follow().must(200, "Bring it back")
	ann.get(static + "notes.txt").must(404)
	gone.form(filesPath(run)+"/undo").press("").must(200, "That is undone", "notes.txt")
	ann.get(static+"notes.txt").must(200, "one")

	sue.get(filesPath(run)+"?kind=picture").must(200, "town map.png").without("notes.txt")
	sue.get(filesPath(run)+"?q=nothing-like-it").must(200, "No file matches")
	sue.get(filesPath(run)+".csv").must(200, "notes.txt", "A map <of> the town")
	sue.get(at + "gone.txt").must(404)
}

// What is uploaded is what its name says, or is refused with the reason; what could act is never a page of this site.
func TestStudioUploadsAreLookedAt(t *testing.T) {
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) {
		c.CourseFiles = host.CourseFiles{File: 5, Course: 6, Kinds: ".png, .txt, .svg, .html, .bin"}
	}})
	run, other := w.forces(), w.otherCourse()
	sue, dora, ann := w.member("sue", run, "staff"), w.member("dora", other, "staff", "instructor"), w.member("ann", run, "")
	give := func(b *browser, name, content string) *page {
		return b.upload(filesPath(run)+"/upload", "files", "application/json", attached{name, content})
	}
	give(sue, "x.png", "<script>alert(1)</script>").must(422, "error")
	give(sue, "x.exe", "MZ").must(422, ".png")
	give(sue, "broken.png", "\x89PNG\r\n\x1a\nand nothing").must(422, "damaged")
	give(sue, "evil.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`).must(200)
	give(sue, "evil.html", `<script>alert(1)</script>`).must(200)
	for _, address := range []string{"/courses/" + run.String() + "/static/evil.svg", filesPath(run) + "/content/evil.svg", filesPath(run) + "/content/evil.html"} {
		p := sue.get(address).must(200)
		if policy := p.header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-same-origin") {
			t.Errorf("%s may act: %q", address, policy)
		}
	}
	give(sue, "large.bin", strings.Repeat("x", 5_100_000)).must(422, "5.0 MB") // streamed, and stopped at the limit
	give(sue, "fits.bin", strings.Repeat("x", 4_900_000)).must(200)            // streamed
	give(sue, "more.bin", strings.Repeat("x", 2_000_000)).must(422, "6.0 MB")
	sue.uploadWith(filesPath(run)+"/upload", "files", "application/json", map[string]string{"replace": "1"}, attached{"fits.bin", strings.Repeat("y", 4_900_000)}).must(200) // in place of itself
	for who, b := range map[string]*browser{"a learner": ann, "staff of another course": dora} {
		if p := give(b, "large.bin", strings.Repeat("x", 4_500_000)); p.status < 400 {
			t.Errorf("%s: %d", who, p.status)
		}
		give(b, "small.txt", "x").must(404)
	}
	if p := sue.send("POST", filesPath(run)+"/upload", map[string]string{"Origin": "https://elsewhere.example"}, ""); p.status != 403 {
		t.Errorf("from elsewhere: %d", p.status)
	}
	assets, _, err := w.site.Courses.Assets(t.Context(), run, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range assets {
		switch assets[i].Name {
		case "x.png", "x.exe", "broken.png", "large.bin", "more.bin", "small.txt":
			t.Errorf("%s is stored", assets[i].Name)
		}
	}
}

// The file by which problems are checked is read by the server alone, under any name that it ever got, and keeps its own.
func TestTheGradersLibraryIsSecret(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	static := "/courses/" + run.String() + "/static/"
	sue.upload(filesPath(run)+"/upload", "files", "application/json", attached{"python_lib.zip", "PK\x05\x06" + strings.Repeat("\x00", 18)}, attached{"other.txt", "x"}).must(200)
	w.visitor().get(static + "python_lib.zip").must(404)
	sue.does(filesPath(run)+"/at/python_lib.zip", "do", "rename", "name", "old.zip").must(422, "keeps its name")
	if _, err := w.site.Beside.RenameFile(t.Context(), run, "sue", "python_lib.zip", "old.zip"); err != nil { // as older versions let her
		t.Fatal(err)
	}
	w.visitor().get(static + "old.zip").must(404)
	w.visitor().get(static + "python_lib.zip").must(404)
	w.visitor().get(static + "other.txt").must(200)
}
