package host

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// Before a change alters grades that learners have, its author is told of how many and how.

// shiftPart says what a change would make of grades, line by line.
type shiftPart struct {
	Lines []string
	// Agree is what a form sends back to have it so.
	Agree string
}

// shiftPart puts a shift into words, nil where no grade would change.
func (r *request) shiftPart(shift *scoring.Shift) *shiftPart {
	if shift.Changed == 0 {
		return nil
	}
	part := &shiftPart{Lines: []string{r.words.T("studio_shift.changed", shift.Changed, shift.Looked, percentText(shift.Most))}}
	for _, line := range []struct {
		name  string
		count int
	}{{"lowered", shift.Lowered}, {"letters", shift.Letters}, {"lost", shift.Lost}, {"gained", shift.Gained}} {
		if line.count > 0 {
			part.Lines = append(part.Lines, r.words.T("studio_shift."+line.name, line.count))
		}
	}
	if shift.Looked < shift.Grades {
		part.Lines = append(part.Lines, r.words.T("studio_shift.looked", shift.Looked, shift.Grades))
	}
	return part
}

// policyShift says what a grading policy would make of grades, nil for nothing or where its author has agreed to it.
func (r *request) policyShift(policy *grading.Policy, rules string, renamed []authoring.Rename) (*shiftPart, error) {
	if r.run.Head.Root == "" {
		return nil, nil
	}
	published, err := r.site().Courses.Published(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, name := range renamed {
		names[name.From] = name.To
	}
	shift, err := r.kernel().Scorer().ShiftByPolicy(r.ctx(), published, *policy, names)
	if err != nil {
		return nil, err
	}
	part := r.shiftPart(&shift)
	sum := sha256.Sum256([]byte(rules))
	agree := hex.EncodeToString(sum[:8])
	if part == nil || r.form("agreed") == agree {
		return nil, nil
	}
	part.Agree = agree
	return part, nil
}

// undoneShift says what the undo of an operation would make of grades, nil for nothing or where its author has agreed to it.
func (r *request) undoneShift(op string) (*shiftPart, error) {
	rules, renamed, changes, err := r.authoring().UndonePolicy(r.ctx(), r.course, op)
	if err != nil {
		return nil, r.studioFailure(err)
	}
	if !changes {
		return nil, nil
	}
	policy := runPolicy(&course.Run{Grading: rules})
	return r.policyShift(&policy, rules, renamed)
}

// refuseShift asks the author of a policy whether grades are to change.
func (r *request) refuseShift(body *gradingPolicyBody) error {
	if !r.wantsData() {
		return r.showPolicy(fiber.StatusUnprocessableEntity, body, map[string]string{"agreed": r.words.T("studio_shift.needed")})
	}
	html, err := r.studioTemplate("studio-shift", page{W: r.words, Body: body.Shift})
	if err != nil {
		return err
	}
	return r.data(fiber.StatusUnprocessableEntity, fiber.Map{"error": r.words.T("studio_shift.needed"), "html": html})
}

// contentShift says what publishing parts of the course would make of grades.
func (r *request) contentShift(usages []key.Usage) (*shiftPart, error) {
	if r.run.Head.Root == "" {
		return nil, nil
	}
	if graded, err := r.kernel().Scorer().Graded(r.ctx(), r.course); err != nil || !graded {
		return nil, err
	}
	published, err := r.site().Courses.Published(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	after, err := r.authoring().PreviewPublish(r.ctx(), r.course, usages...)
	if err != nil {
		return nil, r.studioFailure(err)
	}
	shift, err := r.kernel().Scorer().ShiftByContent(r.ctx(), published, after)
	if err != nil {
		return nil, err
	}
	return r.shiftPart(&shift), nil
}
