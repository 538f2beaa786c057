package problem

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/blocks/problem/markdown"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// handlerSettle keeps the OLX that learners get and the markdown that an author wrote from saying two things, where one of them was
// changed without the editor.
const handlerSettle = "settle"

// sources are the fields that say what a problem is.
type sources struct {
	Data     string  `json:"data"`
	Markdown *string `json:"markdown"`
}

func (s *sources) markdown() string {
	if s.Markdown == nil {
		return ""
	}
	return *s.Markdown
}

func settle(r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	var sent struct{ Was, Now sources }
	if err := json.Unmarshal(r.Body.Data, &sent); err != nil {
		return nil, sdk.Refuse(`send {"was": {...}, "now": {...}} as JSON`)
	}
	fields, err := agreement(&sent.Was, &sent.Now)
	if err != nil {
		return nil, sdk.Refuse("%v", err)
	}
	return sdk.JSON(struct {
		Fields wire.Fields `json:"fields"`
	}{fields}), nil
}

// agreement is what has to change: markdown that alone was changed makes the OLX, and goes where the OLX was changed to something else.
func agreement(was, now *sources) (wire.Fields, error) {
	typed, changed := now.markdown() != was.markdown(), now.Data != was.Data
	if !typed && !changed {
		return wire.Fields{}, nil
	}
	gone := wire.Fields{"markdown": json.RawMessage("null"), "markdown_edited": json.RawMessage("false")}
	if now.markdown() == "" {
		if typed {
			return gone, nil
		}
		return wire.Fields{}, nil
	}
	converted, err := markdown.ToOLX(now.markdown())
	if err != nil {
		return nil, err
	}
	switch {
	case markdown.Same(converted.OLX, now.Data):
		return wire.Fields{}, nil
	case changed:
		return gone, nil
	}
	data, err := json.Marshal(converted.OLX)
	if err != nil {
		return nil, err
	}
	return wire.Fields{"data": data, "markdown_edited": json.RawMessage("true")}, nil
}
