package authoring

import "github.com/quoin-lms/quoin/sdk/wire"

// ReadDraftsByOne makes the working copy be read one draft after the other, as one of thousands is read in parts.
func ReadDraftsByOne() (restore func()) {
	was := draftPage
	draftPage = 1
	return func() { draftPage = was }
}

// ReplaceIn replaces in a text of markup.
func ReplaceIn(markup string, l Looking) (string, int, error) {
	s, err := l.seeker()
	if err != nil {
		return "", 0, err
	}
	var o outcome
	return s.replaced(markup, wire.TypeHTML, &o), o.count, nil
}
