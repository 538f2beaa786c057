package formula

import "context"

// Mistake is a formula that cannot be typeset.
type Mistake struct{ TeX, Reason string }

// Check tells how many different formulas a fragment holds and which of them learners see as their source. The error says
// that nothing can be typeset.
func (t *Typesetter) Check(ctx context.Context, markup string) (count int, wrong []Mistake, err error) {
	found := formulasOf(scan(markup))
	outcomes, err := t.outcomes(ctx, found)
	if err != nil {
		return 0, nil, err
	}
	for _, f := range found {
		if o := outcomes[f]; o.math == "" {
			wrong = append(wrong, Mistake{f.tex, o.reason})
		}
	}
	return len(found), wrong, nil
}
