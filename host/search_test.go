package host_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// words is a course to search in.
func (w *world) words() key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Words"/>`,
		"course/now.xml": `<course display_name="Words" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter display_name="Open section">
			<sequential display_name="Reading" url_name="reading"><vertical display_name="First unit" url_name="one">
				<html url_name="plain" display_name="Forces"><![CDATA[<p>A body at <b>rest</b>: &lt;script&gt;alert(1)&lt;/script&gt; café</p><script>scriptword()</script>]]></html>
				<html url_name="arabic" display_name="القوة"><![CDATA[<p>تُقاسُ القُوَّةُ بالنيوتن</p>]]></html>
				<video url_name="film" display_name="Film" youtube_id_1_0="abcdefghijk" transcripts="{&quot;en&quot;: &quot;said.srt&quot;}"/></vertical>
				<vertical display_name="Questions" url_name="two"><problem url_name="key" display_name="Lakes"><stringresponse answer="canarykey" type="ci"><label>Which lake</label>
					<additional_answer answer="canaryother"/><correcthint>canaryright</correcthint><stringequalhint answer="x">canarywrong</stringequalhint><textline/>
					<solution><p>canarysolution</p></solution></stringresponse><demandhint><hint>canaryhint</hint></demandhint></problem></vertical></sequential>
			<sequential display_name="Hidden from the list" url_name="nolist" hide_from_toc="true"><vertical url_name="three"><html url_name="nolisted" display_name="x"><![CDATA[canarylist]]></html></vertical></sequential>
			<sequential display_name="canarysub" url_name="later" start="&quot;2099-01-01T00:00:00Z&quot;"><vertical display_name="canaryunit" url_name="four"><html url_name="late" display_name="canarylate"/></vertical></sequential>
			<sequential display_name="Groups" url_name="groups"><vertical url_name="five"><html url_name="group" group_access="{&quot;7&quot;: [1]}" display_name="x"><![CDATA[canarygroup]]></html><html url_name="all" display_name="For all"/></vertical></sequential>
			</chapter><chapter display_name="canarychapter" visible_to_staff_only="true"><sequential url_name="team"><vertical url_name="six"><html url_name="teamtext" display_name="x"><![CDATA[canaryteam]]></html></vertical></sequential></chapter></course>`,
		"static/said.srt": "1\n00:00:01,000 --> 00:00:02,000\nThe <i>apple</i> falls.\n",
	})
}

// find looks for words in a course.
func (b *browser) find(run key.Course, question string) *page {
	b.t.Helper()
	return b.get("/courses/" + run.String() + "/search?q=" + url.QueryEscape(question))
}

func TestSearch(t *testing.T) {
	w := newWorld(t, options{})
	run := w.words()
	b := w.member("ann", run, "")
	b.get("/courses/"+run.String()+"/search").must(200, "The beginning of a word is enough").without("role=\"status\">")
	for question, want := range map[string][]string{
		"body":     {"1 place fits", "units/one#block-plain", "<mark>body</mark>", "Open section › Reading › First unit", "&lt;script&gt;alert(1)"},
		"CAFE res": {"<mark>café</mark>", "<mark>rest</mark>"},
		"قوه":      {"units/one#block-arabic", "<mark>القُوَّةُ</mark>"},
		"apple":    {"units/one#block-film", "The <mark>apple</mark> falls.", "Video"},
		"lake":     {"units/two#block-key", "Which <mark>lake</mark>", "Question"},
		"first":    {"units/one\"", "Page"},
		"reading":  {"units/reading\"", "Part of the course"},
		"zebra":    {"Nothing fits", "Try fewer or shorter words", `value="zebra"`},
	} {
		b.find(run, question).must(200, want...).without("scriptword", "<script>alert")
	}
	b.open("/courses/"+run.String()+"/units/reading").must(200, "First unit")
	b.find(run, "?!").must(422, "no word in that", `aria-invalid="true"`, `value="?!"`)
	b.find(run, strings.Repeat("long ", 50)).must(422, "at most 200 characters")
	b.find(run, `"><script>alert(2)</script>`).must(200).without("<script>alert(2)")
	b.get("/courses/" + run.String() + "/search?q=body&page=99999999999999999999").must(200)
	b.get("/courses/"+run.String()+"/search?q=body&page=7").must(200, "There are no further places")
	b.send("GET", "/courses/"+run.String()+"/search?q=body", map[string]string{"Accept-Language": "ar"}, "").must(200, "موضع واحد مطابق", `dir="rtl"`)
}

