package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// findings asks a block for its author's mistakes: what a learner would meet only when he answers, such as no right answer, a
// pattern that is none, a script that fails. A block that fails at it is told as a finding too.
func (c *checking) findings(ctx context.Context, block *course.Block) error {
	revision, err := c.config.Kernel.Courses().Revision(ctx, block.Hash)
	if err != nil {
		return err
	}
	fields := wire.Fields{}
	for name, text := range revision.Fields {
		fields[name] = json.RawMessage(text)
	}
	found, err := c.config.Kernel.Check(ctx, c.published, block.Usage.Type, fields, kernel.ChildFacts(block))
	var failure *wire.Error
	if errors.As(err, &failure) {
		c.report.Findings = append(c.report.Findings, c.trouble(block, "it could not be checked: "+failure.Message, fixOf(failure)))
		return nil
	}
	if err != nil {
		return err
	}
	for i := range found {
		f := &found[i]
		if f.Level == wire.LevelHint {
			continue
		}
		message := fmt.Sprintf("%s: %s", f.Level, f.Message)
		switch {
		case f.Line > 0 && f.Field != "":
			message = fmt.Sprintf("%s, line %d of %s: %s", f.Level, f.Line, f.Field, f.Message)
		case f.Field != "":
			message = fmt.Sprintf("%s, %s: %s", f.Level, f.Field, f.Message)
		}
		c.report.Findings = append(c.report.Findings, c.trouble(block, message, f.Fix))
	}
	return nil
}
