package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

func everything(*course.Block) bool { return true }

// library are texts that a word is looked for in; the title stands before the bar.
func library(texts ...string) *Index {
	entries := make([]Entry, len(texts))
	for i, text := range texts {
		title, rest, _ := strings.Cut(text, "|")
		entries[i] = Entry{Block: &course.Block{Hash: fmt.Sprint(i)}, Title: title, Text: rest}
	}
	return Build(entries)
}

// order gives the entries found, by number, the best first.
func order(x *Index, question string) string {
	var out []string
	for _, hit := range x.Find(Words(question), everything, 0, 100).Hits {
		out = append(out, hit.Block.Hash)
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	x := library(
		"Forces|A body at rest stays at rest.", "Newton|Force is mass times acceleration; force is a vector.", "Café|Crème brûlée in Strasse and STRAßE",
		"القوة والحركة|تُقاسُ القُوَّةُ بالنيوتن. المدرسة الكبرى في إسطنبول", "Ａｌｌ ｗｉｄｅ|x² and ﬁne, ٣٤ items", "日本語の物理|力は質量と加速度の積である", "Ένας|ΣΊΣΥΦΟΣ σίσυφος",
	)
	for question, want := range map[string]string{
		"force":            "0 1", // the beginning of a title counts more than the word in a text
		"forces":           "0",
		"FORCE vector":     "1",
		"rest body":        "0",
		"rest vector":      "", // every word must be there
		"cafe":             "2",
		"CREME":            "2",
		"brulee":           "2",
		"strasse":          "2",
		"acc":              "1",
		"cceleration":      "", // only beginnings are found
		"قوة":              "3",
		"القوه":            "3",
		"حركة":             "3", // behind a conjunction and the article
		"نيوتن":            "3",
		"مدرسه":            "3",
		"الكبري":           "3",
		"استنبول اسطنبول":  "",
		"اسطنبول":          "3",
		"all":              "4",
		"fine":             "4",
		"34":               "4",
		"加速度":              "5",
		"物理":               "5",
		"σισυφοσ":          "6",
		"":                 "",
		"  ., !":           "",
		"<script>":         "",
		"zzzz":             "",
		"\x00\xff force":   "0 1",
		"a":                "0 1", // a letter by itself begins no word
		"f":                "",
		"body mass vector": "",
	} {
		if got := order(x, question); got != want {
			t.Errorf("%q finds %q, want %q", question, got, want)
		}
	}
}

func TestRank(t *testing.T) {
	x := library("a|common common common words", "b|common and rare", "rare|common", "c|rarely common")
	if got := order(x, "rare"); got != "2 1 3" { // the title, the word itself, its beginning
		t.Errorf("rare finds %q", got)
	}
	if got := order(x, "common"); got[0] != '0' { // more often, and for the rest the order of the course
		t.Errorf("common finds %q", got)
	}
	if got := order(library("x|one", "x|one", "x|one"), "one"); got != "0 1 2" {
		t.Errorf("equals come in the order %q", got)
	}
}

// What a person may not see is not counted, not shown, and moves no page.
func TestMay(t *testing.T) {
	var texts []string
	for i := range 50 {
		texts = append(texts, fmt.Sprintf("t%d|word", i))
	}
	x := library(texts...)
	asked := 0
	found := x.Find(Words("word"), func(b *course.Block) bool { asked++; return strings.HasSuffix(b.Hash, "3") }, 1, 2)
	if found.Total != 5 || len(found.Hits) != 2 || found.Hits[0].Block.Hash != "13" || found.Hits[1].Block.Hash != "23" || asked != 50 {
		t.Errorf("%+v after %d questions", found, asked)
	}
	for _, page := range []int{5, 500} {
		if found := x.Find(Words("word"), everything, page*10, 10); len(found.Hits) != 0 || found.Total != 50 {
			t.Errorf("page %d holds %+v", page, found)
		}
	}
}

func written(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Marked {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ text, question, want string }{
		{"Forces|A <b>force</b> is a Force.", "force", "A <b>[force]</b> is a [Force]."},
		{"x|La crème, la CRÈME", "creme", "La [crème], la [CRÈME]"},
		{"x|تُقاسُ القُوَّةُ هنا", "قوة", "تُقاسُ [القُوَّةُ] هنا"},
		{"x|" + strings.Repeat("lorem ipsum ", 40) + "needle " + strings.Repeat("dolor sit ", 40), "needle", "… "},
	} {
		hits := library(c.text).Find(Words(c.question), everything, 0, 1).Hits
		if len(hits) != 1 {
			t.Fatalf("%q is not found", c.question)
		}
		got := written(hits[0].Text)
		if c.want != "… " && got != c.want || c.want == "… " && (!strings.HasPrefix(got, c.want) || !strings.HasSuffix(got, " …") || !strings.Contains(got, "[needle]") || len(got) > 300) {
			t.Errorf("%q shows %q", c.question, got)
		}
	}
	if hits := library("Only a title|").Find(Words("title"), everything, 0, 1).Hits; written(hits[0].Title) != "Only a [title]" || hits[0].Text != nil {
		t.Errorf("a title shows %+v", hits)
	}
}

func TestCaptions(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"srt":    {"a.srt", "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nHello <i>there</i>,\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nin 1905: 3 < 4\r\n", "Hello there, in 1905: 3 < 4"},
		"webvtt": {"a.vtt", "WEBVTT - made by hand\nKind: captions\n\nNOTE nobody says this\n\n00:01.000 --> 00:02.000 align:start\n<v Ann>Good day\n", "Good day"},
		"sjson":  {"a.srt.sjson", `{"start": [1], "end": [2], "text": ["First\nline", "second"]}`, "First line second"},
		"broken": {"a.sjson", `{"text": 5}`, ""},
		"plain":  {"a.txt", "Just words.\n", "Just words."},
		"binary": {"a.srt", "\xff\xfe\x00", ""},
	} {
		if got := Captions(c.file, []byte(c.text)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// An index is made once for everybody who waits, again for each head, and the cache stays within its bound.
func TestCache(t *testing.T) {
	var made atomic.Int32
	text := strings.Repeat("some words to hold ", 100)
	c := NewCache(3*Build([]Entry{{Text: text}}).Size()+1, func(context.Context, *course.Published) ([]Entry, error) {
		made.Add(1)
		return []Entry{{Block: &course.Block{}, Text: text}}, nil
	})
	published := func(name string, head int) *course.Published {
		return &course.Published{Key: key.Course{Org: "O", Number: "N", Run: name}, Head: course.Head{Number: head}}
	}
	ask := func(name string, head int) {
		t.Helper()
		if x, err := c.Index(t.Context(), published(name, head)); err != nil || x.Len() != 1 {
			t.Fatal(x, err)
		}
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { ask("a", 1) })
	}
	group.Wait()
	for _, step := range []struct {
		name string
		head int
		made int32
	}{{"a", 1, 1}, {"a", 2, 2}, {"b", 1, 3}, {"c", 1, 4}, {"a", 2, 4}, {"d", 1, 5}, {"a", 2, 5}, {"b", 1, 6}} {
		ask(step.name, step.head)
		if made.Load() != step.made {
			t.Errorf("after asking for %s %d there are %d made, want %d", step.name, step.head, made.Load(), step.made)
		}
	}
	if c.Size() > c.most {
		t.Errorf("the cache holds %d bytes of %d", c.Size(), c.most)
	}
	if x, err := c.Index(t.Context(), published("b", 0)); err != nil || x == nil { // who asks late for an old head gets it
		t.Error(x, err)
	}
	if before := made.Load(); before > 0 {
		ask("b", 1)
		if made.Load() != before {
			t.Error("an old head took the place of the new one")
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("Forces|A body at rest", "body")
	f.Add("القوة|تُقاسُ القُوَّةُ", "قوة")
	f.Add("\xff|日本\u0301", "日")
	f.Fuzz(func(t *testing.T, text, question string) {
		x := library(text)
		words := Words(question)
		for _, hit := range x.Find(words, everything, 0, 10).Hits {
			parts := slices.Concat(hit.Title, hit.Text)
			if len(hit.Title) > 0 && !strings.Contains(text, strings.ReplaceAll(strings.ReplaceAll(written(hit.Title), "[", ""), "]", "")) && !strings.ContainsAny(text, "[]") {
				t.Errorf("the title %q is no piece of %q", written(hit.Title), text)
			}
			if !slices.ContainsFunc(parts, func(p Part) bool { return p.Marked }) {
				t.Errorf("%q in %q marks nothing: %v", question, text, parts)
			}
		}
	})
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

// BenchmarkFind asks in 5 000 blocks of 1 200 bytes: a rare word, a frequent one, a beginning that fits thousands, and three.
func BenchmarkFind(b *testing.B) {
	entries := make([]Entry, 5000)
	for i := range entries {
		entries[i] = Entry{Block: &course.Block{}, Title: fmt.Sprintf("Lesson w%d", i), Text: lesson(i)}
	}
	x := Build(entries)
	b.Logf("%d entries, %d terms, %.1f MB", x.Len(), len(x.terms), float64(x.Size())/1e6)
	for _, question := range []string{"w15000x", "w7x", "w1", "w1 w2 w3"} {
		b.Run(question, func(b *testing.B) {
			for b.Loop() {
				x.Find(Words(question), everything, 0, 20)
			}
		})
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			Build(entries)
		}
	})
}
