package host_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
)

const (
	saidInSRT = "1\n00:00:01,000 --> 00:00:02,500\nA <i>body</i> at rest\n\n2\n00:00:03,000 --> 00:00:04,000\nstays there\n"
	saidInVTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nA body in motion\n"
)

type captionsSaid struct {
	Op, Error string
	Said      []string
}

// Captions come by language, are looked at first, and are seen by learners when they are published; the file before stays for whom it
// was published to until then.
func TestStudioCaptions(t *testing.T) {
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.CourseFiles = host.CourseFiles{Kinds: ".png"} }})
	run := w.forces()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	video := component(run, "video", "tube")
	give := func(b *browser, language, name, content string) (*page, captionsSaid) {
		p := b.uploadWith(video+"/captions", "files", "application/json", map[string]string{"field": "transcripts", "language": language}, attached{name, content})
		var said captionsSaid
		if strings.Contains(p.header.Get("Content-Type"), "json") {
			p.json(&said)
		}
		return p, said
	}
	sheet := func() string {
		var form struct{ HTML string }
		sue.data(video+"/form", &form)
		return form.HTML
	}
	if html := sheet(); !strings.Contains(html, "There are no captions yet") || strings.Contains(html, `name="f.transcripts"`) {
		t.Errorf("before: %.2000s", html)
	}
	p, said := give(sue, "en", "talk.srt", saidInSRT)
	p.must(200)
	if said.Op == "" || len(said.Said) != 1 || !strings.Contains(said.Said[0], "English, 2 lines") {
		t.Errorf("%+v", said)
	}
	p, said = give(sue, "ar", "talk-ar.vtt", "\xff\xfe"+wide(saidInVTT)) // UTF-16
	p.must(200)
	if len(said.Said) != 2 || !strings.Contains(said.Said[1], "UTF-16") {
		t.Errorf("%+v", said)
	}
	html := sheet()
	for _, want := range []string{"talk-en.srt", "talk-ar.vtt", "A body at rest", "A body in motion", "0:00:03", "replaces what is there"} {
		if !strings.Contains(html, want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	vtt := blockPath(run, "video", "tube") + "/handlers/captions?lang="
	ann.get(vtt + "en").must(404)
	sue.does(studioPath(run)+"/publish", "within", run.Usage("vertical", "read1").String()).must(200)
	ann.get(vtt+"en").must(200, "WEBVTT", "00:00:01.000 --> 00:00:02.500", "stays there")
	ann.get(vtt+"ar").must(200, "A body in motion")
	if chosen := ann.cookie("quoin_language"); chosen != "" { // the language of captions is not that of pages
		t.Errorf("whoever watches a video reads pages in %q from then on", chosen)
	}
	ann.get("/courses/"+run.String()+"/static/talk-en.srt").must(200, "A <i>body</i> at rest")

	// Another file for the same language: what is published stays until the next publishing.
	p, _ = give(sue, "en", "talk.srt", strings.Replace(saidInSRT, "stays there", "falls", 1))
	p.must(200)
	ann.get(vtt+"en").must(200, "stays there").without("falls")
	if html := sheet(); !strings.Contains(html, "talk-en-2.srt") {
		t.Error("the new file is not named")
	}
	sue.does(studioPath(run)+"/publish", "within", run.Usage("vertical", "read1").String()).must(200)
	ann.get(vtt+"en").must(200, "falls")
	// The same file again is the same file.
	p, _ = give(sue, "fr", "talk-en.srt", saidInSRT)
	p.must(200)
	sue.does(video+"/captions", "field", "transcripts", "language", "fr", "do", "remove").must(200)
	p, said = give(sue, "en", "talk.srt", saidInSRT)
	p.must(200)
	sue.does(studioPath(run)+"/undo", "op", said.Op).must(200)
	if html := sheet(); !strings.Contains(html, "talk-en-2.srt") || strings.Contains(html, "<strong>French</strong>") {
		t.Error("the undone captions are not back")
	}
	// Without scripts.
	sue.uploadWith(video+"/captions", "files", "text/html", map[string]string{"field": "transcripts", "tag": "pt-BR", "unit": run.Usage("vertical", "read1").String()}, attached{"a.vtt", saidInVTT}).
		must(303).follow().must(200, "a-pt-BR.vtt", "Brazilian Portuguese")
}

func wide(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString(text[i:i+1] + "\x00")
	}
	return b.String()
}

