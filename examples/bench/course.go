package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What is measured: a unit of five blocks, and many problems of one kind in another.
const (
	courseKey  = "course-v1:Quoin+Bench+1"
	courseHome = "/courses/" + courseKey
	pageUnit   = courseHome + "/units/page"
	problems   = 8
)

func problemID(n int) string { return fmt.Sprintf("p%d", n) }

// problemPath is where a problem's form goes.
func problemPath(n int) string {
	return courseHome + "/blocks/block-v1:Quoin+Bench+1+type@problem+block@" + problemID(n)
}

// writeCourse writes the course that is measured into a folder.
func writeCourse(dir string) error {
	text := strings.Repeat("<p>A block is a function from a message to a message. It holds nothing between calls, so that a call "+
		"can be repeated, remembered and moved.</p>\n", 4)
	files := map[string]string{
		"course.xml": `<course org="Quoin" course="Bench" url_name="1"/>`,
		"course/1.xml": `<course display_name="What is measured" start="2020-01-01T00:00:00Z"><chapter display_name="All"><sequential display_name="Page" ` +
			`format="Homework" graded="true"><vertical url_name="page"/></sequential>` +
			`<sequential display_name="Problems" format="Homework" graded="true">` + verticals() + `</sequential></chapter></course>`,
		"vertical/page.xml": `<vertical display_name="Five blocks"><html url_name="t1"/><problem url_name="q1"/>` +
			`<html url_name="t2"/><problem url_name="q2"/><html url_name="t3"/></vertical>`,
		"policies/1/policy.json": `{"course/1": {"display_name": "What is measured", "start": "2020-01-01T00:00:00Z"}}`,
		"policies/1/grading_policy.json": `{"GRADER": [{"type": "Homework", "min_count": 2, "drop_count": 0, "weight": 1}], ` +
			`"GRADE_CUTOFFS": {"Pass": 0.5}}`,
	}
	for n := 1; n <= 3; n++ {
		files[fmt.Sprintf("html/t%d.xml", n)] = fmt.Sprintf(`<html filename="t%d" display_name="Text %d"/>`, n, n)
		files[fmt.Sprintf("html/t%d.html", n)] = text
	}
	for n := 1; n <= 2; n++ {
		files[fmt.Sprintf("problem/q%d.xml", n)] = choice(fmt.Sprintf("Question %d", n))
	}
	for n := range problems {
		files["problem/"+problemID(n)+".xml"] = choice("Problem " + problemID(n))
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func verticals() string {
	var b strings.Builder
	for n := range problems {
		fmt.Fprintf(&b, `<vertical url_name="v%d" display_name="Unit %d"><problem url_name="%s"/></vertical>`, n, n, problemID(n))
	}
	return b.String()
}

func choice(title string) string {
	return `<problem display_name="` + title + `"><multiplechoiceresponse><label>Which of these is a stone?</label>` +
		`<choicegroup type="MultipleChoice"><choice correct="true">a quoin</choice><choice correct="false">a coin</choice>` +
		`<choice correct="false">a coign of vantage</choice><choice correct="false">a quay</choice></choicegroup>` +
		`<solution><p>A quoin is the corner stone that ties two walls together.</p></solution></multiplechoiceresponse></problem>`
}
