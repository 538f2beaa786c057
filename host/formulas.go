package host

import (
	"html/template"

	"github.com/gofiber/fiber/v2"
)

// formulas typesets the TeX in the texts of a fragment, before anything of this reader is put in: so what was typeset is
// remembered for everybody.
func (r *request) formulas(html string) string {
	return r.site().Formulas.HTML(r.ctx(), html, r.words.T("formula.wrong"))
}

// maxFormula bounds a formula that is shown while it is written, in bytes.
const maxFormula = 4000

// studioFormula shows an author the formula that is being written, as learners will see it.
func (r *request) studioFormula() error {
	tex := r.Query("tex")
	if len(tex) > maxFormula {
		return fiber.ErrRequestEntityTooLarge
	}
	begin, end := `\(`, `\)`
	if r.Query("own") != "" {
		begin, end = `\[`, `\]`
	}
	return r.data(fiber.StatusOK, fiber.Map{"html": r.formulas(template.HTMLEscapeString(begin + tex + end))})
}
