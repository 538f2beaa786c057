package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// storyQuestion is a question that an author makes: what is set in which fields of its form, and how a learner answers it right.
type storyQuestion struct {
	name, blockType string
	fields          wire.Fields
	answer          func(b *tab, block string)
	// byHand says that a person grades it.
	byHand bool
}

// storyQuestions has one question of every graded type that the registry offers, and of the problem block one of every response type.
// A type that is in neither list fails the test.
func (w *world) storyQuestions(t *testing.T) []storyQuestion {
	t.Helper()
	var list []storyQuestion
	for _, blockType := range w.gradedTypes(t) {
		if blockType == "problem" {
			list = append(list, problemsOf(t)...)
			continue
		}
		way, ok := nativeWays[blockType]
		if !ok {
			t.Errorf("nobody says how a learner answers %s", blockType)
			continue
		}
		samples := samplesOf(t, questions.Block(), blockType)
		at := slices.IndexFunc(samples, func(s wire.Sample) bool { return s.Name == way.sample })
		list = append(list, storyQuestion{blockType, blockType, samples[at].Fields, way.mouse, blockType == "file-upload"})
	}
	return list
}

// gradedTypes are the types that learners are graded at, as the registry has them. The test's own probes are none of the product.
func (w *world) gradedTypes(t *testing.T) []string {
	t.Helper()
	var types []string
	for _, status := range w.site.Kernel.Blocks() {
		if status.Name == "probe" || status.Name == "stranger" {
			continue
		}
		names := []string{status.Name}
		if list := status.Version.Manifest.Types; len(list) > 0 {
			names = nil
			for _, one := range list {
				names = append(names, one.Name)
			}
		}
		for _, name := range names {
			description, err := status.Version.Describe(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(description.Handlers, func(h wire.Handler) bool { return h.Grades }) {
				types = append(types, name)
			}
		}
	}
	return types
}

// moreProblems are of the response types that the block has no sample of: its samples go without programs.
var moreProblems = map[string]struct {
	olx    string
	answer map[string][]string
}{
	"customresponse": {
		`<script type="loncapa/python">def fits(expect, given):
    return float(given[0]) - float(given[1]) == 3.5</script>
<customresponse cfn="fits" expect="4"><label>Two heights that lie 3.5 m apart</label><textline label="High" correct_answer="4"/><textline label="Low" correct_answer="0.5"/></customresponse>`,
		map[string][]string{"input_2_1": {"5"}, "input_2_2": {"1.5"}},
	},
	"schematicresponse": {
		`<schematicresponse><p>Write the result of an analysis.</p><schematic height="300" width="500" parts="g,r,v" analyses="dc" label="The analysis"/>
<answer type="loncapa/python">correct = ["correct" if submission[0][0][1]["gauge"] == 3.5 else "incorrect"]</answer></schematicresponse>`,
		map[string][]string{"input_2_1": {`[["dc", {"gauge": 3.5}]]`}},
	},
}

// ungraded are response types without a question: one asks an external grader, two are refused wherever they stand.
var ungraded = []string{"coderesponse", "symbolicresponse", "externalresponse"}

// problemsOf has a problem for every response type that the block's table knows.
func problemsOf(t *testing.T) []storyQuestion {
	t.Helper()
	table, err := os.ReadFile(filepath.Join("..", "blocks", "problem", "capa", "registry.go"))
	if err != nil {
		t.Fatal(err)
	}
	samples := samplesOf(t, problem.Block(), "problem")
	var list []storyQuestion
	for _, found := range regexp.MustCompile(`"(\w+response)"`).FindAllStringSubmatch(string(table), -1) {
		name := found[1]
		if slices.Contains(ungraded, name) || slices.ContainsFunc(list, func(q storyQuestion) bool { return q.name == name }) {
			continue
		}
		more, ok := moreProblems[name]
		olx, form := more.olx, more.answer
		for _, s := range samples {
			var source string
			if err := json.Unmarshal(s.Fields["data"], &source); err != nil {
				t.Fatal(err)
			}
			if s.Name != "several" && regexp.MustCompile(`<`+name+`\b`).MatchString(source) {
				at := slices.IndexFunc(s.Answers, func(a wire.SampleAnswer) bool { return a.Expect == wire.ExpectFull })
				olx, form, ok = source, s.Answers[at].Input.Form, true
			}
		}
		if !ok {
			t.Errorf("there is no problem of %s", name)
			continue
		}
		list = append(list, storyQuestion{name, "problem", wire.Fields{"display_name": quotedJSON(t, "A "+name), "data": quotedJSON(t, "<problem>\n"+olx+"\n</problem>")}, formed(form), false})
	}
	return list
}

func quotedJSON(t *testing.T, text string) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// formed answers with what a form shall hold, whatever its inputs look like.
func formed(form map[string][]string) func(b *tab, block string) {
	return func(b *tab, block string) {
		data, err := json.Marshal(form)
		if err != nil {
			b.t.Fatal(err)
		}
		b.eval(fmt.Sprintf(`for (const [name, values] of Object.entries(%s)) {
			const inputs = [...document.querySelector(%q).querySelectorAll("[name]")].filter(e => e.name === name);
			if (inputs.length === 0) throw new Error("no input " + name);
			for (const e of inputs) {
				if (e.type === "radio" || e.type === "checkbox") e.checked = values.includes(e.value);
				else e.value = values[0];
				for (const type of ["input", "change"]) e.dispatchEvent(new Event(type, {bubbles: true}));
			}
		}`, data, block))
	}
}

// fillForm is a script that sets the fields of the open form: an input, a choice, or rows that are added one by one. Rows are given the
// names that the ways of answering know; an author never sees those.
const fillForm = `(fields => {
	const form = document.querySelector("[data-edit-form]"), at = name => [...form.elements].find(e => e.name === name);
	const says = e => { for (const type of ["input", "change"]) e.dispatchEvent(new Event(type, {bubbles: true})) };
	const set = (e, value) => {
		if (e.type === "checkbox") e.checked = value === true;
		else if (e.localName === "select") e.value = JSON.stringify(value);
		else if (Array.isArray(value) && value.every(v => typeof v === "string")) e.value = value.join("\n");
		else e.value = typeof value === "object" ? JSON.stringify(value) : String(value);
		says(e);
	};
	const missing = [];
	for (const [name, value] of Object.entries(fields)) {
		const input = at("f." + name);
		if (!input) { missing.push(name); continue }
		const rows = input.closest(".form-list")?.querySelector("quoin-rows");
		if (!rows) { set(input, value); continue }
		for (const [i, entry] of value.entries()) {
			const here = () => [...rows.querySelectorAll("[data-rows] > [data-row]")];
			if (!here()[i]) rows.querySelector("button[data-add]").click();
			const prefix = /^(f\.\w+\.\d+\.)/.exec(here()[i].querySelector("[name]").name)[1];
			for (const [member, v] of typeof entry === "object" ? Object.entries(entry) : [["=", entry]]) {
				const part = at(prefix + member);
				if (part) set(part, v); else missing.push(name + "." + member);
			}
		}
	}
	return missing.join(" ");
})`
