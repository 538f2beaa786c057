package firstblock

import (
	"fmt"
	"os"
	"path/filepath"
)

// Where the block stands in the course of [WriteCourse].
const (
	CourseHome = "/courses/course-v1:Quoin+First+1"
	Unit       = CourseHome + "/units/unit"
	usage      = "block-v1:Quoin+First+1+type@%s+block@question"
)

// FormPath is where the forms of the block's view go.
func FormPath(block string) string { return CourseHome + "/blocks/" + fmt.Sprintf(usage, block) }

// WriteCourse writes a course of one graded unit that holds the block, of a type that no site knows yet.
func WriteCourse(dir, block string) error {
	for name, content := range map[string]string{
		"course.xml": `<course org="Quoin" course="First" url_name="1"/>`,
		"course/1.xml": `<course display_name="A first block" start="2020-01-01T00:00:00Z"><chapter display_name="Week 1">` +
			`<sequential display_name="Homework" format="Homework" graded="true"><vertical url_name="unit" display_name="A question">` +
			`<` + block + ` url_name="question" display_name="A question of a new kind"/></vertical></sequential></chapter></course>`,
		"policies/1/policy.json": `{"course/1": {"display_name": "A first block", "start": "2020-01-01T00:00:00Z"}}`,
		"policies/1/grading_policy.json": `{"GRADER": [{"type": "Homework", "min_count": 1, "drop_count": 0, "weight": 1}], ` +
			`"GRADE_CUTOFFS": {"Pass": 0.5}}`,
	} {
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
