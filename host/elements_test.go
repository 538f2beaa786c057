package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host/guide"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/sanitize"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// tally counts what its handler is asked for, so that a test sees whether a request was done once.
type tally struct{}

type tallyFields struct {
	HTML  string   `quoin:"html,content" default:"\"\""`
	Count int      `quoin:"count,user_state"`
	Words []string `quoin:"words,user_state"`
}

func (tally) Outline(_ *sdk.Call, f *tallyFields, _ []wire.Child) (sdk.Outline[probePublic, sdk.None], error) {
	return sdk.Outline[probePublic, sdk.None]{Facts: wire.Facts{Title: "Tally", Completion: wire.CompleteByBlock}, Public: probePublic{f.HTML}}, nil
}

func (tally) Render(_ *sdk.Call, v sdk.View[tallyFields, probePublic]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: v.Public.HTML + `<p class="words">` + strings.Join(v.Fields.Words, " ") + `</p>`}, nil
}

func (tally) Handle(_ *sdk.Call, r *sdk.Request[tallyFields, probePublic]) (*sdk.Reply, error) {
	switch r.Handler {
	case "add":
		r.Fields.Count++
		r.Fields.Words = append(r.Fields.Words, strings.Trim(string(r.Body.Data), `"`))
		for _, name := range []string{"planet", "place-a", "place-b", "whale"} {
			if list := r.Form[name]; len(list) > 0 {
				r.Fields.Words = append(r.Fields.Words, name+"="+strings.Join(list, ","))
			}
		}
		for _, f := range r.Files {
			r.Fields.Words = append(r.Fields.Words, f.Input+":"+f.Name)
		}
		return sdk.JSON(r.Fields.Count), nil
	case "tell":
		return sdk.JSON(true).Publish("posts", strings.Trim(string(r.Body.Data), `"`)), nil
	case "state":
		return sdk.JSON(map[string]any{"count": r.Fields.Count, "words": r.Fields.Words}), nil
	}
	return nil, sdk.Refuse("not like this")
}

// ImportOLX implements sdk.Importer: the attribute html is what is shown.
func (tally) ImportOLX(c *sdk.Call, source []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	return probe{}.ImportOLX(c, source, files)
}

func (w *world) installTally() {
	learner := []wire.Role{wire.RoleLearner}
	reads := wire.Reads{Prepared: true, Fields: []string{"count", "words"}}
	for name, builtIn := range map[string]bool{"tally": true, "foreign": false} {
		w.installManifest(`{"name": "`+name+`", "version": "1.0.0", "title": "Tally", "description": "D", "licence": "Apache-2.0",
			"permissions": [{"name": "publish", "reason": "r"}]}`, nil, builtIn,
			sdk.New[tallyFields, probePublic, sdk.None](tally{}, sdk.Spec{
				Views:    []wire.View{{Name: wire.ViewLearner, Reads: reads}},
				Handlers: []wire.Handler{{Name: "add", Roles: learner, Reads: reads}, {Name: "state", Roles: learner, Reads: reads}, {Name: "tell", Roles: learner}, {Name: "refuse", Roles: learner}},
			}))
	}
}

type tallied struct {
	Count int
	Words []string
}

// tallied asks a tally block for what it counted.
func (b *browser) tallied(path string) tallied {
	b.t.Helper()
	var state tallied
	b.get(path + "/handlers/state").must(200).json(&state)
	return state
}

