package problem_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// The recorded gradings' own id of the problem, which our ids leave out.
const problemID = "1_"

type grading struct {
	ID        string         `json:"id"`
	Problem   string         `json:"problem"`
	Source    string         `json:"source"`
	Types     []string       `json:"response_types"`
	Seed      int64          `json:"seed"`
	XML       string         `json:"xml"`
	MaxScore  *float64       `json:"max_score"`
	Shown     map[string]any `json:"question_answers"`
	InitError *recordedError `json:"init_error"`
	Cases     []gradedCase   `json:"cases"`
}

type recordedError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Handled bool   `json:"handled"`
}

type gradedCase struct {
	Answers  map[string]any          `json:"answers"`
	Score    float64                 `json:"score"`
	Total    float64                 `json:"total"`
	Success  string                  `json:"success"`
	Map      map[string]recordedPart `json:"correct_map"`
	Error    *recordedError          `json:"error"`
	Overall  string                  `json:"overall_message"`
	Targeted []struct {
		ID      string  `json:"explanation_id"`
		Verdict *string `json:"verdict"`
		Text    string  `json:"text"`
	} `json:"targeted_feedback"`
}

type recordedPart struct {
	Correctness string   `json:"correctness"`
	Points      *float64 `json:"npoints"`
	Message     string   `json:"msg"`
	Hint        string   `json:"hint"`
	HintMode    *string  `json:"hintmode"`
}

type variant struct {
	ID    string `json:"id"`
	XML   string `json:"xml"`
	Seeds []struct {
		Seed    int64          `json:"seed"`
		Context map[string]any `json:"context"`
		Text    string         `json:"text"`
		// Choices are [name, text] pairs by input.
		Choices   map[string][][2]string `json:"choices"`
		Solutions []string               `json:"solutions"`
		Shown     map[string]any         `json:"question_answers"`
	} `json:"seeds"`
}

// tally counts by response type, or by file.
type tally struct {
	passed, failed, missing map[string]int
}

func newTally() *tally {
	return &tally{map[string]int{}, map[string]int{}, map[string]int{}}
}

func (c *tally) log(t *testing.T, title string) {
	t.Helper()
	for _, name := range slices.Sorted(keys(c.every())) {
		missing := ""
		if n := c.missing[name]; n > 0 {
			missing = fmt.Sprintf(" (%d of them are not graded yet)", n)
		}
		t.Logf("%s %-24s %5d passed %4d failed%s", title, name, c.passed[name], c.failed[name]+c.missing[name], missing)
	}
}

// every holds what was counted by.
func (c *tally) every() map[string]int {
	names := map[string]int{}
	for _, m := range []map[string]int{c.passed, c.failed, c.missing} {
		maps.Copy(names, m)
	}
	return names
}

// recordedRun is one run over the records.
type recordedRun struct {
	t        *testing.T
	types    *tally
	files    *tally
	listed   map[string]int // differences of DIFFERENCES.md met, by code
	contexts map[string]map[string]any
	by       recorded
	// verdicts says that results come out of verdicts, which tell less than the engine does.
	verdicts bool
	// scripted counts cases of problems with a script, crashed those that the reference refused with an exception that was
	// meant for nobody.
	scripted, crashed int
	// drawn counts scripts whose variables were compared.
	drawn int
}

// recorded is a way to the engine.
type recorded interface {
	// prepare gives the problem that a learner with the seed has, nil when it cannot be built, what is found wrong with its
	// source, and what its script drew.
	prepare(source string, seed int64) (p *capa.Prepared, findings []capa.Finding, drawn json.RawMessage)
	// grade judges answers to it.
	grade(source string, seed int64, answers capa.Answers) *capa.Result
}

func (r *recordedRun) missing(file string, types []string, n int) {
	for _, name := range distinct(types) {
		r.types.missing[name] += n
	}
	r.files.missing[file] += n
}

// judge counts one comparison. problems are what differs.
func (r *recordedRun) judge(file, id string, types []string, d difference, problems []string) {
	count := r.types.passed
	files := r.files.passed
	if len(problems) > 0 {
		count, files = r.types.failed, r.files.failed
		if lastDigits(problems) {
			d = difference{code: "last-digit"}
			r.listed[d.code]++
		} else if !d.explains(problems) {
			r.t.Errorf("%s: %s", id, strings.Join(problems, "; "))
		} else {
			r.listed[d.code]++
		}
	}
	for _, name := range distinct(types) {
		count[name]++
	}
	files[file]++
}

func distinct(types []string) []string {
	types = slices.Clone(types)
	slices.Sort(types)
	return slices.Compact(types)
}

