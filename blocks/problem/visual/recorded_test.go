package visual_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
	"github.com/quoin-lms/quoin/blocks/problem/visual"
)

type recorded struct {
	ID  string `json:"id"`
	XML string `json:"xml"`
}

// layout is white space that only lays out markup, as it stands in JSON.
var layout = regexp.MustCompile(`(?:\\n|\\t|\s)*([<>"])(?:\\n|\\t|\s)*`)

// meaning is what a problem is made of after it is read: what learners see, and the whole key. White space beside tags is left out.
func meaning(t *testing.T, source string) string {
	t.Helper()
	prepared, _, err := capa.Compile(source)
	if err != nil {
		return ""
	}
	prepared.Secret.Source = "" // what is compared is what was read of it
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(prepared); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`,{"h":""}`, "", `{"h":""},`, "").Replace(layout.ReplaceAllString(data.String(), "$1"))
}

// TestRecordedForms opens each recorded problem in the form. One that is saved without a change is the same to the byte; one of which
// every part is written anew, or changed in all that the form shows and changed back, is the same problem with the same key.
func TestRecordedForms(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	seen, told, shown := map[string]bool{}, 0, map[string]int{}
	cases.Each(t, "gradings.jsonl", func(r recorded) {
		if seen[r.XML] || strings.TrimSpace(r.XML) == "" {
			return // another seed of the same problem, or nothing at all
		}
		seen[r.XML] = true
		f, ok := visual.Read(r.XML)
		if !ok {
			return
		}
		told++
		if same, _ := visual.Write(sent(t, f)); same != r.XML {
			t.Errorf("%s: untouched it is\n%s\nof\n%s", r.ID, same, r.XML)
		}
		before := meaning(t, r.XML)
		anew, _ := visual.Write(every(sent(t, f)))
		if got := meaning(t, anew); got != before {
			t.Errorf("%s: written anew it is\n%s\nof\n%s\nand means\n%s\nof\n%s", r.ID, anew, r.XML, got, before)
		}
		changed := every(sent(t, f))
		var back []func()
		for i := range changed.Parts {
			shown[changed.Parts[i].Kind]++
			back = append(back, scramble(chance, &changed.Parts[i]))
		}
		if otherwise, _ := visual.Write(changed); len(f.Parts) > 0 {
			if _, ok := visual.Read(otherwise); !ok {
				t.Errorf("%s: changed it cannot be read:\n%s", r.ID, otherwise)
			}
		}
		for _, undo := range back {
			undo()
		}
		restored, _ := visual.Write(changed)
		if restored != anew {
			t.Errorf("%s: changed and changed back it is\n%s\nof\n%s", r.ID, restored, anew)
		}
	})
	for _, kind := range []string{visual.Choice, visual.Check, visual.Dropdown, visual.Number, visual.Text} {
		if told > 0 && shown[kind] == 0 {
			t.Errorf("no recorded problem is shown as %s", kind)
		}
	}
	t.Logf("%d problems: %v", told, shown)
}

// scramble changes a part in all that the form shows of it, and gives what changes it back.
func scramble(chance *rand.Rand, p *visual.Part) func() {
	before := *p
	before.Rows, before.Wrong, before.Sets = slices.Clone(p.Rows), slices.Clone(p.Wrong), slices.Clone(p.Sets)
	some := func() string { return []string{"", "a < b", "0.25", "x & y", "<b>c</b>"}[chance.IntN(5)] }
	p.Label, p.Help, p.Feedback, p.Pool, p.Shuffle = some(), some(), some(), some(), !p.Shuffle
	p.Credit = []string{"", visual.ByPoints, visual.ByEach, visual.ByHalves}[chance.IntN(4)]
	for i := range p.Rows {
		row := &p.Rows[i]
		row.Text, row.Feedback, row.Points = some(), some(), some()
		row.Correct, row.Partial, row.Fixed = chance.IntN(2) == 0, chance.IntN(2) == 0, chance.IntN(2) == 0
	}
	for i := range p.Wrong {
		p.Wrong[i].Text, p.Wrong[i].Pattern = some(), !p.Wrong[i].Pattern
	}
	for i := range p.Sets {
		p.Sets[i].Text, p.Sets[i].Of = some(), []int{chance.IntN(30) - 1, chance.IntN(3)}
	}
	chance.Shuffle(len(p.Rows), func(i, j int) { p.Rows[i], p.Rows[j] = p.Rows[j], p.Rows[i] })
	return func() { *p = before }
}
