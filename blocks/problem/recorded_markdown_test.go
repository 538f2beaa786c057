package problem_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
	"github.com/quoin-lms/quoin/blocks/problem/markdown"
)

type recordedMarkdown struct {
	ID       string `json:"id"`
	Markdown string `json:"markdown"`
	XML      string `json:"xml"`
}

// knownMarkdown are the records that we convert in another way on purpose, by the heading of DIFFERENCES.md that says why.
func knownMarkdown(r *recordedMarkdown) string {
	if strings.Contains(r.XML, ">undefined<") {
		return "markdown-undefined"
	}
	return ""
}

// TestRecordedMarkdown converts what the reference's editor was given, and compares the canonical XML. What the reference wrote as XML that
// nobody can read is compared after its stray signs are mended, and the text around its question put into it, which the reference
// does only where it can read its own output.
func TestRecordedMarkdown(t *testing.T) {
	passed, failed, unexplained, broken, back := 0, 0, 0, 0, 0
	cases.Each(t, "markdown.jsonl", func(r recordedMarkdown) {
		converted, err := markdown.ToOLX(r.Markdown)
		if err != nil {
			t.Fatalf("%s: %v", r.ID, err)
		}
		got, err := cases.ReadTree(converted.OLX)
		if err != nil {
			t.Fatalf("%s: what we write is not well-formed: %v\n%s", r.ID, err, converted.OLX)
		}
		var same bool
		should := r.XML
		if want, err := cases.ReadTree(r.XML); err == nil {
			same, should = got.Canonical() == want.Canonical(), oneLine(want)
		} else {
			broken++
			var how string
			same, how = meansTheSame(got, r.XML)
			t.Logf("%s: the record is not well-formed (%v); %s", r.ID, err, how)
		}
		if same {
			passed++
		} else {
			failed++
			why := knownMarkdown(&r)
			if why == "" {
				unexplained++
				why = "not explained"
			}
			t.Logf("%s differs (%s)\nmarkdown: %q\nis:     %s\nshould: %s", r.ID, why, r.Markdown, oneLine(got), should)
		}
		if stable(t, &r, converted.OLX, got) {
			back++
		}
	})
	total := passed + failed
	t.Logf("%d records are not well-formed; %d of %d come back to markdown and lead to the same OLX", broken, back, total)
	t.Logf("%d passed, %d failed", passed, failed)
	if total == 0 || failed*50 > total || unexplained > 0 {
		t.Errorf("%d of %d differ (at most 2 %% may), %d of them without a reason", failed, total, unexplained)
	}
}

func oneLine(t *cases.Tree) string { return strings.ReplaceAll(t.Canonical(), "\n", "") }

// meansTheSame compares with a record that nobody can read: after its stray signs are mended and the text around its question is put into
// it, which the reference does only where it can read its own output; where that does not help, by the words that learners read.
func meansTheSame(got *cases.Tree, record string) (same bool, how string) {
	if want, err := cases.ReadTree(mended(record)); err == nil {
		nested(want)
		if got.Canonical() == want.Canonical() {
			return true, "equal once its stray signs are mended"
		}
	}
	return words(got.Canonical()) == words(record), "compared by the words that learners read"
}

// words are what stands between tags, without white space.
func words(source string) string {
	source = html.UnescapeString(anyTag.ReplaceAllString(source, ""))
	return strings.Join(strings.Fields(source), "")
}

var (
	anyTag         = regexp.MustCompile(`</?\w+(?:\s[^<>]*)?/?>`)
	strayAmpersand = regexp.MustCompile(`&(#?\w+;)?`)
	tagOrNone      = regexp.MustCompile(`</?\w+(?:\s+\w+="[^"<]*")*\s*/?>|<`)
)

// mended escapes what begins no tag and no reference.
func mended(source string) string {
	escaped := func(long int, by string) func(string) string {
		return func(s string) string {
			if len(s) > long {
				return s
			}
			return by
		}
	}
	source = strayAmpersand.ReplaceAllStringFunc(source, escaped(1, "&amp;"))
	return tagOrNone.ReplaceAllStringFunc(source, escaped(1, "&lt;"))
}

// nested puts all that stands beside the only question into it.
func nested(problem *cases.Tree) {
	var question *cases.Tree
	var before, behind []*cases.Tree
	for _, kid := range problem.Kids {
		switch {
		case strings.HasSuffix(kid.Name, "response") && question != nil:
			return
		case strings.HasSuffix(kid.Name, "response"):
			question = kid
		case question == nil:
			before = append(before, kid)
		default:
			behind = append(behind, kid)
		}
	}
	if question != nil {
		question.Kids = append(append(before, question.Kids...), behind...)
		problem.Kids = []*cases.Tree{question}
	}
}

// stable takes OLX that we made of markdown back to markdown, and from there to the same OLX again. It reports false where markdown
// refuses, saying why.
func stable(t *testing.T, r *recordedMarkdown, olx string, got *cases.Tree) bool {
	said := markdown.ToMarkdown(olx)
	if len(said.Refused) > 0 {
		t.Logf("%s does not come back: %+v\nmarkdown: %q\nOLX: %s", r.ID, said.Refused, r.Markdown, oneLine(got))
		return false
	}
	again, err := markdown.ToOLX(said.Markdown)
	if err != nil {
		t.Fatalf("%s: %v", r.ID, err)
	}
	tree, err := cases.ReadTree(again.OLX)
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.ID, err, again.OLX)
	}
	if len(said.Lost) == 0 && tight(tree) != tight(got) {
		t.Errorf("%s comes back different\nfirst:  %q\nsecond: %q\nis:     %s\nshould: %s", r.ID, r.Markdown, said.Markdown, tight(tree), tight(got))
	}
	if third := markdown.ToMarkdown(again.OLX); third.Markdown != said.Markdown {
		t.Errorf("%s is not stable\nfirst:  %q\nsecond: %q\nthird:  %q\n%+v", r.ID, r.Markdown, said.Markdown, third.Markdown, third.Refused)
	}
	return true
}

var besideTag = regexp.MustCompile(`\s*([<>])\s*`)

// tight is canonical without the white space at the ends of texts, which does not show.
func tight(t *cases.Tree) string { return besideTag.ReplaceAllString(oneLine(t), "$1") }