// TestRecordedGradings replays what was recorded of the reference: by the block as a site runs it, or with -short by its Go
// packages alone.
func TestRecordedGradings(t *testing.T) {
	r := &recordedRun{t: t, types: newTally(), files: newTally(), listed: map[string]int{}, contexts: map[string]map[string]any{}}
	var sources []string
	cases.Each(t, "variants.jsonl", func(v variant) {
		sources = append(sources, v.XML)
		for _, s := range v.Seeds {
			r.contexts[fmt.Sprint(s.Seed, v.XML)] = s.Context
		}
	})
	if testing.Short() {
		r.by = &packages{t: t, run: interpreter(t), made: map[string]*capa.Prepared{}}
	} else {
		cases.Each(t, "gradings.jsonl", func(line grading) { sources = append(sources, line.XML) })
		r.by, r.verdicts = host(t, interpreted(t), distinct(append(sources, askedOf(t)...))), true
	}
	cases.Each(t, "gradings.jsonl", r.grading)
	cases.Each(t, "variants.jsonl", r.variant)
	r.calculator()
	r.tolerances()

	r.types.log(t, "type")
	r.files.log(t, "file")
	documented := documentedDifferences(t)
	for _, code := range slices.Sorted(keys(r.listed)) {
		t.Logf("listed difference %-24s %d", code, r.listed[code])
		if !documented[code] {
			t.Errorf("DIFFERENCES.md does not say why %s differs", code)
		}
	}
	passed, failed := 0, 0
	for file := range r.files.every() {
		passed += r.files.passed[file]
		failed += r.files.failed[file] + r.files.missing[file]
	}
	if failed*100 > passed+failed {
		t.Errorf("more than 1 %% differs")
	}
	t.Logf("%d times a script's variables were as recorded", r.drawn)
	t.Logf("%d cases had a script; in %d the reference crashed", r.scripted, r.crashed)
	t.Logf("%d passed, %d failed", passed, failed)
}

func keys(m map[string]int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// packages are the engine's own Go packages.
type packages struct {
	t    *testing.T
	run  capa.Runner
	made map[string]*capa.Prepared
}

// prepare implements recorded.
func (d *packages) prepare(source string, seed int64) (*capa.Prepared, []capa.Finding, json.RawMessage) {
	p, findings, err := capa.Compile(source)
	if err != nil || len(p.Facts.Unsupported) > 0 {
		return p, findings, nil
	}
	variation := capa.Variation{Seed: seed, Learner: "student"}
	if program := p.Secret.SetUp(seed, variation.Learner); program != nil {
		ran, err := d.run(*program)
		if err != nil {
			d.t.Fatal(err)
		}
		if ran.Failed != nil {
			return nil, append(findings, capa.Finding{Level: capa.Mistake, Message: ran.Failed.Class + ": " + ran.Failed.Message}), nil
		}
		variation.Vars = ran.Globals
	}
	varied, more, err := p.Variant(variation)
	if err != nil {
		d.t.Fatalf("varying %s: %v", source, err)
	}
	p = stored(d.t, varied)
	d.made[fmt.Sprint(seed, source)] = p
	return p, append(findings, more...), variation.Vars
}

// grade implements recorded.
func (d *packages) grade(source string, seed int64, answers capa.Answers) *capa.Result {
	p := d.made[fmt.Sprint(seed, source)]
	result, err := p.Secret.GradeIn(answers, &capa.Circumstances{Seed: seed, Learner: "student", Attempt: 1, Run: d.run})
	if err != nil {
		d.t.Fatal(source, err)
	}
	return result
}

// prepared gives a problem as a learner with the seed has it. ok is false when it needs what is not built yet.
func (r *recordedRun) prepared(source string, seed int64) (p *capa.Prepared, findings []capa.Finding, ok bool) {
	p, findings, drawn := r.by.prepare(source, seed)
	if p != nil && len(p.Facts.Unsupported) > 0 {
		return p, findings, false
	}
	if drawn != nil {
		r.variables(fmt.Sprint(seed, source), drawn)
	}
	return p, findings, true
}

// variables compares what a script left behind with what it left in the reference.
func (r *recordedRun) variables(at string, left json.RawMessage) {
	want, recorded := r.contexts[at]
	if !recorded {
		return
	}
	have := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(left))
	decoder.UseNumber()
	if err := decoder.Decode(&have); err != nil {
		r.t.Fatal(err)
	}
	// What every script is given, and a whole number of numpy's, which the reference's JSON does not hold.
	for _, name := range []string{"seed", "anonymous_student_id", "npi"} {
		delete(have, name)
	}
	if a, b := pythonRepr(have), pythonRepr(want); a != b && rounded(a) != rounded(b) {
		r.t.Errorf("seed and problem %.200s\nleave %s\nwant  %s", at, a, b)
	}
	r.drawn++
}

