package host_test

import (
	"strings"
	"testing"
)

// Pictures of the course come in the size that a browser needs, with their places kept free; what a text says itself stays.
func TestPicturesOfTexts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	sue.upload(filesPath(run)+"/upload", "files", "application/json", attached{"wide map.png", pictureOf(t, 1500, 300)}, attached{"dot.png", pictureOf(t, 20, 10)}, attached{"notes.txt", "x"}).must(200)
	sue.get(filesPath(run)+"/at/wide%20map.png").formWith("do", "describe").set("alt", `A "map" & more`).press("").must(303)
	address := "/courses/" + run.String() + "/static/wide%20map.png"
	set := ` srcset="` + address + `?w=160 160w, ` + address + `?w=640 640w, ` + address + ` 1500w"` // a larger copy of this one would save nothing
	handouts := pagesPath(run) + "/text/info/handouts"
	shown := func(text string) string {
		t.Helper()
		sue.get(handouts).must(200).save("text", "<p>Look: "+text+"</p>").must(303)
		body := ann.get("/courses/" + run.String()).must(200).body
		body = body[strings.Index(body, "Look: ")+len("Look: "):]
		return strings.ReplaceAll(body[:strings.Index(body, "</p>")], "&#43;", "+")
	}
	const lazy = ` loading="lazy" decoding="async"`
	for text, want := range map[string]string{
		`<img src="/static/wide map.png">`:                          `<img src="` + address + `" alt="A &#34;map&#34; &amp; more"` + lazy + ` width="1500" height="300"` + set + ` sizes="min(100vw, 1500px)"/>`,
		`<img alt="" src="/static/wide%20map.png" width="300">`:     `<img alt="" src="` + address + `" width="300"` + lazy + set + ` sizes="min(100vw, 300px)"/>`,
		`<img alt="a > b" src="/static/wide%20map.png" height="9">`: `<img alt="a &gt; b" src="` + address + `" height="9"` + lazy + `/>`,
		`<img alt="x" loading="eager" src="/static/dot.png">`:       `<img alt="x" loading="eager" src="/courses/` + run.String() + `/static/dot.png" decoding="async" width="20" height="10"/>`,
		`<img alt="x" src="/static/notes.txt">`:                     `<img alt="x" src="/courses/` + run.String() + `/static/notes.txt"/>`,
		`<img alt="x" src="/static/nothing.png">`:                   `<img alt="x" src="/courses/` + run.String() + `/static/nothing.png"/>`,
		`<img alt="x" src="https://example.org/static/dot.png">`:    `<img alt="x" src="https://example.org/static/dot.png"/>`,
	} {
		if got := shown(text); got != want {
			t.Errorf("%s\n is  %s\nnot %s", text, got, want)
		}
	}
	// A page with a script of its own stands in a frame, its text as it is written.
	made := sue.get(pagesPath(run)).formWith("do", "add").set("name", "Act").press("").must(303)
	made.follow().save("text", `<img alt="x" src="/static/dot.png"><script>measure()</script>`).must(303)
	slug := made.header.Get("Location")
	ann.get("/courses/"+run.String()+"/pages/"+slug[strings.LastIndex(slug, "/")+1:]+"/frame").must(200, "/static/dot.png\"><script>measure()</script>")
}

// A phone loads the copy that is large enough for it, and the place of a picture is free before it is there.
func TestPicturesInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	w.member("ann", run, "")
	sue.upload(filesPath(run)+"/upload", "files", "application/json", attached{"wide.png", pictureOf(t, 1500, 300)}).must(200)
	sue.get(pagesPath(run)+"/text/info/handouts").must(200).save("text", `<p><img alt="A map" src="/static/wide.png"></p>`).must(303)
	b := w.newTab(t)
	b.enterAs("ann")
	b.like(390, "light")
	b.open("/courses/" + run.String())
	b.eval(`document.querySelector('img[alt="A map"]').scrollIntoView()`)
	b.until(`document.querySelector('img[alt="A map"]').currentSrc.endsWith("?w=640") && document.querySelector('img[alt="A map"]').complete`)
	b.until(`(() => { const box = document.querySelector('img[alt="A map"]').getBoundingClientRect(); return box.width < 390 && Math.abs(box.width / box.height - 5) < 0.1; })()`)
	b.quiet()
}
