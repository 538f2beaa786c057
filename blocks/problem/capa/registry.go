package capa

// responseType is how one kind of question is read, graded and shown. Implementations have no state.
type responseType interface {
	// compile reads the key of a response whose inputs are known, into its field of r, and the choices of its inputs.
	compile(c *compiler, e *element, r *Response)
	// grade judges a submission. parts has one entry per input, preset to incorrect.
	grade(g *grading, r *Response, parts []Part) *Failure
	// reveal lists the right answers, one entry per input that states one.
	reveal(r *Response) []Shown
	// solve lists answers worth trying for a full score, best first.
	solve(r *Response) []Answers
}

// responseSpec is a row of the table of response types.
type responseSpec struct {
	// inputs are the tags allowed for its fields, most is how many of them (0 has no limit).
	inputs []string
	most   int
	// needs is an attribute that must not be missing or empty.
	needs string
	// impl is nil as long as the type is not built.
	impl responseType
}

// responseOf is the table of response types. A new one is a file with its implementation, a pointer in [Response] and a
// line here.
func responseOf(tag string) (responseSpec, bool) {
	switch tag {
	case "multiplechoiceresponse":
		return responseSpec{inputs: []string{"choicegroup"}, most: 1, impl: multipleChoice{}}, true
	case "choiceresponse":
		return responseSpec{inputs: []string{"checkboxgroup", "radiogroup"}, most: 1, impl: checkChoice{}}, true
	case "optionresponse":
		return responseSpec{inputs: []string{"optioninput"}, impl: optionResponse{}}, true
	case "stringresponse":
		return responseSpec{inputs: []string{"textline"}, most: 1, needs: "answer", impl: stringResponse{}}, true
	case "numericalresponse":
		return responseSpec{
			inputs: []string{"textline", "formulaequationinput"}, most: 1, needs: "answer", impl: numberResponse{},
		}, true
	case "truefalseresponse":
		return responseSpec{inputs: []string{"choicegroup"}, most: 1, impl: trueFalse{}}, true
	case "formularesponse":
		return responseSpec{
			inputs: []string{"textline", "formulaequationinput"}, most: 1, needs: "answer", impl: formulaResponse{},
		}, true
	case "imageresponse":
		return responseSpec{inputs: []string{"imageinput"}, impl: imageResponse{}}, true
	case "annotationresponse":
		return responseSpec{inputs: []string{"annotationinput"}, impl: annotationResponse{}}, true
	case "choicetextresponse":
		return responseSpec{inputs: []string{"radiotextgroup", "checkboxtextgroup"}, most: 1, impl: choiceText{}}, true
	case "customresponse":
		return responseSpec{inputs: []string{
			"textline", "textbox", "formulaequationinput", "chemicalequationinput", "crystallography", "vsepr_input", "designprotein2dinput",
			"editageneinput", "annotationinput", "jsinput", "drag_and_drop_input",
		}, impl: customResponse{}}, true
	case "schematicresponse":
		return responseSpec{inputs: []string{"schematic"}, impl: schematicResponse{}}, true
	case "coderesponse":
		return responseSpec{inputs: []string{"textbox", "codeinput", "filesubmission", "matlabinput"}, impl: codeResponse{}}, true
	case "symbolicresponse", "externalresponse":
		return responseSpec{}, true
	}
	return responseSpec{}, false
}

func isResponse(tag string) bool {
	_, ok := responseOf(tag)
	return ok
}

// inputSpec is a row of the table of input types.
type inputSpec struct {
	// points is what the input counts unless it says otherwise.
	points float64
	// compile fills in what rendering needs; nil as long as the type is not built.
	compile func(c *compiler, e *element, in *Input)
}

// inputOf is the table of input types.
func inputOf(tag string) (inputSpec, bool) {
	switch tag {
	case "choicegroup", "radiogroup":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Radio; c.order(e, in) }}, true
	case "checkboxgroup":
		return inputSpec{1, func(_ *compiler, _ *element, in *Input) { in.Kind = Checkbox }}, true
	case "optioninput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Select; c.inline(e, in) }}, true
	case "textline":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Text; c.line(e, in) }}, true
	case "formulaequationinput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Formula; c.line(e, in) }}, true
	case "chemicalequationinput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Text; c.line(e, in) }}, true
	case "codeinput", "matlabinput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Area; c.line(e, in) }}, true
	case "filesubmission":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { c.upload(e, in) }}, true
	case "textbox", "schematic", "crystallography", "vsepr_input", "designprotein2dinput", "editageneinput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = Area; c.line(e, in) }}, true
	case "annotationinput":
		return inputSpec{2, func(c *compiler, e *element, in *Input) { c.annotation(e, in) }}, true
	case "imageinput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { c.picture(e, in) }}, true
	case "radiotextgroup":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = RadioText; c.textChoices(e, in) }}, true
	case "checkboxtextgroup":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { in.Kind = CheckText; c.textChoices(e, in) }}, true
	case "jsinput":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { c.activity(e, in) }}, true
	case "drag_and_drop_input":
		return inputSpec{1, func(c *compiler, e *element, in *Input) { c.board(e, in) }}, true
	case "editamoleculeinput":
		return inputSpec{points: 1}, true
	}
	return inputSpec{}, false
}

func isInput(tag string) bool {
	_, ok := inputOf(tag)
	return ok
}
