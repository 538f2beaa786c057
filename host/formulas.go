package host

// formulas typesets the TeX in the texts of a fragment, before anything of this reader is put in: so what was typeset is
// remembered for everybody.
func (r *request) formulas(html string) string {
	return r.site().Formulas.HTML(r.ctx(), html, r.words.T("formula.wrong"))
}
