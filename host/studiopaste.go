package host

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// studioPasteHere copies components into a unit, from this course or another one that the author may change: of others nothing comes
// out here (security R13).
func (r *request) studioPasteHere() error {
	unit, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	from, err := r.copied()
	if err != nil {
		return err
	}
	after := authoring.Last
	if values := r.formAll("after"); len(values) > 0 && values[0] != "" {
		behind, err := r.ownUsage(values[0])
		if err != nil {
			return err
		}
		after = behind.String()
	}
	made, op, err := r.authoring().Paste(r.ctx(), r.author(), unit, after, from...)
	if err != nil {
		return r.studioFailure(err)
	}
	done := studioDone{Op: op.ID, Did: "pasted", Message: r.words.T("studio_unit.pasted", len(made))}
	for _, usage := range slices.Backward(made) {
		done.Focus = usage.String()
	}
	return r.studioAnswer(done)
}

// copied reads which blocks are to be pasted. They stand in this course or in another one whose author the reader is.
func (r *request) copied() ([]key.Usage, error) {
	texts := r.formAll("usage")
	if len(texts) == 0 || len(texts) > maxUsages {
		return nil, fiber.ErrBadRequest
	}
	var from []key.Usage
	for _, text := range texts {
		usage, err := key.ParseUsage(text)
		if err != nil || usage.Course.IsZero() {
			return nil, fiber.ErrBadRequest
		}
		from = append(from, usage)
	}
	return from, nil
}
