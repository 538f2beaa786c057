package site_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const stone = `<problem display_name="Stones"><multiplechoiceresponse><label>Which is a stone?</label><choicegroup type="MultipleChoice">` +
	`<choice correct="true">a quoin</choice><choice correct="false">a coin</choice></choicegroup></multiplechoiceresponse></problem>`

// A course is made from nothing, looked at before it is published, and published, with the blocks that ship.
func TestAuthoringWithRealBlocks(t *testing.T) {
	built := filepath.Join("..", "..", "blocks", "dist")
	if _, err := os.Stat(filepath.Join(built, "problem")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the shipped blocks are not built")
		}
		t.Skip("the shipped blocks are not built: run make blocks first")
	}
	ctx := t.Context()
	s, err := site.Open(ctx, site.Config{Data: t.TempDir(), Shipped: os.DirFS(built)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	run, who, a := key.Course{Org: "Quoin", Number: "New", Run: "1"}, authoring.Author{ID: "ada"}, s.Authoring
	if err := a.Create(ctx, who, run, "From nothing"); err != nil {
		t.Fatal(err)
	}
	tree, err := a.Tree(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	unit := tree.Course.Children[0].Children[0].Children[0].Usage
	problem, _, err := a.Add(ctx, who, unit, "", authoring.NewBlock{Type: "problem"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = a.Add(ctx, who, unit, "", authoring.NewBlock{Type: "html", Fields: wire.Fields{"data": json.RawMessage(`"<p>Stones and coins</p>"`)}})
	if err != nil {
		t.Fatal(err)
	}
	content, err := a.Unit(ctx, run, problem)
	if err != nil {
		t.Fatal(err)
	}
	if _, findings, err := a.SaveOLX(ctx, who, problem, content.Hash, stone); err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	for _, words := range []string{"Which is a stone?", "Stones and coins"} {
		if got := shown(t, s, run, unit); !strings.Contains(got, words) {
			t.Errorf("the preview lacks %q: %s", words, got)
		}
	}
	if _, err := s.Courses.Published(ctx, run); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("something is published: %v", err)
	}
	done, err := a.Publish(ctx, who, run.Usage("course", course.RootID), "first")
	if err != nil || len(done.Broken) > 0 || done.Head.Number != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	published, err := s.Courses.Published(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	block, err := published.Find(ctx, problem)
	if err != nil || block.Facts.MaxScore == nil || *block.Facts.MaxScore != 1 || block.Title() != "Stones" {
		t.Errorf("the problem as published: %+v, %v", block, err)
	}
	answerHashes(t, s, a, problem)
}

// shown renders a unit of the working copy by its blocks.
func shown(t *testing.T, s *site.Site, run key.Course, unit key.Usage) string {
	t.Helper()
	preview, err := s.Authoring.Preview(t.Context(), run, &unit)
	if err != nil {
		t.Fatal(err)
	}
	top, err := preview.Find(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	person := &access.Person{User: "ada", Run: run, Learner: "preview", Roles: []string{access.RoleStaff}, Locale: "en", ReadOnly: true}
	visit, err := s.Kernel.Visit(t.Context(), person, preview, top)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, child := range top.Children {
		shown, err := visit.Render(t.Context(), child, wire.ViewLearner)
		if err != nil {
			t.Fatal(err)
		}
		if shown.Failure != nil {
			t.Fatalf("%s: %v", child.Usage, shown.Failure)
		}
		out.WriteString(shown.HTML)
	}
	return out.String()
}

// answerHashes checks that another right choice puts scores into question, and another wording of the question does not.
func answerHashes(t *testing.T, s *site.Site, a *authoring.Authoring, problem key.Usage) {
	t.Helper()
	hash := func(olx string) string {
		content, err := a.Unit(t.Context(), problem.Course, problem)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := a.SaveOLX(t.Context(), authoring.Author{ID: "ada"}, problem, content.Hash, olx); err != nil {
			t.Fatal(err)
		}
		drafts, err := s.Courses.Drafts(t.Context(), problem.Course)
		if err != nil || len(drafts) != 1 {
			t.Fatal(len(drafts), err)
		}
		answers, err := s.Kernel.AnswerHash(t.Context(), drafts[0].Revision.Hash(), &drafts[0].Revision, nil)
		if err != nil || answers == "" {
			t.Fatal(answers, err)
		}
		return answers
	}
	swapped := strings.NewReplacer(`correct="true"`, `correct="false"`, `correct="false"`, `correct="true"`)
	was, moved := hash(strings.Replace(stone, "Stones", "Rocks", 1)), hash(swapped.Replace(stone))
	if again := hash(strings.Replace(stone, "Stones", "Rocks and coins", 1)); was != again || was == moved {
		t.Errorf("answers are decided by %s, %s with another right choice, %s with another title", was, moved, again)
	}
}
