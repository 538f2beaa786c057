package problem_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
	"github.com/quoin-lms/quoin/blocks/problem/pystr"
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
	names := map[string]bool{}
	for _, m := range []map[string]int{c.passed, c.failed, c.missing} {
		for name := range m {
			names[name] = true
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		t.Logf("%s %-24s %5d passed %4d failed %5d not built yet", title, name, c.passed[name], c.failed[name], c.missing[name])
	}
}

// recordedRun is one run over the records.
type recordedRun struct {
	t        *testing.T
	types    *tally
	files    *tally
	listed   map[string]int // differences of DIFFERENCES.md met, by code
	contexts map[string]map[string]any
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
		if d.code == "" {
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

func TestRecordedGradings(t *testing.T) {
	r := &recordedRun{t: t, types: newTally(), files: newTally(), listed: map[string]int{}, contexts: map[string]map[string]any{}}
	cases.Each(t, "variants.jsonl", func(v variant) {
		for _, s := range v.Seeds {
			r.contexts[fmt.Sprint(s.Seed, v.XML)] = s.Context
		}
	})
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
	for _, n := range r.files.passed {
		passed += n
	}
	for _, n := range r.files.failed {
		failed += n
	}
	if failed*100 > passed+failed {
		t.Errorf("more than 1 %% differs")
	}
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

// prepared compiles and varies a problem. ok is false when it needs what is not built yet.
func (r *recordedRun) prepared(source string, seed int64) (p *capa.Prepared, findings []capa.Finding, ok bool) {
	p, findings, err := capa.Compile(source)
	if err != nil {
		return nil, findings, true
	}
	variation := capa.Variation{Seed: seed, Learner: "student"}
	if p.Facts.Script {
		context, known := r.contexts[fmt.Sprint(seed, source)]
		if !known {
			return nil, nil, false
		}
		variation.Vars = map[string]string{}
		for name, value := range context {
			variation.Vars[name] = pythonText(value)
		}
	}
	if len(p.Facts.Unsupported) > 0 {
		return p, findings, false
	}
	varied, more, err := p.Variant(variation)
	if err != nil {
		r.t.Fatalf("varying %s: %v", source, err)
	}
	return stored(r.t, varied), append(findings, more...), true
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
		r.judge(file, line.ID, line.Types, difference{}, problems)
		return
	}
	if p == nil {
		r.judge(file, line.ID, line.Types, difference{}, []string{"does not compile"})
		return
	}
	r.judge(file, line.ID+" shown answers", line.Types, classifyShown(&line), compareShown(line.Shown, p, nil))
	for i := range line.Cases {
		c := &line.Cases[i]
		answers := capa.Answers{}
		for id, value := range c.Answers {
			answers[strings.TrimPrefix(id, problemID)] = answerOf(value)
		}
		id := fmt.Sprintf("%s case %d %v", line.ID, i, c.Answers)
		vars := r.contexts[fmt.Sprint(line.Seed, line.XML)]
		r.judge(file, id, line.Types, classify(&line, c), compareCase(c, p.Secret.Grade(answers), vars))
	}
}

func answerOf(value any) capa.Answer {
	switch v := value.(type) {
	case string:
		return capa.Given(v)
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

// compareCase lists what differs between a recorded grading and ours.
func compareCase(c *gradedCase, got *capa.Result, vars map[string]any) []string {
	var problems []string
	differ := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if c.Error != nil {
		return compareError(c, got)
	}
	if got.Outcome != capa.Scored {
		return []string{fmt.Sprintf("%s: %+v, want a score of %v", got.Outcome, got.Failure, c.Score)}
	}
	if !near(got.Score, c.Score) || got.Total != c.Total {
		differ("score %v of %v, want %v of %v", got.Score, got.Total, c.Score, c.Total)
	}
	if got.Success() != (c.Success == "correct") {
		differ("success %v, want %s", got.Success(), c.Success)
	}
	for i := range got.Parts {
		part := &got.Parts[i]
		want, ok := c.Map[problemID+part.ID]
		if !ok {
			differ("input %s is not in the map", part.ID)
			continue
		}
		if string(part.Correctness) != want.Correctness {
			differ("%s is %s, want %s", part.ID, part.Correctness, want.Correctness)
		}
		if (part.Points == nil) != (want.Points == nil) || part.Points != nil && !near(*part.Points, *want.Points) {
			differ("%s has the points %v, want %v", part.ID, part.Points, want.Points)
		}
		if html := canonical(referenceHTML(part)); html != canonical(substitute(want.Message, vars)) {
			differ("%s says %s, want %s", part.ID, html, canonical(want.Message))
		}
		mode := ""
		if want.HintMode != nil {
			mode = *want.HintMode
		}
		if part.Hint != want.Hint || part.HintMode != mode {
			differ("%s hints %q (%s), want %q (%s)", part.ID, part.Hint, part.HintMode, want.Hint, mode)
		}
	}
	if len(c.Map) != len(got.Parts) {
		differ("%d inputs, want %d", len(got.Parts), len(c.Map))
	}
	return append(problems, compareTargeted(c, got)...)
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// compareError judges what the reference refused. Where it crashed any way of giving no credit will do.
func compareError(c *gradedCase, got *capa.Result) []string {
	switch {
	case got.Score != 0:
		return []string{fmt.Sprintf("score %v, want %s: %s", got.Score, c.Error.Type, c.Error.Message)}
	case !c.Error.Handled:
		return nil
	case got.Outcome == capa.Scored:
		return []string{fmt.Sprintf("scored, want %s: %s", c.Error.Type, c.Error.Message)}
	case c.Error.Type != "StudentInputError":
		return nil
	}
	want := unescape(c.Error.Message)
	if text := capa.Catalogue(nil).Text(got.Failure.Message); text != want {
		return []string{fmt.Sprintf("says %q, want %q", text, want)}
	}
	return nil
}

func unescape(html string) string {
	return strings.NewReplacer("&#x27;", "'", "&#39;", "'", "&quot;", `"`, "&#34;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(html)
}

// referenceHTML writes feedback the way the reference does.
func referenceHTML(p *capa.Part) string {
	f := p.Feedback
	if f == nil {
		return p.Message
	}
	class, label := "incorrect", "Incorrect:"
	if f.Correct {
		class, label = "correct", "Correct:"
	}
	if f.Label != "" {
		label = f.Label
	}
	html := `<div class="feedback-hint-` + class + `"><div class="explanation-title">Answer</div>`
	if !f.Bare {
		html += `<span class="hint-label">` + label + ` </span>`
	}
	if f.Multi {
		html += `<div class="feedback-hint-multi">`
	}
	for _, item := range f.Items {
		html += `<div class="hint-text">` + item + `</div>`
	}
	if f.Multi {
		html += `</div>`
	}
	return html + `</div>`
}

// canonical spells equal markup equally.
func canonical(html string) string {
	html = strings.NewReplacer("&nbsp;", "\u00a0", "<br>", "<br/>", "<hr>", "<hr/>").Replace(html)
	decoder := xml.NewDecoder(strings.NewReader("<x>" + html + "</x>"))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	var b strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		switch token := token.(type) {
		case xml.StartElement:
			slices.SortFunc(token.Attr, func(a, b xml.Attr) int { return strings.Compare(a.Name.Local, b.Name.Local) })
			b.WriteString(" <" + token.Name.Local)
			for _, a := range token.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteString("> ")
		case xml.EndElement:
			b.WriteString(" </" + token.Name.Local + "> ")
		case xml.CharData:
			b.Write(token)
		}
	}
}

func compareTargeted(c *gradedCase, got *capa.Result) []string {
	if c.Targeted == nil {
		return nil
	}
	type shown struct{ id, verdict, text string }
	var have, want []shown
	for _, e := range got.Targeted {
		verdict := map[capa.Correctness]string{capa.Correct: "Correct", capa.Incorrect: "Incorrect"}[e.Verdict]
		have = append(have, shown{e.ID, verdict, textOf(e.HTML)})
	}
	for _, e := range c.Targeted {
		verdict := ""
		if e.Verdict != nil {
			verdict = *e.Verdict
		}
		want = append(want, shown{e.ID, verdict, e.Text})
	}
	if !reflect.DeepEqual(have, want) {
		return []string{fmt.Sprintf("explains %v, want %v", have, want)}
	}
	return nil
}

// textOf is markup without tags, white space collapsed.
func textOf(html string) string {
	decoder := xml.NewDecoder(strings.NewReader("<x>" + html + "</x>"))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	var b strings.Builder
	script := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		switch token := token.(type) {
		case xml.StartElement:
			script = token.Name.Local == "script"
		case xml.EndElement:
			script = false
		case xml.CharData:
			if !script {
				b.Write(token)
			}
		}
	}
}

// compareShown compares what "show answer" gives.
func compareShown(want map[string]any, p *capa.Prepared, vars map[string]any) []string {
	var problems []string
	have := map[string]any{}
	revealed := p.Secret.Reveal()
	for _, a := range revealed.Answers {
		if a.Texts == nil {
			names := slices.Clone(a.Choices)
			slices.Sort(names)
			have[a.ID] = strings.Join(names, "|")
			continue
		}
		have[a.ID] = strings.Join(a.Texts, " <b>or</b> ")
	}
	for _, s := range revealed.Solutions {
		have[fmt.Sprintf("solution_%d", s.N)] = canonical(s.HTML)
	}
	for id, value := range want {
		id = strings.TrimPrefix(id, problemID)
		text := ""
		switch v := value.(type) {
		case string:
			text = unescape(v)
			if strings.HasPrefix(id, "solution_") {
				text = canonical(substitute(inside(v), vars))
			}
		case []any:
			names := make([]string, len(v))
			for i := range v {
				names[i] = fmt.Sprint(v[i])
			}
			slices.Sort(names)
			text = strings.Join(names, "|")
		}
		if have[id] != text {
			problems = append(problems, fmt.Sprintf("%s is %v, want %s", id, have[id], text))
		}
		delete(have, id)
	}
	for id, text := range have {
		problems = append(problems, fmt.Sprintf("%s is %v, want none", id, text))
	}
	return problems
}

// inside is what stands in the outermost tag.
func inside(markup string) string {
	from, to := strings.Index(markup, ">"), strings.LastIndex(markup, "</solution>")
	if from < 0 || to < from {
		return ""
	}
	return strings.TrimSpace(markup[from+1 : to])
}

func substitute(text string, vars map[string]any) string {
	names := make([]string, 0, len(vars))
	for name := range vars {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return len(names[i]) > len(names[j]) })
	for _, name := range names {
		text = strings.ReplaceAll(text, "$"+name, pythonText(vars[name]))
	}
	return text
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
			if choice.HTML == "" {
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

// pythonText is str() of a recorded value.
func pythonText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return pythonRepr(value)
}

func pythonRepr(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return pystr.Repr(v)
	case json.Number:
		return strings.NewReplacer("E", "e").Replace(v.String())
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = pythonRepr(v[i])
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		if f, ok := v["$float"].(string); ok {
			return f
		}
		if n, ok := v["$bigint"].(string); ok {
			return n
		}
		items := make([]string, 0, len(v))
		for key, item := range v {
			items = append(items, pystr.Repr(key)+": "+pythonRepr(item))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	return fmt.Sprint(value)
}
