package sdk

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// QuestionElement is an element of the platform that a block of the binary names as its view's: it puts the elements of the SDK
// around the view's own choices and submit bar, which the sanitiser would not let through as elements. Blocks from elsewhere write
// the elements themselves.
const QuestionElement = "quoin-question"

// Fragment is what a view shows. See wire.Fragment for what the host replaces in its markup.
type Fragment struct {
	HTML    string
	Styles  []string
	Scripts []string
	// Element wraps the view once its script runs; Init is given to it as JSON.
	Element string
	Init    any
	Bundle  string
	Entry   string
	Height  int
	// Marking is what graders choose by, from the view wire.ViewGrade alone.
	Marking *wire.Marking
}

func (f Fragment) wire() (*wire.Fragment, error) {
	out := &wire.Fragment{
		HTML: wire.Blob{Data: []byte(f.HTML)}, Styles: f.Styles, Scripts: f.Scripts, Element: f.Element,
		Bundle: f.Bundle, Entry: f.Entry, Height: f.Height, Marking: f.Marking,
	}
	if f.Init == nil {
		return out, nil
	}
	var err error
	out.Init, err = json.Marshal(f.Init)
	return out, err
}
