package capa

// Prepared is one problem, ready to be rendered and graded. Neither value is changed after it was made.
type Prepared struct {
	Public *Public
	Secret *Secret
	Facts  Facts
}

// Facts is what the platform keeps of a problem. Nothing in it hints at a key.
type Facts struct {
	// MaxScore is the raw maximum: the sum of the inputs' points.
	MaxScore float64
	// Questions counts responses, Inputs the fields to fill in.
	Questions, Inputs int
	// Hints counts hints on demand.
	Hints int
	// Varies says that [Prepared.Variant] must be asked for each seed (and, with Learner, for each learner).
	Varies, Learner bool
	// Shuffles says that the seed changes the order of choices, which [Public.View] sees to.
	Shuffles bool
	// Script is the problem's Python: it must run before [Prepared.Variant].
	Script bool
	// Solutions says that there is an explanation besides the answers.
	Solutions bool
	// Types are the response types in order, Unsupported those that are not built yet, each once.
	Types, Unsupported []string
	// Search is plain text.
	Search string
}

// Public is what rendering needs. It holds no key, no hint that depends on an answer, and no explanation.
type Public struct {
	Body   []Piece  `json:"b"`
	Inputs []Input  `json:"i,omitempty"`
	Hints  []string `json:"h,omitempty"`
	// Questions counts responses.
	Questions int `json:"q,omitempty"`
	// Unvaried says that the values of variables are missing.
	Unvaried bool `json:"u,omitempty"`
}

// PieceKind says what stands at a place of the body.
type PieceKind int

// The kinds. Append-only: prepared values are stored.
const (
	PieceHTML     PieceKind = iota // the author's HTML
	PieceInput                     // N is the index of an input
	PieceOpen                      // a question begins; N is the index of its response
	PieceClose                     // it ends
	PieceTargeted                  // where explanations for the chosen answer stand; N is the index of the response
	PieceMissing                   // a response of a type that is not built; HTML is the type, plain
)

// Piece is a part of the body.
type Piece struct {
	Kind PieceKind `json:"k,omitempty"`
	HTML string    `json:"h,omitempty"`
	N    int       `json:"n,omitempty"`
}

// InputKind says what a field looks like.
type InputKind string

// The kinds. Append-only.
const (
	Radio    InputKind = "r" // one of several choices
	Checkbox InputKind = "c" // any of several choices
	Select   InputKind = "s" // a list that opens
	Text     InputKind = "t" // a line of text
	Formula  InputKind = "f" // a line of mathematics
	Area     InputKind = "a" // several lines of text

	Point      InputKind = "p" // a point in a picture
	Annotation InputKind = "n" // a comment and one of several tags
	RadioText  InputKind = "x" // one of several choices, with number fields in them
	CheckText  InputKind = "y" // any of several choices, likewise

	Activity InputKind = "j" // an author's page in a frame
	Board    InputKind = "b" // things to put somewhere on a picture
	Upload   InputKind = "u" // files
)

// Input is a field.
type Input struct {
	ID   string    `json:"i"`
	Kind InputKind `json:"k"`
	// Response is the index of the response.
	Response int `json:"r,omitempty"`
	// Label and Notes are HTML: what is asked, and remarks on it.
	Label string   `json:"l,omitempty"`
	Notes []string `json:"d,omitempty"`
	// Choices are shown in this order, unless Shuffle lets the seed change it. Pool is how many of them are drawn, 0 is all.
	Choices []Choice `json:"c,omitempty"`
	Shuffle bool     `json:"x,omitempty"`
	Pool    int      `json:"p,omitempty"`
	// Size is a line's width in characters; 0 is the usual one.
	Size int `json:"s,omitempty"`
	Rows int `json:"o,omitempty"` // an area's height in lines; 0 is the usual one
	// Language is that of a program which an area takes, "text" for none; "" is no program. Indent is how wide a step of it is.
	Language string `json:"m,omitempty"`
	Indent   int    `json:"z,omitempty"`
	Trailing string `json:"t,omitempty"` // plain text behind the field, such as a unit
	Inline   bool   `json:"n,omitempty"` // stands in a sentence
	Hidden   bool   `json:"h,omitempty"`
	// Image and Note are set where the kind shows them.
	Image *picture `json:"g,omitempty"`
	Note  *note    `json:"e,omitempty"`
	// Activity, Board and Upload are, too.
	Activity *activity `json:"j,omitempty"`
	Board    *board    `json:"b,omitempty"`
	Upload   *upload   `json:"u,omitempty"`
	// Given is what stands in an area before anybody wrote there.
	Given string `json:"v,omitempty"`
}

// Choice is one of an input's.
type Choice struct {
	Name string `json:"n"`
	// HTML is what is shown; "" shows the name.
	HTML  string `json:"h,omitempty"`
	Fixed bool   `json:"f,omitempty"` // keeps its place
	// Parts are the choice's HTML and number fields, where it may have some.
	Parts []choicePart `json:"p,omitempty"`
}

// Secret is what grading, revealing and varying need.
type Secret struct {
	Responses []Response `json:"r"`
	Solutions []Solution `json:"s,omitempty"`
	// Source is the author's XML, in problems with variables only, until a variant is made.
	Source string `json:"x,omitempty"`
	// Script is the problem's Python, likewise.
	Script string `json:"p,omitempty"`
	// Setup is what programs that grade find, in variants of problems with a script.
	Setup *setup `json:"g,omitempty"`
}

// Solution is an author's explanation.
type Solution struct {
	// N numbers solutions in document order from 1.
	N    int    `json:"n"`
	HTML string `json:"h"`
	// Explains is the explanation-id, Pool the response whose drawn answer decides whether it shows, from 1; 0 is none.
	Explains string `json:"e,omitempty"`
	Pool     int    `json:"p,omitempty"`
}

// Response is one question's key. Exactly one of the pointers is set where the type is built and the author made no
// mistake that prevents grading.
type Response struct {
	Type   string `json:"t"`
	Inputs []Slot `json:"i"`
	// Missing says that the type is not built yet, Broken that it cannot be graded.
	Missing bool     `json:"m,omitempty"`
	Broken  *Message `json:"b,omitempty"`

	Choice *choiceKey `json:"c,omitempty"`
	Check  *checkKey  `json:"k,omitempty"`
	Option *optionKey `json:"o,omitempty"`
	String *stringKey `json:"s,omitempty"`
	Number *numberKey `json:"n,omitempty"`
	Custom *customKey `json:"u,omitempty"`

	Formula    *formulaKey    `json:"f,omitempty"`
	Image      *imageKey      `json:"g,omitempty"`
	Annotation *annotationKey `json:"a,omitempty"`
	ChoiceText *choiceTextKey `json:"x,omitempty"`

	Code *codeKey `json:"d,omitempty"`

	// HintFunction is a function of the script's that has the last word on what was judged; "" is none.
	HintFunction string `json:"q,omitempty"`
}

// Slot is an input of a response.
type Slot struct {
	ID     string  `json:"i"`
	Points float64 `json:"p"`
}

// Hint is feedback that an author wrote for an answer.
type Hint struct {
	HTML string `json:"h"`
	// Label replaces "Correct" or "Incorrect"; Bare leaves it out.
	Label string `json:"l,omitempty"`
	Bare  bool   `json:"b,omitempty"`
}
