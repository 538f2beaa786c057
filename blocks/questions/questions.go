// Package questions is the package of the native question types: one artifact, so that a site compiles and keeps one guest for
// them all. Each type is a folder; sdk/question says how to add one.
package questions

import (
	"github.com/quoin-lms/quoin/blocks/questions/blanks"
	"github.com/quoin-lms/quoin/blocks/questions/calculated"
	"github.com/quoin-lms/quoin/blocks/questions/code"
	"github.com/quoin-lms/quoin/blocks/questions/draganddrop"
	"github.com/quoin-lms/quoin/blocks/questions/dropdown"
	"github.com/quoin-lms/quoin/blocks/questions/fileupload"
	"github.com/quoin-lms/quoin/blocks/questions/grid"
	"github.com/quoin-lms/quoin/blocks/questions/hotspots"
	"github.com/quoin-lms/quoin/blocks/questions/matching"
	"github.com/quoin-lms/quoin/blocks/questions/mathexpression"
	"github.com/quoin-lms/quoin/blocks/questions/multiplechoice"
	"github.com/quoin-lms/quoin/blocks/questions/multipleselect"
	"github.com/quoin-lms/quoin/blocks/questions/numeric"
	"github.com/quoin-lms/quoin/blocks/questions/ordering"
	"github.com/quoin-lms/quoin/blocks/questions/shorttext"
	"github.com/quoin-lms/quoin/sdk"
)

// Block are the types of the package, by the names in block.json.
func Block() sdk.Block {
	return sdk.Types{
		"dropdown":        dropdown.Block(),
		"blanks":          blanks.Block(),
		"code":            code.Block(),
		"drag-and-drop":   draganddrop.Block(),
		"file-upload":     fileupload.Block(),
		"grid":            grid.Block(),
		"hot-spots":       hotspots.Block(),
		"ordering":        ordering.Block(),
		"matching":        matching.Block(),
		"multiple-choice": multiplechoice.Block(),
		"multiple-select": multipleselect.Block(),
		"short-text":      shorttext.Block(),
		"numeric":         numeric.Block(),
		"math-expression": mathexpression.Block(),
		"calculated":      calculated.Block(),
	}
}