// stored is a problem after its values went through JSON, as the platform keeps them.
func stored(t *testing.T, p *capa.Prepared) *capa.Prepared {
	t.Helper()
	again := &capa.Prepared{Public: &capa.Public{}, Secret: &capa.Secret{}, Facts: p.Facts}
	for _, pair := range [][2]any{{p.Public, again.Public}, {p.Secret, again.Secret}} {
		data, err := json.Marshal(pair[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	return again
}

func (r *recordedRun) grading(line grading) {
	const file = "gradings.jsonl"
	p, findings, ok := r.prepared(line.XML, line.Seed)
	if p != nil && line.MaxScore != nil && p.Facts.MaxScore != *line.MaxScore {
		r.judge(file, line.ID, line.Types, difference{}, []string{fmt.Sprintf("max score %v, want %v", p.Facts.MaxScore, *line.MaxScore)})
	}
	if !ok {
		r.missing(file, line.Types, 1+len(line.Cases))
		return
	}
	if line.InitError != nil {
		var problems []string
		if line.InitError.Handled && !slices.ContainsFunc(findings, func(f capa.Finding) bool { return f.Level == capa.Mistake }) {
			problems = []string{"no finding for " + line.InitError.Message}
		}
		r.judge(file, line.ID, line.Types, classifyRefused(&line), problems)
		return
	}
	if p == nil {
		r.judge(file, line.ID, line.Types, difference{}, []string{"does not compile"})
		return
	}
	r.judge(file, line.ID+" shown answers", line.Types, classifyShown(&line), compareShown(line.Shown, p, nil))
	if strings.Contains(line.XML, "<script") {
		r.scripted += len(line.Cases)
	}
	for i := range line.Cases {
		c := &line.Cases[i]
		if c.Error != nil && !c.Error.Handled {
			r.crashed++
		}
		answers := capa.Answers{}
		for id, value := range c.Answers {
			answers[strings.TrimPrefix(id, problemID)] = answerOf(value)
		}
		id := fmt.Sprintf("%s case %d %v", line.ID, i, c.Answers)
		vars := r.contexts[fmt.Sprint(line.Seed, line.XML)]
		result := r.by.grade(line.XML, line.Seed, answers)
		told := *c
		if r.verdicts {
			told = asVerdict(told)
		}
		r.judge(file, id, line.Types, classify(&line, c), compareCase(&told, result, vars))
	}
}

func answerOf(value any) capa.Answer {
	switch v := value.(type) {
	case string:
		return capa.Given(v)
	case map[string]any:
		pairs := map[string]string{}
		for name, text := range v {
			if !strings.HasPrefix(name, problemID) {
				return capa.Answer{Kind: capa.AnswerOther, Text: pythonText(value)}
			}
			pairs[strings.TrimPrefix(name, problemID)] = strings.TrimPrefix(pythonText(text), problemID)
		}
		return capa.Paired(pairs)
	case []any:
		list := make([]string, len(v))
		for i := range v {
			text, ok := v[i].(string)
			if !ok {
				return capa.Answer{Kind: capa.AnswerOther, Text: pythonText(value)}
			}
			list[i] = text
		}
		return capa.Ticked(list...)
	}
	return capa.Answer{Kind: capa.AnswerOther, Text: pythonText(value)}
}

func (r *recordedRun) variant(v variant) {
	const file = "variants.jsonl"
	for _, s := range v.Seeds {
		p, _, ok := r.prepared(v.XML, s.Seed)
		if !ok || p == nil {
			var types []string
			if p != nil {
				types = p.Facts.Types
			}
			r.missing(file, types, 1)
			continue
		}
		withoutSolutions := &capa.Prepared{Secret: &capa.Secret{Responses: p.Secret.Responses}}
		problems := compareShown(s.Shown, withoutSolutions, s.Context)
		for id, want := range s.Choices {
			for i := range want {
				want[i][0] = strings.TrimPrefix(want[i][0], problemID)
			}
			if have := choicesOf(p, strings.TrimPrefix(id, problemID)); !reflect.DeepEqual(have, want) {
				problems = append(problems, fmt.Sprintf("%s shows %v, want %v", id, have, want))
			}
		}
		var solutions []string
		for _, solution := range p.Secret.Solutions {
			solutions = append(solutions, textOf(solution.HTML))
		}
		if s.Solutions != nil && !reflect.DeepEqual(solutions, s.Solutions) {
			problems = append(problems, fmt.Sprintf("solutions %q, want %q", solutions, s.Solutions))
		}
		// Values with markup are put in as markup; the records took the text before.
		if have := bodyText(p); have != s.Text && !strings.ContainsAny(s.Text, "<&") {
			problems = append(problems, fmt.Sprintf("text %q, want %q", have, s.Text))
		}
		r.judge(file, fmt.Sprintf("%s seed %d", v.ID, s.Seed), p.Facts.Types, classifyVariant(&v), problems)
	}
}

func choicesOf(p *capa.Prepared, id string) [][2]string {
	var list [][2]string
	for _, in := range p.Public.Inputs {
		if in.ID != id {
			continue
		}
		for _, choice := range in.Choices {
			text := textOf(choice.HTML)
			if choice.HTML == "" && choice.Parts == nil {
				text = choice.Name
			}
			list = append(list, [2]string{choice.Name, text})
		}
	}
	return list
}

func bodyText(p *capa.Prepared) string {
	var b strings.Builder
	for _, piece := range p.Public.Body {
		b.WriteString(piece.HTML)
	}
	return textOf(b.String())
}
