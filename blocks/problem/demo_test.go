package problem_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

func TestDemoCourse(t *testing.T) {
	solved, unsupported, unknown := 0, 0, 0
	at := &capa.Circumstances{Seed: 1, Attempt: 1, Run: interpreter(t)}
	for name, source := range demo.Files(t, "problem", ".xml") {
		p, findings, err := capa.Compile(source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range findings {
			if f.Level == capa.Mistake {
				t.Errorf("%s, line %d: %s; %s", name, f.Line, f.Message, f.Fix)
			}
		}
		view := p.Public.View(capa.ViewOptions{Form: "f", ID: "p-"})
		for _, problem := range inaccessible(view.Body) {
			t.Errorf("%s: %s", name, problem)
		}
		if program := p.Secret.SetUp(1, ""); program != nil {
			ran, err := at.Run(*program)
			if err != nil || ran.Failed != nil {
				t.Fatal(name, ran.Failed, err)
			}
			if p, _, err = p.Variant(capa.Variation{Seed: 1, Vars: ran.Globals}); err != nil {
				t.Fatal(name, err)
			}
		}
		answers, ok, err := p.Secret.SolveIn(at)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(p.Facts.Unsupported) > 0 {
			unsupported++
			t.Logf("%s: %v", name, p.Facts.Unsupported)
			if got := p.Secret.Grade(answers); ok || got.Outcome != capa.Unsupported {
				t.Errorf("%s: solved %v, %s", name, ok, got.Outcome)
			}
			continue
		}
		if !ok {
			unknown++
			t.Logf("%s states no answer: %v", name, p.Secret.Reveal().Answers)
			continue
		}
		solved++
		result := grade(t, p, answers, at)
		if result.Outcome != capa.Scored || result.Score != p.Facts.MaxScore {
			t.Errorf("%s: %v scores %v of %v", name, answers, result.Score, p.Facts.MaxScore)
		}
		// What a browser would send for these answers scores the same.
		if again := grade(t, p, p.Public.Form(p.Public.FormOf(answers)), at); again.Score != result.Score {
			t.Errorf("%s: the form scores %v", name, again.Score)
		}
	}
	if solved != 24 || unsupported != 0 || unknown != 5 {
		t.Errorf("%d problems solved, %d unsupported, %d state no answer, want 24, 0 and 5", solved, unsupported, unknown)
	}
}

func grade(t *testing.T, p *capa.Prepared, answers capa.Answers, at *capa.Circumstances) *capa.Result {
	t.Helper()
	result, err := p.Secret.GradeIn(answers, at)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
