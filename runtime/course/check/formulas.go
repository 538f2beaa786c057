package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/kernel"
)

// Formulas is what came of the TeX in what blocks show, answers and hints left aside.
type Formulas struct {
	Count int `json:"count"`
	// Wrong are shown to learners as their source.
	Wrong []Trouble `json:"wrong"`
}

// maxQuoted bounds what is quoted of a formula, in bytes.
const maxQuoted = 120

// formulas looks at the formulas of a rendered block.
func (c *checking) formulas(ctx context.Context, shown *kernel.Shown) error {
	if c.config.Formulas == nil || shown.Rendered == nil {
		return nil
	}
	count, wrong, err := c.config.Formulas.Check(ctx, shown.HTML)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("typesetting formulas: %w", err)
	}
	if err != nil { // they cannot be typeset here, which the typesetter has logged
		c.config.Formulas, c.report.Formulas = nil, nil
		return nil //nolint:nilerr // a check without formulas is a check all the same
	}
	c.report.Formulas.Count += count
	for _, mistake := range wrong {
		tex := strings.ToValidUTF8(mistake.TeX[:min(len(mistake.TeX), maxQuoted)], "")
		c.report.Formulas.Wrong = append(c.report.Formulas.Wrong,
			c.trouble(shown.Block, fmt.Sprintf("%s in %q", mistake.Reason, tex), "correct the TeX; learners see it as it is written"))
	}
	return nil
}