// awaitTally asks until the block counted so much; a page or a frame does that by itself.
func (b *browser) awaitTally(path string, count int) tallied {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		state := b.tallied(path)
		if state.Count >= count {
			return state
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("it counted %d, not %d: %q", state.Count, count, state.Words)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// The gallery shows every element of the package in its states, and nothing of the site's.
func TestGallery(t *testing.T) {
	w := newWorld(t, options{})
	page := w.visitor().get("/docs/gallery").must(200, "elements-")
	page.without(`"quoin:`, "ZgotmplZ")
	for _, name := range elementNames(t) {
		if len(page.all(name)) == 0 {
			t.Errorf("the gallery has no %s", name)
		}
	}
	specimens, err := guide.Specimens()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range specimens {
		if len(s.States) == 0 || s.Before == "" || s.After == "" {
			t.Errorf("%s: %d states, %q, %q", s.Title, len(s.States), s.Before, s.After)
		}
		for _, state := range s.States {
			if state.Title == "" {
				t.Errorf("%s has a state without a title", s.Title)
			}
		}
	}
	frame := w.visitor().get("/docs/gallery/frame").must(200, "<quoin-order>")
	if policy := frame.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox allow-scripts;") {
		t.Errorf("the framed specimen's policy is %q", policy)
	}
}

// elementNames are the elements that the package defines for everybody.
func elementNames(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "sdk", "elements", "elements.ts"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range regexp.MustCompile(`"(quoin-[a-z]+)":`).FindAllStringSubmatch(string(source), -1) {
		if found[1] != sdk.QuestionElement { // which the platform alone writes
			names = append(names, found[1])
		}
	}
	if len(names) < 12 {
		t.Fatalf("the package defines %d elements", len(names))
	}
	return names
}

// The words that the package speaks by itself are those of the English catalogue, and the colours of the gallery are the tokens.
func TestElementsWordsAndTokens(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "sdk", "elements", "words.ts"))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	english := catalogue.For(time.UTC, "en").Group("elements.")
	found := regexp.MustCompile(`(?m)^  (\w+): "(.*)",$`).FindAllStringSubmatch(string(source), -1)
	for _, word := range found {
		if english[word[1]] != word[2] {
			t.Errorf("%s is %q in the package, %q in the catalogue", word[1], word[2], english[word[1]])
		}
		delete(english, word[1])
	}
	if len(found) == 0 || len(english) > 0 {
		t.Errorf("the catalogue has words that the package lacks: %v", english)
	}
	style, err := os.ReadFile(filepath.Join("..", "sdk", "elements", "tokens.css"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, options{})
	page := w.visitor().get("/docs/gallery").must(200)
	for _, token := range regexp.MustCompile(`(--[a-z0-9-]+): light-dark`).FindAllStringSubmatch(string(style), -1) {
		if !strings.Contains(page.body, "var("+token[1]+")") {
			t.Errorf("the gallery does not show %s", token[1])
		}
	}
}

const sorting = `<quoin-choices><fieldset class="choices"><legend>L</legend><label class="choice"><input type="radio" name="planet" value="mars" form="quoin:form"> Mars</label>
<label class="choice"><input type="radio" name="planet" value="jupiter" form="quoin:form" checked> Jupiter</label></fieldset></quoin-choices>
<quoin-order><ol><li>A <select name="place-a" aria-label="A" form="quoin:form"><option selected>1</option><option>2</option></select></li>
<li>B <select name="place-b" aria-label="B" form="quoin:form"><option>1</option><option selected>2</option></select></li></ol></quoin-order>
<quoin-bins><ul><li>Whale <select name="whale" aria-label="W" form="quoin:form"><option value="">not sorted</option><option value="mammal" selected>Mammal</option></select></li></ul></quoin-bins>`

// A problem, which is part of the binary, gets the elements put around its own markup; what an author writes is never one of them
// (security R20).
func TestElementsOfBuiltInBlocks(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	page := b.get(unitPath(run, "five")).must(200, "data-element-words")
	if len(page.all(sdk.QuestionElement)) != len(answers) {
		t.Errorf("%d questions stand in %s", len(page.all(sdk.QuestionElement)), sdk.QuestionElement)
	}
	b.get(unitPath(run, "read1")).must(200).without("data-element-words")
	for _, policy := range []sanitize.Policy{sanitize.Author, sanitize.Block} {
		clean, _ := sanitize.Clean(policy, sorting+`<quoin-question><p>x</p></quoin-question>`)
		for _, name := range []string{"<quoin-question", "<quoin-choices", "<quoin-order", "<quoin-bins"} {
			if strings.Contains(clean, name) {
				t.Errorf("policy %d lets %s> through", policy, name)
			}
		}
	}
}

// Only what uses the elements brings them: a frame has them inside, a page that shows none has none.
func TestElementsOnlyWhereUsed(t *testing.T) {
	w := newWorld(t, options{})
	w.installTally()
	var each string
	for _, name := range elementNames(t) {
		each += fmt.Sprintf(`<foreign url_name="%[1]s" html="&lt;%[1]s>&lt;/%[1]s>"/>`, name)
	}
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="El"/>`,
		"course/now.xml": `<course display_name="El" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v">
			<foreign url_name="plain" html="&lt;p&gt;quoin-order&lt;/p&gt;"/><foreign url_name="rich" html="` + escapeAttribute(sorting) + `"/>` + each + `</vertical></sequential></chapter></course>`,
	})
	b := w.member("ann", run, "")
	for _, name := range elementNames(t) {
		b.get(blockPath(run, "foreign", name)+"/frame").must(200, "data-element-words")
	}
	b.get(unitPath(run, "v")).must(200).without("data-element-words", "elements-")
	b.get(blockPath(run, "foreign", "plain") + "/frame").must(200).without("data-element-words")
	rich := b.get(blockPath(run, "foreign", "rich")+"/frame").must(200, "data-element-words", "customElements.define")
	var texts map[string]string
	for _, script := range rich.all("script") {
		if has(script, "data-element-words") {
			if err := json.Unmarshal([]byte(script.FirstChild.Data), &texts); err != nil {
				t.Fatal(err)
			}
		}
	}
	if texts["order_up"] == "" {
		t.Errorf("the frame's words are %v", texts)
	}
}
