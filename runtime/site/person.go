package site

import (
	"context"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
)

// allow reads what the person was given in the run. A visitor was given nothing.
func (s *Site) allow(ctx context.Context, p *access.Person) error {
	if p.Learner == "" {
		return nil
	}
	mine, err := s.Allowances.Of(ctx, p.Run, p.Learner)
	if err != nil {
		return err
	}
	for subsection, granted := range mine.Subsections {
		if granted.Due != nil {
			if p.Extensions == nil {
				p.Extensions = map[string]time.Time{}
			}
			p.Extensions[subsection] = *granted.Due
		}
	}
	return nil
}
