package review_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/review"
)

// said writes findings as "block code values", sorted.
func said(report *review.Report) []string {
	var list []string
	for i := range report.Findings {
		f := &report.Findings[i]
		where := f.Usage.ID
		if where == "" {
			where = f.Page + string(f.Setting)
		}
		what := f.Code
		if f.Text != "" {
			what = "says " + f.Text
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", where, what, strings.Join(f.Values, ","))))
	}
	slices.Sort(list)
	return list
}

func (w *world) finds(want ...string) *review.Report {
	w.t.Helper()
	report := w.look()
	slices.Sort(want)
	if got := said(report); !slices.Equal(got, want) {
		w.t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return report
}

// A course in which nothing is wrong has no findings.
func TestNothingFound(t *testing.T) {
	w := newWorld(t)
	w.small(fields{"start": `"2030-01-01T00:00:00Z"`, "end": `"2030-06-01T00:00:00Z"`}, child{Type: "html", ID: "h"}, child{Type: "video", ID: "f"})
	w.draft("sequential", "s", fields{"start": `"2030-02-01T00:00:00Z"`, "due": `"2030-03-01T00:00:00Z"`}, child{Type: "vertical", ID: "v"})
	w.draft("html", "h", fields{"data": text(`<h2 id="top">A</h2><h3>B</h3><h2>C</h2><p><a href="#top">up</a> <a href="/jump_to_id/h#top">here</a> <a href="/course/progress">p</a>
		<a href="/courses/course-v1:Org+Num+now/jump_to_id/v">unit</a><a href="mailto:a@b.c">m</a><a href="//cdn.example/x">x</a><img src="data:," alt=""><img src="x" role="presentation">
		<video src="https://v.example/a.mp4"><track kind="captions" src="https://v.example/a.vtt"></video></p>`)})
	w.draft("video", "f", fields{"html5_sources": `["https://v.example/a.mp4"]`, "transcripts": `{"en": "en.srt"}`})
	report := w.finds()
	if report.Blocks != 6 || len(report.Types["html"]) != 1 || report.Outside != 3 || report.Waiting != 0 {
		t.Errorf("%+v", report)
	}
}

// Each rule finds what it is about, at its place.
func TestRules(t *testing.T) {
	w := newWorld(t)
	w.small(fields{"start": `"2030-01-01T00:00:00Z"`, "end": `"2029-01-01T00:00:00Z"`, "enrollment_start": `"2028-02-01T00:00:00Z"`, "enrollment_end": `"2028-01-01T00:00:00Z"`},
		child{Type: "html", ID: "links"}, child{Type: "html", ID: "looks"}, child{Type: "video", ID: "film"}, child{Type: "problem", ID: "p"},
		child{Type: "problem", ID: "q"}, child{Type: "gone", ID: "g"}, child{Type: "ill", ID: "i"}, child{Type: "elsewhere", ID: "e"})
	w.draft("chapter", "c", fields{"display_name": `"One"`, "start": `"2030-05-01T00:00:00Z"`},
		child{Type: "sequential", ID: "s"}, child{Type: "sequential", ID: "s2"}, child{Type: "sequential", ID: "s3"})
	w.draft("course", course.RootID, fields{"start": `"2030-01-01T00:00:00Z"`, "end": `"2029-01-01T00:00:00Z"`, "enrollment_start": `"2028-02-01T00:00:00Z"`, "enrollment_end": `"2028-01-01T00:00:00Z"`},
		child{Type: "chapter", ID: "c"}, child{Type: "chapter", ID: "c2"})
	w.draft("chapter", "c2", nil)
	w.draft("sequential", "s2", fields{"start": `"2030-04-01T00:00:00Z"`, "due": `"2030-03-01T00:00:00Z"`, "graded": "true", "format": `"Quiz"`})
	w.draft("sequential", "s3", fields{"graded": "true", "format": `"Homework"`}, child{Type: "vertical", ID: "v3"})
	w.draft("vertical", "v3", nil)
	w.draft("html", "links", fields{"data": text("<p><a href=\"/jump_to_id/nowhere\">a</a>\n<a href=\"/static/none.pdf\">b</a> <img src='/static/none.png' alt='x'>\n<a href=\"#far\">c</a><a href=\"/jump_to_id/looks#far\">c</a>" +
		`<a href="/course/pages/no">d</a><a href="/courses/course-v1:Org+Num+now/wiki">w</a><a href="/courses/course-v1:X+Y+Z/jump_to_id/q">e</a><a href="/jump_to_id/nowhere">again</a><a href="Bar">f</a><a href="tel:1">g</a><a href="/about">h</a></p>`)})
	w.draft("html", "looks", fields{"data": text(`<h1>T</h1><h2>A</h2><h4>B</h4><img src="/c4x/o.png"><img src="cat.png" alt="Cat.png"><video src="x"></video><video src="y"><track kind="chapters"></video>`)})
	w.draft("video", "film", fields{"youtube_id_1_0": `"abcdefghijk"`})
	w.draft("problem", "p", fields{"data": text("<problem>wrong</problem>")})
	w.draft("problem", "q", fields{"data": text("<problem>broken</problem>")})
	for _, it := range []struct{ kind, id string }{{"gone", "g"}, {"ill", "i"}, {"elsewhere", "e"}} {
		w.draft(it.kind, it.id, nil)
	}
	if err := w.courses.PutPage(t.Context(), run, course.Page{Kind: "tabs", Slug: "more", HTML: `<img src="/static/none.png"><h2>A</h2><a href="/course/pages/more">m</a>`}); err != nil {
		t.Fatal(err)
	}
	first, second := "2030-01-01T00:00:00Z", "2029-01-01T00:00:00Z"
	report := w.finds(
		"schedule date_course "+second+","+first, "schedule date_enrol 2028-01-01T00:00:00Z,2028-02-01T00:00:00Z",
		"grading type_unused Lab,15", "grading type_unused Midterm Exam,30", "grading type_unused Final Exam,40", "s2 type_unknown Quiz",
		"c date_after 2030-05-01T00:00:00Z,"+second, "s2 date_early 2030-04-01T00:00:00Z,2030-05-01T00:00:00Z,One", "s2 date_due 2030-03-01T00:00:00Z,2030-04-01T00:00:00Z",
		"s2 date_after 2030-04-01T00:00:00Z,"+second, "c2 empty_section", "s2 empty_subsection", "v3 empty_unit",
		"links link_block nowhere", "links link_file none.pdf", "links link_file none.png", "links link_page pages/no", "links link_page wiki", "links link_nowhere Bar", "links link_foreign q",
		"looks heading_first", "looks heading_skipped 2,4", "looks alt_missing o.png", "looks alt_name cat.png", "looks captions_text", "looks captions_text",
		"film captions_video", "p says No answer is right.", "q block_broken problem,it cannot be read",
		"g block_missing gone", "i block_broken ill,block ill was switched off: it leaks", "e block_off elsewhere",
		"tabs/more link_file none.png", "tabs/more alt_missing none.png",
	)
	for i := range report.Findings {
		f := &report.Findings[i]
		if f.Severity == "" || f.Kind == "" {
			t.Errorf("%+v says not how bad it is", f)
		}
		if f.Code == "link_file" && f.Target == "none.pdf" && (f.Line != 2 || f.Field != "data" || f.Unit.ID != "v" || strings.Join(f.Place, ">") != "One>Sub>Unit" || f.Severity != review.Error) {
			t.Errorf("the place is %+v", f)
		}
		if f.Text != "" && (f.Fix != "Mark one." || f.Line != 2 || f.Severity != review.Error) {
			t.Errorf("the block says %+v", f)
		}
	}
}

// Anchors are looked for where it can be known what is there: in texts of the same unit.
func TestAnchors(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "html", ID: "a"}, child{Type: "html", ID: "b"})
	w.draft("html", "a", fields{"data": text(`<a href="#in-b">x</a><a href="#far">c</a><a href="/jump_to_id/b#in-b">x</a><a href="/jump_to_id/v#nope">c</a><a href="/jump_to_id/c#nope">c</a>`)})
	w.draft("html", "b", fields{"data": text(`<p id="in-b">b</p>`)})
	w.finds("a link_anchor far", "a link_anchor nope")
	w.draft("vertical", "v", nil, child{Type: "html", ID: "a"}, child{Type: "html", ID: "b"}, child{Type: "problem", ID: "p"})
	w.draft("problem", "p", nil)
	w.finds()
}

