package capa

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each problem in testdata/view has a golden file: fresh, answered as its first comment says, closed with correctness
// hidden, and revealed.
func TestViewGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/view/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := goldenViews(t, string(source))
			golden := strings.TrimSuffix(file, ".xml") + ".html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; run with -update and look at the change:\n%s", golden, got)
			}
		})
	}
}

func goldenViews(t *testing.T, source string) string {
	t.Helper()
	p, findings, err := Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	answers := Answers{}
	if comment, _, ok := strings.Cut(strings.TrimPrefix(source, "<!--"), "-->"); ok && strings.HasPrefix(source, "<!--") {
		if err := json.Unmarshal([]byte(comment), &answers); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	for _, f := range findings {
		b.WriteString(string(f.Level) + " in line " + itoa(f.Line) + ": " + f.Message + "; " + f.Fix + "\n")
	}
	show := func(title string, o ViewOptions) {
		o.Form, o.ID = "form-7", "p7-"
		v := p.Public.View(o)
		b.WriteString("== " + title + " ==\n" + strings.ReplaceAll(v.Notice+v.Body+v.Hints, "><", ">\n<") + "\n")
	}
	show("fresh", ViewOptions{})
	show("answered", ViewOptions{Answers: answers, Result: p.Secret.Grade(answers), Hints: 1})
	show("closed", ViewOptions{Answers: answers, Submitted: true, Closed: true})
	b.WriteString("== revealed ==\n" + strings.ReplaceAll(p.Public.RevealView(p.Secret.Reveal(), nil), "><", ">\n<") + "\n")
	return b.String()
}
