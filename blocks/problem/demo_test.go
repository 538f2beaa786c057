package problem_test

import (
	"testing"

	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

func TestDemoCourse(t *testing.T) {
	solved, unsupported := 0, 0
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
		answers, ok := p.Secret.Solve()
		if p.Facts.Script || len(p.Facts.Unsupported) > 0 {
			unsupported++
			if got := p.Secret.Grade(answers); ok || got.Outcome != capa.Unsupported {
				t.Errorf("%s: solved %v, %s", name, ok, got.Outcome)
			}
			continue
		}
		solved++
		result := p.Secret.Grade(answers)
		if !ok || result.Outcome != capa.Scored || result.Score != p.Facts.MaxScore {
			t.Errorf("%s: %v scores %v of %v", name, answers, result.Score, p.Facts.MaxScore)
		}
		// What a browser would send for these answers scores the same.
		if again := p.Secret.Grade(p.Public.Form(p.Public.FormOf(answers))); again.Score != result.Score {
			t.Errorf("%s: the form scores %v", name, again.Score)
		}
	}
	t.Logf("%d problems solved, %d unsupported", solved, unsupported)
	if solved != 20 || unsupported != 9 {
		t.Errorf("%d problems solved, %d unsupported: 20 have no script and only responses that are built", solved, unsupported)
	}
}