// A block is asked once for a content, by a look or in the background, and again when content or code change.
func TestChecksAreRemembered(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "problem", ID: "p"}, child{Type: "problem", ID: "q"})
	w.draft("problem", "p", fields{"data": text("<problem>one</problem>")})
	w.draft("problem", "q", fields{"data": text("<problem>wrong</problem>")})
	for range 3 {
		w.finds("q says No answer is right.")
	}
	if n := w.blocks.count("problem"); n != 2 {
		t.Errorf("asked %d times", n)
	}
	w.draft("problem", "q", fields{"data": text("<problem>two</problem>")})
	w.finds()
	if n := w.blocks.count("problem"); n != 3 {
		t.Errorf("asked %d times", n)
	}
}

// What takes too long is left to the background, and the next look tells it.
func TestChecksInTheBackground(t *testing.T) {
	w := newWorld(t)
	var children []child
	for i := range 30 {
		id := fmt.Sprint("p", i)
		children = append(children, child{Type: "problem", ID: id})
		w.draft("problem", id, fields{"data": text(fmt.Sprintf("<problem>wrong %d</problem>", i))})
	}
	w.small(nil, children...)
	w.review = review.New(review.Config{Store: w.store, Courses: w.courses, Copies: w.authoring, Blocks: w.blocks, Inline: 1})
	defer w.review.Close()
	if report := w.look(); report.Waiting != 30 || len(report.Findings) != 0 {
		t.Fatalf("%d wait, %d findings", report.Waiting, len(report.Findings))
	}
	w.review.Begin(run)
	w.review.Begin(run)
	w.review.Wait()
	if report := w.look(); report.Waiting != 0 || len(report.Findings) != 30 {
		t.Errorf("%d wait, %d findings", report.Waiting, len(report.Findings))
	}
	if n := w.blocks.count("problem"); n != 30 {
		t.Errorf("asked %d times", n)
	}
	if _, _, running := w.review.Progress(run); running {
		t.Error("it still runs")
	}
}

