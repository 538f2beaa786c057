package problem_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// inaccessible lists what a screen reader would stumble over: controls without a name or a form, references to ids that
// do not exist, ids that stand twice, form elements, tags that do not match.
func inaccessible(html string) []string {
	decoder := xml.NewDecoder(strings.NewReader("<x>" + html + "</x>"))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	decoder.Entity = xml.HTMLEntity
	var problems, references, open []string
	ids, labelled := map[string]bool{}, map[string]bool{}
	var unnamed []string
	for {
		token, err := decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				problems = append(problems, err.Error())
			}
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			attrs := map[string]string{}
			for _, a := range token.Attr {
				attrs[a.Name.Local] = a.Value
			}
			if id, ok := attrs["id"]; ok {
				if ids[id] {
					problems = append(problems, "the id "+id+" stands twice")
				}
				ids[id] = true
			}
			if target, ok := attrs["for"]; ok {
				references = append(references, target)
				labelled[target] = true
			}
			references = append(references, strings.Fields(attrs["aria-describedby"])...)
			switch tag := token.Name.Local; tag {
			case "form":
				problems = append(problems, "there is a form element")
			case "input", "select":
				if attrs["form"] == "" || !strings.HasPrefix(attrs["name"], "input_") {
					problems = append(problems, fmt.Sprintf("<%s %v> has no form or name", tag, attrs))
				}
				inLabel := len(open) > 0 && open[len(open)-1] == "label"
				if !inLabel && attrs["aria-label"] == "" {
					unnamed = append(unnamed, attrs["id"])
				}
			}
			open = append(open, token.Name.Local)
		case xml.EndElement:
			if open[len(open)-1] != token.Name.Local {
				problems = append(problems, fmt.Sprintf("</%s> closes <%s>", token.Name.Local, open[len(open)-1]))
			}
			open = open[:len(open)-1]
		}
	}
	for _, target := range references {
		if !ids[target] {
			problems = append(problems, "no element has the id "+target)
		}
	}
	for _, id := range unnamed {
		if !labelled[id] {
			problems = append(problems, "the control "+id+" has no name")
		}
	}
	return problems
}

// Every recorded problem renders before and after each recorded answer.
func TestRecordedProblemsRenderAccessibly(t *testing.T) {
	views := 0
	cases.Each(t, "gradings.jsonl", func(line grading) {
		p, _, err := capa.Compile(line.XML)
		if err != nil {
			return
		}
		p, _, err = p.Variant(capa.Variation{Seed: line.Seed})
		if err != nil {
			t.Fatalf("%s: %v", line.ID, err)
		}
		options := []capa.ViewOptions{{}, {Submitted: true, Closed: true}}
		for i := range line.Cases {
			answers := capa.Answers{}
			for id, value := range line.Cases[i].Answers {
				answers[strings.TrimPrefix(id, problemID)] = answerOf(value)
			}
			options = append(options, capa.ViewOptions{Answers: answers, Result: p.Secret.Grade(answers), Hints: i})
		}
		for _, o := range options {
			o.Form, o.ID = "f", "p-"
			v := p.Public.View(o)
			views++
			for _, problem := range inaccessible(v.Notice + v.Body + v.Hints) {
				t.Errorf("%s: %s\n%s", line.ID, problem, v.Body)
			}
		}
		if problems := inaccessible(p.Public.RevealView(p.Secret.Reveal(), nil)); len(problems) > 0 {
			t.Errorf("%s: revealed: %v", line.ID, problems)
		}
	})
	t.Logf("%d views", views)
}