// What somebody may not see now he does not find, and is not told how much of it there is; keys and hints nobody finds
// (security R5, R13).
func TestSearchHides(t *testing.T) {
	w := newWorld(t, options{})
	run := w.words()
	learner, staff := w.member("ann", run, ""), w.member("sue", run, "staff")
	canaries := map[string]bool{ // and whether the staff finds them
		"canarykey": false, "canaryother": false, "canaryright": false, "canarywrong": false, "canarysolution": false, "canaryhint": false,
		"canarylist": true, "canarysub": true, "canaryunit": true, "canarylate": true, "canarygroup": true, "canarychapter": true, "canaryteam": true,
	}
	for canary, forStaff := range canaries {
		learner.find(run, canary).must(200, "Nothing fits")
		if got := staff.find(run, canary).must(200); strings.Contains(got.body, "Nothing fits") == forStaff {
			t.Errorf("staff looks for %s and sees %s", canary, got.words())
		}
	}
	learner.find(run, "canary").must(200, "Nothing fits")
	user := w.account("bob", run, "")
	if _, err := w.site.People.SetGroups(t.Context(), user.ID, run.String(), []string{"7:1"}); err != nil {
		t.Fatal(err)
	}
	w.enter(user).find(run, "canary").must(200, "1 place fits", "canarygroup")
	// Nobody from outside finds anything.
	for who, b := range map[string]*browser{"a visitor": w.visitor(), "somebody else": w.member("eve", w.otherCourse(), "")} {
		if p := b.find(run, "body"); !refused(p) {
			t.Errorf("%s gets %d", who, p.status)
		}
	}
}

// A publish is found at once, and what it took away is not.
func TestSearchAfterPublish(t *testing.T) {
	w := newWorld(t, options{})
	text := func(words string) map[string]string {
		return map[string]string{
			"course.xml": `<course url_name="now" org="Org" course="New"/>`,
			"course/now.xml": `<course display_name="New" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter display_name="C"><sequential display_name="S" url_name="s">
				<vertical display_name="U" url_name="u"><html url_name="h" display_name="H"><![CDATA[` + words + `]]></html></vertical></sequential></chapter></course>`,
		}
	}
	run := w.course(text("oldword"))
	b := w.member("ann", run, "")
	b.find(run, "oldword").must(200, "1 place fits")
	w.course(text("newword"))
	b.find(run, "newword").must(200, "1 place fits")
	b.find(run, "oldword").must(200, "Nothing fits")
}

// BenchmarkSearchPage looks for words in a course of 5 000 texts of 1 200 bytes; the first question, which makes the index, is
// reported by itself.
func BenchmarkSearchPage(b *testing.B) {
	w := newWorld(b, options{unlimited: true})
	files := map[string]string{"course.xml": `<course url_name="now" org="Org" course="Large"/>`}
	var course strings.Builder
	course.WriteString(`<course display_name="Large" start="&quot;2020-01-01T00:00:00Z&quot;">`)
	for section := range 10 {
		fmt.Fprintf(&course, `<chapter display_name="Section %d">`, section)
		for sub := range 10 {
			fmt.Fprintf(&course, `<sequential url_name="s%d-%d"/>`, section, sub)
			var text strings.Builder
			fmt.Fprintf(&text, `<sequential display_name="Subsection %d">`, sub)
			for unit := range 10 {
				fmt.Fprintf(&text, `<vertical display_name="Unit %d" url_name="u%d-%d-%d">`, unit, section, sub, unit)
				for block := range 5 {
					fmt.Fprintf(&text, `<html url_name="h%d-%d-%d-%d" display_name="Lesson %d"><![CDATA[%s]]></html>`, section, sub, unit, block, block, lesson(section*500+sub*50+unit*5+block))
				}
				text.WriteString("</vertical>")
			}
			files[fmt.Sprintf("sequential/s%d-%d.xml", section, sub)] = text.String() + "</sequential>"
		}
		course.WriteString("</chapter>")
	}
	files["course/now.xml"] = course.String() + "</course>"
	run := w.course(files)
	learner := w.member("ann", run, "")
	begun := time.Now()
	learner.find(run, "w15000x").must(200)
	first := time.Since(begun)
	if got := learner.find(run, "lesson").must(200); !strings.Contains(got.body, "5,000 places fit") {
		b.Fatal(got.words())
	}
	for _, question := range []string{"w15000x", "w7x", "lesson", "w1", "w1 w2 w3"} {
		b.Run(strings.ReplaceAll(question, " ", "+"), func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				begun := time.Now()
				learner.load("/courses/" + run.String() + "/search?q=" + url.QueryEscape(question))
				all = append(all, time.Since(begun))
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms/p50")
			b.ReportMetric(float64(first.Milliseconds()), "ms/first")
		})
	}
}

// lesson is a text of about 1 200 bytes from 20 000 words, the frequent ones more often.
func lesson(seed int) string {
	var b strings.Builder
	state := uint32(seed*2654435761 + 1)
	for range 170 {
		state = state*1664525 + 1013904223
		n := state >> 12 % 20_000
		state = state*1664525 + 1013904223
		if state>>31 == 0 {
			n %= 300
		}
		fmt.Fprintf(&b, "w%dx%c ", n, 'a'+n%26)
	}
	return b.String()
}
