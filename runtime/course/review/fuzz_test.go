package review

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Whatever a text holds, it is read within bounds, twice the same, and every place in it is there.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`<h1>a</h1><img src="/static/a.png"><a href="#x">`, "<video><track kind=captions></video>\n<video src=x>", `<a href="/jump_to_id/%41#%zz">`,
		`<script>"</`, `<problem><textarea/><img alt=""/></problem>`, `{"a": ["<img src=x>", {"b": "https://x.example/"}]}`, "\x00<a href=\"https://\xff\">",
		`<a href="/courses/course-v1:Org+Num+now/pages/a?b#c">`, strings.Repeat("<div>", 3000),
	} {
		f.Add(seed)
	}
	run := key.Course{Org: "Org", Number: "Num", Run: "now"}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Skip(err)
		}
		revision := &course.Revision{Type: "html", Fields: store.Map[string]{"data": string(quoted), "raw": text}, Source: &course.Source{XML: text}}
		s := scanRevision(run, revision)
		lines := strings.Count(text, "\n") + 1
		check := func(where at, of int) {
			if where.line < 0 || where.line > lines || of > mostSpots {
				t.Fatalf("line %d of %d, %d of them", where.line, lines, of)
			}
		}
		for _, one := range s.refs {
			check(one.at, len(s.refs))
		}
		for _, one := range s.fragments {
			check(one.at, len(s.fragments))
		}
		for _, one := range append(s.pages, s.outside...) {
			check(one.at, len(s.pages))
		}
		for _, one := range s.found {
			check(one.at, len(s.found))
		}
		if again := scanRevision(run, revision); len(again.refs) != len(s.refs) || len(again.found) != len(s.found) || len(again.outside) != len(s.outside) {
			t.Fatal("it is read otherwise the second time")
		}
	})
}
