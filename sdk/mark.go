package sdk

import (
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// NewestMark is what a grader gave last, by the form that the platform drew of wire.Marking; nil while there is none, or when it
// was taken back.
func NewestMark(evidence []wire.Evidence) (*wire.Mark, error) {
	if len(evidence) == 0 {
		return nil, nil
	}
	var mark wire.Mark
	if err := json.Unmarshal(evidence[len(evidence)-1].Data, &mark); err != nil {
		return nil, fmt.Errorf("reading a grader's mark: %w", err)
	}
	if mark.Withdrawn {
		return nil, nil
	}
	return &mark, nil
}