// What is wrong with captions is told by line, and nothing is changed; who is no author finds no such address.
func TestStudioCaptionsAreLookedAt(t *testing.T) {
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.CourseFiles = host.CourseFiles{Captions: 1} }})
	run, other := w.forces(), w.otherCourse()
	sue, dora, ann := w.member("sue", run, "staff"), w.member("dora", other, "staff", "instructor"), w.member("ann", run, "")
	video := component(run, "video", "tube") + "/captions"
	give := func(b *browser, address, field, language, name, content string) *page {
		return b.uploadWith(address, "files", "application/json", map[string]string{"field": field, "language": language}, attached{name, content})
	}
	for name, c := range map[string]struct{ language, file, content, says string }{
		"a bad time":     {"en", "a.srt", "1\n00:00:01,000 --> soon\nx\n", "Line 2: “00:00:01,000 --&gt; soon” does not name two times"},
		"no captions":    {"en", "a.srt", "Dear all", "Line 1"},
		"backwards":      {"en", "a.vtt", "WEBVTT\n\n00:04.000 --> 00:02.000\nx\n", "Line 3"},
		"nothing said":   {"en", "a.vtt", "WEBVTT\n", "no line of captions"},
		"another kind":   {"en", "a.png", pictureOf(t, 2, 2), ".srt"},
		"no language":    {"x y", "a.srt", saidInSRT, "no language"},
		"a tag's end":    {`en"><script>`, "a.srt", saidInSRT, "no language"},
		"too large":      {"en", "a.srt", strings.Repeat(saidInSRT, 20_000), "1.0 MB"},
		"not what it is": {"en", "a.srt", "\x89PNG\r\n\x1a\n\x00\x00\x00", "a.srt"},
		"no file":        {"en", "", "", "Choose a file"},
	} {
		p := give(sue, video, "transcripts", c.language, c.file, c.content)
		body := strings.NewReplacer(`\u003e`, "&gt;").Replace(p.body)
		if p.status != 422 || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", name, p.status, body)
		}
	}
	give(sue, video, "display_name", "en", "a.srt", saidInSRT).must(404)
	give(sue, component(run, "html", "text1")+"/captions", "transcripts", "en", "a.srt", saidInSRT).must(404)
	give(sue, component(run, "video", "nowhere")+"/captions", "transcripts", "en", "a.srt", saidInSRT).must(404)
	give(sue, studioPath(other)+"/components/"+run.Usage("video", "tube").String()+"/captions", "transcripts", "en", "a.srt", saidInSRT).must(404)
	give(dora, video, "transcripts", "en", "a.srt", saidInSRT).must(404)
	give(ann, video, "transcripts", "en", "a.srt", saidInSRT).must(404)
	if p := give(w.visitor(), video, "transcripts", "en", "a.srt", saidInSRT); !refused(p) {
		t.Errorf("a visitor: %d", p.status)
	}
	assets, _, err := w.site.Courses.Assets(t.Context(), run, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range assets {
		if strings.HasSuffix(assets[i].Name, ".srt") || strings.HasSuffix(assets[i].Name, ".vtt") {
			t.Errorf("%s is stored", assets[i].Name)
		}
	}
}

// Captions that a course of Open edX's first years names by the field "sub" are shown as others, replaced by language, and taken away.
func TestStudioOlderCaptions(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	video := component(run, "video", "tube")
	sue.upload(studioPath(run)+"/files/upload", "files", "application/json", attached{"subs_old talk.srt.sjson", `{"start":[0],"end":[1500],"text":["Said long ago"]}`}).must(200)
	sue.asks(video+"/save", edits("sub", nil, "old talk")).must(200)
	sheet := func() string {
		t.Helper()
		var form struct{ HTML string }
		sue.data(video+"/form", &form)
		return form.HTML
	}
	says := func(what string, in bool, words ...string) {
		t.Helper()
		html := sheet()
		for _, word := range words {
			if strings.Contains(html, word) != in {
				t.Errorf("%s: %q in it is %v", what, word, !in)
			}
		}
	}
	says("the older captions", true, "named the older way", "Said long ago", "subs_old talk.srt.sjson")
	p := sue.uploadWith(video+"/captions", "files", "application/json", map[string]string{"field": "transcripts", "language": "en"}, attached{"talk.srt", saidInSRT})
	p.must(200)
	says("captions by language", true, "talk-en.srt")
	says("captions by language", false, "named the older way")
	sue.does(video+"/captions", "field", "transcripts", "language", "en", "do", "remove").must(200)
	says("back to the older ones", true, "named the older way")
	sue.does(video+"/captions", "field", "transcripts", "language", "en", "do", "remove").must(200)
	says("taken away", true, "There are no captions yet")
}

// A component that names large files in many languages costs a form what it may read of them, and no more.
func TestStudioCaptionsAreReadUpToABound(t *testing.T) {
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.CourseFiles = host.CourseFiles{Kinds: ".png"} }})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	video := component(run, "video", "tube")
	var srt strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&srt, "%d\n%02d:%02d:%02d,000 --> %02d:%02d:%02d,900\nA body at rest stays where it is, number %d\n\n", i+1, i/3600, i/60%60, i%60, i/3600, i/60%60, i%60, i)
	}
	sue.uploadWith(video+"/captions", "files", "application/json", map[string]string{"field": "transcripts", "language": "en"}, attached{"long.srt", srt.String()}).must(200)
	named := map[string]string{}
	for i := range 30 {
		named[fmt.Sprintf("a%c", 'a'+i%26)+strings.Repeat("-XX", i/26)] = "long-en.srt"
	}
	sue.asks(video+"/save", edits("transcripts", map[string]string{"en": "long-en.srt"}, named)).must(200)
	var form struct{ HTML string }
	sue.data(video+"/form", &form)
	if read := strings.Count(form.HTML, "20,000 lines"); read == 0 || read > 8 {
		t.Errorf("%d files of %d bytes were read", read, srt.Len())
	}
	if !strings.Contains(form.HTML, "too large together") {
		t.Error("nobody is told that the others were not")
	}
}
