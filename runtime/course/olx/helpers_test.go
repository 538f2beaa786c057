package olx_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

// archive is a small course in the folder "course"; a test adds files to it or puts others in their place.
type archive map[string]string

// small gives a course of one chapter, one sequential and one vertical "v", whose content the test says.
func small(vertical string, more archive) archive {
	files := archive{
		"course.xml":       `<course url_name="R" org="O" course="C"/>`,
		"course/R.xml":     `<course display_name="Course"><chapter url_name="c"/></course>`,
		"chapter/c.xml":    `<chapter><sequential url_name="s"/></chapter>`,
		"sequential/s.xml": `<sequential><vertical url_name="v"/></sequential>`,
		"vertical/v.xml":   vertical,
	}
	maps.Copy(files, more)
	return files
}

func (a archive) read(t *testing.T, options olx.Options) (*olx.Course, []olx.Finding, error) {
	t.Helper()
	packed := map[string]string{}
	for name, data := range a {
		packed["course/"+name] = data
	}
	return olx.Read(context.Background(), intaketest.Open(t, packed), options)
}

func mustRead(t *testing.T, a archive) (*olx.Course, []olx.Finding) {
	t.Helper()
	course, findings, err := a.read(t, olx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return course, findings
}

// want compares findings, each as "code file:line:column type id".
func want(t *testing.T, findings []olx.Finding, wanted ...string) {
	t.Helper()
	got := make([]string, len(findings))
	for i, f := range findings {
		place := fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(f.File, "course/"), f.Line, f.Column)
		got[i] = strings.TrimSpace(fmt.Sprintf("%s %s %s %s", f.Code, place, f.Type, f.ID))
		if f.Message == "" || f.Level == "" {
			t.Errorf("a finding without message or level: %+v", f)
		}
	}
	if strings.Join(got, "\n") != strings.Join(wanted, "\n") {
		t.Errorf("got findings\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(wanted, "\n  "))
		for _, f := range findings {
			t.Log(f)
		}
	}
}

// outline writes a tree as "type id(child child)".
func outline(block *olx.Block) string {
	if block == nil {
		return "nothing"
	}
	text := block.Type + " " + block.ID
	if len(block.Children) == 0 {
		return text
	}
	parts := make([]string, len(block.Children))
	for i, child := range block.Children {
		parts[i] = outline(child)
		if child.Parent != block {
			parts[i] += " (of another parent)"
		}
	}
	return text + "(" + strings.Join(parts, ", ") + ")"
}

func vertical(t *testing.T, course *olx.Course) *olx.Block {
	t.Helper()
	block, ok := course.Block("vertical", "v")
	if !ok {
		t.Fatal("there is no vertical v")
	}
	return block
}