// Code that is not loaded holds no look up: it is asked in the background.
func TestSleepingBlocksWait(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "asleep", ID: "z"}, child{Type: "problem", ID: "p"})
	w.draft("asleep", "z", fields{"data": text("wrong")})
	w.draft("problem", "p", fields{"data": text("wrong")})
	if report := w.finds("p says No answer is right."); report.Waiting != 1 {
		t.Errorf("%d wait", report.Waiting)
	}
	w.review.Begin(run)
	w.review.Wait()
	w.finds("p says No answer is right.", "z says No answer is right.")
}

// The working copy is looked at: a block that is removed makes links to it broken before anything is published.
func TestDraftsAreLookedAt(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "html", ID: "a"}, child{Type: "html", ID: "b"})
	w.draft("html", "a", fields{"data": text(`<a href="/jump_to_id/b">b</a>`)})
	w.draft("html", "b", fields{"data": text("<p>b</p>")})
	if _, err := w.authoring.Publish(t.Context(), ada, run.Usage("course", course.RootID), ""); err != nil {
		t.Fatal(err)
	}
	w.finds()
	if _, err := w.authoring.Remove(t.Context(), ada, run.Usage("html", "b")); err != nil {
		t.Fatal(err)
	}
	w.finds("a link_block b")
}

// Two authors' texts that could not be merged are told.
func TestConflictsAreTold(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "html", ID: "a"})
	w.draft("html", "a", fields{"data": text("<p>a</p>")})
	for _, said := range []string{"<p>b</p>", "<p>c</p>"} {
		edit := map[string]authoring.FieldEdit{"data": {Base: authoring.JSON("<p>a</p>"), Value: authoring.JSON(said)}}
		if _, err := w.authoring.Save(t.Context(), ada, run.Usage("html", "a"), edit); err != nil {
			t.Fatal(err)
		}
	}
	w.finds("a conflict 1")
}

