package problem

import (
	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// attributes are those of <problem> that are fields here. The others are the host's: it keeps what nobody knows.
var attributes = map[string]wire.FieldType{
	"display_name": wire.TypeString, "markdown": wire.TypeText, "markdown_edited": wire.TypeBoolean,
	"max_attempts": wire.TypeInteger, "weight": wire.TypeNumber, "grading_method": wire.TypeString,
	"submission_wait_seconds": wire.TypeNumber, "showanswer": wire.TypeString, "attempts_before_showanswer_button": wire.TypeInteger,
	"show_correctness": wire.TypeString, "rerandomize": wire.TypeString, "show_reset_button": wire.TypeBoolean,
	"force_save_button": wire.TypeBoolean, "use_latex_compiler": wire.TypeBoolean,
}

// nullable are the numbers for which null means something: no limit where one is inherited, raw points.
var nullable = map[string]bool{"max_attempts": true, "weight": true}

// ImportOLX implements sdk.Importer: data is what stands inside of the element, byte for byte. Numbers that are none stay the
// host's to report.
func (block) ImportOLX(_ *sdk.Call, source []byte, _ []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	element, err := olx.Read(source)
	if err != nil {
		return nil, nil, sdk.Refuse("reading the problem's element: %v", err)
	}
	fields, _ := element.Fields(attributes)
	for name, value := range fields {
		if string(value) == "null" && !nullable[name] {
			delete(fields, name)
		}
	}
	fields["data"] = olx.String(element.Inner)
	_, found, _ := compile(element.Inner) // its error is among the findings
	findings := inField("", found)
	for i := range findings {
		findings[i].Line += element.Line - 1
	}
	return fields, findings, nil
}
