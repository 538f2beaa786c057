package fieldform_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// What few authors set is folded and says how much of it is set; it opens where something in it is wrong. A list of things begins with
// rows to write in, names what its button adds, and folds the members that few rows have.
func TestWhatIsRareIsFolded(t *testing.T) {
	rare, other := field("wait", wire.TypeInteger, "3"), field("track", wire.TypeString, "")
	rare.Rare, other.Rare = true, true
	list := choices("")
	list.Add, list.Items[4].Rare = "Add a choice", true
	all := []fieldform.Field{field("name", wire.TypeString, ""), rare, list, other}
	sent, markup := drawn(t, all)
	front, more, found := strings.Cut(markup, `<details class="form-more" data-more><summary>More settings <span class="soft small">(1 set)</span></summary>`)
	if !found || strings.Contains(front, `name="f.wait"`) || !strings.Contains(more, `name="f.wait"`) || !strings.Contains(more, `name="f.track"`) {
		t.Fatal(markup)
	}
	if !sent.Has("f.wait") {
		t.Error("what is folded is not sent")
	}
	if strings.Contains(front, "data-spare") || strings.Count(front, "data-row>") != 3 || !strings.Contains(front, ">Add a choice<") {
		t.Error("an empty list is", front)
	}
	if !strings.Contains(front, `<details class="form-row-more"><summary><bdi>Points</bdi></summary>`) {
		t.Error("points are not folded in", front)
	}
	if _, markup = drawn(t, all, wire.Finding{Level: wire.LevelError, Field: "wait", Message: "too long"}); !strings.Contains(markup, "data-more open>") {
		t.Error("a mistake is hidden in", markup)
	}
	list.Now = []byte(`[{"id":"a","text":"A","points":2}]`)
	if _, markup = drawn(t, []fieldform.Field{list}); strings.Count(markup, `<details class="form-row-more" open>`) != 1 {
		t.Error("what is used is folded in", markup)
	}
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "no answer is right": "No answer is right.", "a number is missing": "A number is missing.", "x is no letter": "x is no letter.",
		"max_attempts is below 0": "max_attempts is below 0.", "write 0.05, or 2%": "Write 0.05, or 2%.", "Done already.": "Done already.", "why?": "Why?", "هذا خطأ": "هذا خطأ.",
	} {
		if got := fieldform.Sentence(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
