package host_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
)

// manyGrades makes a course of so many graded subsections, and learners with something in most of them.
func (w *world) manyGrades(learners, columns int) key.Course {
	w.t.Helper()
	var subsections strings.Builder
	kinds := []string{"Homework", "Lab", "Quiz", "Exam"}
	texts := map[string]string{"course.xml": `<course url_name="now" org="Org" course="Many"/>`, "policies/now/policy.json": `{}`}
	for n := range columns {
		kind := kinds[n*len(kinds)/columns]
		hidden := ""
		if n%40 == 3 {
			hidden = ` show_correctness="never"`
		}
		fmt.Fprintf(&subsections, `<sequential url_name="s%d" display_name="%s %d: what moves and what rests" graded="true" format="%s"%s><vertical url_name="v%d"><problem url_name="p%d"/></vertical></sequential>`, n, kind, n, kind, hidden, n, n)
		texts[fmt.Sprintf("problem/p%d.xml", n)] = choiceProblem
	}
	texts["course/now.xml"] = `<course display_name="Many grades" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Week 1">` + subsections.String() + `</chapter></course>`
	var types []string
	for _, kind := range kinds {
		types = append(types, fmt.Sprintf(`{"type": %q, "min_count": 1, "drop_count": 0, "weight": 0.25}`, kind))
	}
	texts["policies/now/grading_policy.json"] = `{"GRADER": [` + strings.Join(types, ",") + `], "GRADE_CUTOFFS": {"A": 0.8, "Pass": 0.5}}`
	run := w.course(texts)
	grades := store.Of[scoring.Grade](w.site.Store, store.Spec{Name: "grades"})
	var docs []store.Doc[scoring.Grade]
	for n := range learners {
		name := []string{"Ada", "Budi", "Chidi", "دانا", "Élodie", "Maximilian-Alexander von und zu"}[n%6] + fmt.Sprintf(" Family%04d", n*7919%max(1, learners))
		user, err := w.site.People.Create(w.t.Context(), people.NewUser{
			Username: fmt.Sprintf("learner%05d", n), Email: fmt.Sprintf("learner%05d@example.org", n), Passwordless: true, Profile: people.Profile{Name: name},
		})
		if err == nil {
			_, _, err = w.site.People.Enrol(w.t.Context(), user.ID, run.String(), []string{"audit", "verified"}[n%2])
		}
		if err != nil {
			w.t.Fatal(err)
		}
		if n%17 == 16 {
			continue // who has done nothing yet
		}
		grade := scoring.Grade{
			Learner: w.site.People.Pseudonym(user.ID, run.String()), Run: run.String(), Subsections: store.Map[scoring.Totals]{}, Types: store.Map[float64]{},
			Percent: float64(n%101) / 100, Passed: n%101 >= 50, Head: 1, Rules: 2, At: time.Now(),
		}
		if grade.Passed {
			grade.Letter = "Pass"
		}
		for i, kind := range kinds {
			grade.Types[kind] = float64((n+i)%101) / 100
		}
		for i := range columns {
			earned := float64((n+i)%5) / 4
			grade.Subsections[fmt.Sprintf("s%d", i)] = scoring.Totals{Earned: earned, Possible: 1, AllEarned: earned, AllPossible: 1, Attempted: (n+i)%9 > 0}
		}
		docs = append(docs, store.Doc[scoring.Grade]{ID: scoring.GradeID(grade.Learner, grade.Run), Body: grade})
	}
	for len(docs) > 0 {
		part := docs[:min(500, len(docs))]
		if _, err := grades.InsertMany(w.t.Context(), part); err != nil {
			w.t.Fatal(err)
		}
		docs = docs[len(part):]
	}
	return run
}

// The gradebook passes axe-core in every state, wide and narrow, light and dark, in both languages, and the page is never wider
// than the window: the table scrolls in its place.
func TestGradebookLooksInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.manyGrades(120, 24)
	empty := w.otherCourse()
	sue := w.account("sue", run, "staff")
	if _, _, err := w.site.People.Grant(t.Context(), sue.ID, empty.String(), "staff", "tester"); err != nil {
		t.Fatal(err)
	}
	b := w.newTab(t)
	b.open("/nowhere?lang=en")
	b.signIn("sue")
	path := gradebookPath(run)
	sights := []sight{
		{"gradebook", path, nil},
		{"gradebook-sorted", path + "?sort=-column:s0&shut=Lab&shut=Quiz&show=points", nil},
		{"gradebook-filtered", path + "?result=passed&from=x&q=ada", nil},
		{"gradebook-none", path + "?q=nobody", nil},
		{"gradebook-empty", gradebookPath(empty), nil},
		{"gradebook-scrolled", path, func(b *tab) {
			b.eval(`{const book = document.querySelector(".book"); book.scrollTop = 2400; book.scrollLeft = 600 * (document.dir === "rtl" ? -1 : 1)}`)
			b.until(`document.querySelector('.book tr[aria-rowindex="60"]') !== null && !document.querySelector(".book .wait")`)
		}},
	}
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	looks := []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}}
	if pictures != "" {
		looks = []look{{1280, "light", "en"}, {390, "light", "en"}, {1280, "dark", "ar"}, {390, "dark", "ar"}}
	}
	for _, l := range looks {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for _, s := range sights {
			b.open(s.path)
			if s.before != nil {
				s.before(b)
			}
			b.check(source, fmt.Sprintf("%s at %d px, %s, %s", s.name, l.width, l.scheme, l.language))
			if pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s-%s.png", s.name, l.width, l.scheme, l.language)))
			}
		}
	}
	b.quiet()
}

