package capa

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzCompile takes a problem through all that happens to it.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob("testdata/view/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source), int64(1), "choice_0")
	}
	f.Add(secretive, int64(2), "5")
	f.Add(shuffled, int64(3), "")
	f.Fuzz(func(t *testing.T, source string, seed int64, text string) {
		p, _, err := Compile(source)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Line < 1 || syntax.Column < 1 || syntax.Fix == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		p, _, err = p.Variant(Variation{Seed: seed, Learner: "l", Vars: globals("", map[string]any{"a": "$b", "b": text})})
		if err != nil {
			t.Fatalf("varying: %v", err)
		}
		answers := Answers{}
		for i := range p.Public.Inputs {
			answers[p.Public.Inputs[i].ID] = Given(text)
		}
		result := p.Secret.Grade(answers)
		for i := range result.Parts {
			if e := result.Parts[i].Earned(); e-e != 0 {
				t.Fatalf("%v points", e)
			}
		}
		before, err := json.Marshal([]any{p.Public, p.Secret})
		if err != nil {
			t.Fatal(err)
		}
		p.Public.View(ViewOptions{Answers: answers, Result: result, Hints: 3})
		p.Public.RevealView(p.Secret.Reveal(), nil)
		p.Report(answers, result)
		p.AnswerHash()
		if solved, ok := p.Secret.Solve(); ok {
			if again := p.Secret.Grade(p.Public.Form(p.Public.FormOf(solved))); again.Outcome != Scored {
				t.Fatalf("%v: %+v", solved, again)
			}
		}
		if after, err := json.Marshal([]any{p.Public, p.Secret}); err != nil || string(after) != string(before) {
			t.Fatalf("the prepared values changed: %s, %s", before, after)
		}
	})
}

func FuzzOptions(f *testing.F) {
	for _, seed := range []string{`('a','b')`, `("it's", b)`, `('a\'b' 'c')`, `(`, `''`} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) { parseOptions(text) })
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"[1,5]", "(1,2)", "1+2j", "[,]", "[1e400,-1e400]", "5"} {
		f.Add(seed, "1%", "3", "1, 2")
	}
	f.Fuzz(func(t *testing.T, answer, tolerance, given, list string) {
		e := &element{name: "numericalresponse", attrs: []attribute{{"answer", answer}, {"partial_credit", "close,list"}}}
		for _, name := range [][2]string{{"default", tolerance}, {"partial_answers", list}} {
			e.kids = append(e.kids, &element{name: "responseparam", parent: e, attrs: []attribute{{"type", "tolerance"}, {name[0], name[1]}}})
		}
		c := &compiler{}
		r := Response{Type: e.name, Inputs: []Slot{{"2_1", 1}}}
		numberResponse{}.compile(c, e, &r)
		if r.Broken != nil {
			return
		}
		parts := []Part{{ID: "2_1"}}
		if failure := (numberResponse{}).grade(&grading{answers: Answers{"2_1": Given(given)}}, &r, parts); failure != nil && failure.Message.Key == "" {
			t.Fatalf("%+v", failure)
		}
		numberResponse{}.reveal(&r)
		numberResponse{}.solve(&r)
	})
}