// Addresses elsewhere are asked on demand alone, each once; the next looks tell which do not answer.
func TestAddressesElsewhere(t *testing.T) {
	w := newWorld(t)
	asked := make(chan string, 20)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		asked <- r.Method + r.URL.Path
		rw.WriteHeader(http.StatusNotFound)
	})
	one := httptest.NewServer(mux)
	defer one.Close()
	two := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked <- r.Method + r.URL.Path
		if r.Method == http.MethodHead {
			rw.WriteHeader(http.StatusMethodNotAllowed)
		}
	}))
	defer two.Close()
	w.small(nil, child{Type: "html", ID: "a"})
	w.draft("html", "a", fields{"data": text(`<a href="` + one.URL + `/gone">x</a><a href="` + one.URL + `/gone">x</a><a href="` + two.URL + `/there">y</a>`)})
	if report := w.finds(); report.Outside != 2 || len(asked) != 0 {
		t.Fatalf("%+v, %d asked by looking", report, len(asked))
	}
	if err := w.review.CheckOutside(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	w.review.Wait()
	if len(asked) != 3 {
		t.Errorf("%d requests", len(asked))
	}
	state, err := w.review.Outside(t.Context(), run)
	if err != nil || !state.Finished || state.Running || state.Done != 2 || state.Total != 2 || state.Broken != 1 {
		t.Errorf("%+v %v", state, err)
	}
	w.finds("a link_outside " + one.URL + "/gone,status,404")
}

// A reviewer of a site asks no address of its own network.
func TestNoPrivateAddressIsAsked(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private address was asked") }))
	defer server.Close()
	w.review = review.New(review.Config{Store: w.store, Courses: w.courses, Copies: w.authoring, Blocks: w.blocks, Client: review.LinkClient(false)})
	defer w.review.Close()
	w.small(nil, child{Type: "html", ID: "a"})
	w.draft("html", "a", fields{"data": text(`<a href="` + server.URL + `/secret">x</a>`)})
	if err := w.review.CheckOutside(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	w.review.Wait()
	w.finds("a link_outside " + server.URL + "/secret,private,0")
}

// A course that learners will not see for long says so, and so does one that nobody gave a start.
func TestStartsThatAreFar(t *testing.T) {
	w := newWorld(t)
	good := child{Type: "html", ID: "h"}
	w.small(fields{"start": `"2030-11-30T00:00:00Z"`}, good)
	w.draft("html", "h", fields{"data": text("<p>x</p>")})
	w.finds()
	w.small(fields{"start": `"2031-01-01T00:00:00Z"`}, good)
	w.finds("schedule date_far 2031-01-01T00:00:00Z")
	w.draft("course", course.RootID, nil, child{Type: "chapter", ID: "c"})
	if f := w.finds("schedule date_unset 2030-01-01T00:00:00Z").Findings[0]; f.Severity != review.Warning || f.Setting != review.SettingSchedule {
		t.Errorf("%+v", f)
	}
}

// What has to be reached first can be reached, or it is told.
func TestPrerequisites(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "html", ID: "h"})
	w.draft("html", "h", fields{"data": text("<p>x</p>")})
	w.draft("chapter", "c", fields{"display_name": `"One"`}, child{Type: "sequential", ID: "s"}, child{Type: "sequential", ID: "s2"})
	w.draft("vertical", "v2", nil, child{Type: "html", ID: "h2"})
	w.draft("html", "h2", fields{"data": text("<p>x</p>")})
	second := func(more fields) {
		more["display_name"] = `"Second"`
		w.draft("sequential", "s2", more, child{Type: "vertical", ID: "v2"})
	}
	first := func(more fields) {
		more["display_name"] = `"Sub"`
		w.draft("sequential", "s", more, child{Type: "vertical", ID: "v"})
	}
	asks := func(id string) string { return text(run.Usage("sequential", id).String()) }
	second(fields{"required_content": asks("s")})
	w.finds()
	second(fields{"required_content": asks("gone")})
	w.finds("s2 require_gone")
	second(fields{"required_content": asks("s2")})
	w.finds("s2 require_round Second")
	second(fields{"required_content": asks("s")})
	first(fields{"required_content": asks("s2")})
	w.finds("s2 require_round Sub", "s require_round Second")
	first(fields{"visible_to_staff_only": "true"})
	w.finds("s2 require_hidden Sub")
	first(fields{"start": `"2029-05-01T00:00:00Z"`})
	second(fields{"required_content": asks("s"), "due": `"2029-04-01T00:00:00Z"`})
	w.finds("s2 require_late Sub,2029-05-01T00:00:00Z,2029-04-01T00:00:00Z")
	w.draft("course", course.RootID, fields{"start": `"2029-01-01T00:00:00Z"`, "enable_subsection_gating": "false"}, child{Type: "chapter", ID: "c"})
	w.finds()
}