// With scripts the rows are one long table of which only what is in view is in the page; without them, and for who sorts, every
// row is where its number says.
func TestGradebookRowsInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.manyGrades(400, 4)
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	b.open(gradebookPath(run) + "?sort=username")
	b.until(`document.querySelector("[data-book-pages]").hidden`)
	b.eval(`document.querySelector(".book").scrollTop = 48 * 250`)
	b.until(`!document.querySelector(".book .wait") && document.querySelector('.book tr[aria-rowindex="253"]')?.innerText.includes("learner00250")`)
	if n, err := strconv.Atoi(b.text(`String(document.querySelectorAll(".book tbody tr:not(.gap)").length)`)); err != nil || n > 100 {
		t.Errorf("%d rows are in the page, %v", n, err)
	}
	// What stands under the eyes is the row of its number, to the pixel.
	if got := b.text(`(() => { const box = document.querySelector(".book"), head = box.querySelector("thead").getBoundingClientRect().height;
		const row = box.querySelector('tr[aria-rowindex="253"]').getBoundingClientRect().top - box.getBoundingClientRect().top - head; return String(Math.abs(row) < 4) })()`); got != "true" {
		t.Error("row 250 does not stand where one scrolled to")
	}
	b.eval(`document.querySelector('.book tr[aria-rowindex="255"] a').focus()`)
	b.eval(`document.querySelector(".book").scrollTop += 48 * 20`)
	b.until(`!document.querySelector(".book .wait") && !!document.querySelector('.book tr[aria-rowindex="275"]')`)
	if got := b.text(`document.activeElement.localName`); got != "a" && got != "div" {
		t.Errorf("the focus is lost to %s", got)
	}
	b.eval(`document.querySelector(".book").scrollTop = 1e9`)
	b.until(`document.querySelector(".book tbody").innerText.includes("learner00399")`)
	// A server that does not answer is said, and the rows come when it does again.
	b.eval(`window.realFetch = window.fetch; window.fetch = () => Promise.reject(new Error("offline"))`)
	b.eval(`document.querySelector(".book").scrollTop = 48 * 120`)
	b.visible("[data-book-error]")
	b.eval(`window.fetch = window.realFetch`)
	b.click("[data-book-retry]")
	b.until(`document.querySelector("[data-book-error]").hidden && !!document.querySelector('.book tr[aria-rowindex="123"]')?.innerText.includes("learner00120")`)
	// A press on a head sorts, and one is still at it.
	b.eval(`document.querySelector(".book").scrollLeft = 200`)
	b.eval(`[...document.querySelectorAll(".book thead tr:nth-child(2) a")][0].click()`)
	b.until(`location.search.includes("sort=-column") && document.activeElement.id === "by-0"`)
	b.quiet()
}

// The first paint in chromium of the gradebook that is in memory, as the browser itself measures it. It is no test: what it takes
// depends on the machine. `go test ./host -run xxx -bench GradebookPaint -benchtime 5x`.
func BenchmarkGradebookPaint(b *testing.B) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(b, "chromium is not installed (apt-get install chromium)")
	}
	for _, learners := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(learners)+"x200", func(b *testing.B) {
			w := newWorld(b, options{unlimited: true})
			run := w.manyGrades(learners, 200)
			sue := w.member("sue", run, "staff")
			w.eventually(func() bool { return strings.Contains(sue.get(gradebookPath(run)).must(200).body, "aria-rowcount") })
			ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
				chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(filepath.Join(b.TempDir(), "profile")), chromedp.WindowSize(1280, 900))...)
			defer cancel()
			ctx, cancel = chromedp.NewContext(ctx)
			defer cancel()
			cookie := sue.cookie("quoin_session")
			if err := chromedp.Do(ctx, chromedp.Navigate(w.url+"/nowhere")); err != nil {
				b.Fatal(err)
			}
			if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "quoin_session", Value: cookie, URL: w.url}); err != nil {
				b.Fatal(err)
			}
			var all []float64
			for b.Loop() {
				if err := chromedp.Do(ctx, chromedp.Navigate(w.url+gradebookPath(run)), chromedp.WaitReady(chromedp.CSS(".book tbody tr"))); err != nil {
					b.Fatal(err)
				}
				for {
					painted, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0`))
					if err != nil {
						b.Fatal(err)
					}
					if painted > 0 {
						all = append(all, painted)
						break
					}
				}
			}
			b.ReportMetric(median(all), "ms-first-paint/p50")
		})
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
