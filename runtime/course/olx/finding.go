package olx

import (
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Code says what a finding is about. The set is closed; values are append-only.
type Code string

// The codes of findings.
const (
	CodeXML          Code = "xml"           // error: a file is not well-formed; the block is there, broken, its text kept
	CodeEntity       Code = "entity"        // warning: HTML's named entities, which Open edX refuses
	CodeEncoding     Code = "encoding"      // hint: a file that is not UTF-8 was converted
	CodeMissingFile  Code = "missing_file"  // error: a pointer or filename leads to no file (warning where the type is unknown)
	CodePointer      Code = "pointer"       // error: a pointer or filename that leads out of the course
	CodeTag          Code = "tag"           // warning: a definition file's element is not of the pointer's type
	CodeType         Code = "type"          // error: an element's name cannot be a block type; it is left where it stands
	CodeID           Code = "id"            // warning: a url_name that cannot stand in a key; the block has another id
	CodeNoID         Code = "no_id"         // hint: nothing names a block; its id changes when its text does
	CodeConflict     Code = "conflict"      // warning: two different blocks of one name; the second has another id
	CodeSecondParent Code = "second_parent" // warning: a block stands in two places; the first one holds
	CodeCycle        Code = "cycle"         // error: a block contains itself
	CodePolicy       Code = "policy"        // a policy file that cannot be read (error) or names no block (warning)
	CodeJSON         Code = "json"          // error: another JSON file that cannot be read
	CodeInclude      Code = "include"       // warning: an include element, which is not followed
	CodeDraft        Code = "draft"         // warning: a draft whose parent or place is unknown
	CodeUserState    Code = "user_state"    // hint: a learner's or site's data in an attribute, dropped
	CodeSecret       Code = "secret"        // hint: a value that belongs in the secret store
	CodeMissingAsset Code = "missing_asset" // warning: a /static/ link to no file
	CodeBrokenLink   Code = "broken_link"   // warning: a /jump_to_id/ link to no block
	CodeForeign      Code = "foreign"       // warning: a link to something of another course
	CodeUnused       Code = "unused"        // hint: a definition file that no block uses
	CodeCase         Code = "case"          // hint: two file names that differ in case alone
	CodeCourse       Code = "course"        // warning: the course's own element is odd
	CodeTooMany      Code = "too_many"      // warning: there is more of this than is listed
	CodeTOML         Code = "toml"          // error: a library's TOML file that cannot be read; what it describes is left out
	CodeContainer    Code = "container"     // warning: a unit or a collection of a library, which is not kept
	CodeRenamed      Code = "renamed"       // hint: a file that has another name here, since files of components stand together
)

// Finding is one thing that an author should know: what, where and how to mend it.
type Finding struct {
	Code  Code
	Level wire.Level
	// File is a path in the archive; Line and Column count from 1, 0 is unknown.
	File   string
	Line   int
	Column int
	// Type and ID name the block concerned, if there is one.
	Type, ID string
	Message  string
	Fix      string
}

// String gives the finding as one line, as compilers do.
func (f Finding) String() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(intake.Printable(f.File))
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
		}
		b.WriteString(": ")
	}
	fmt.Fprintf(&b, "%s: ", f.Level)
	if f.Type != "" {
		fmt.Fprintf(&b, "%s %s: ", f.Type, intake.Printable(f.ID))
	}
	b.WriteString(f.Message)
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	return b.String()
}

// levels gives the level of each code that has but one.
var levels = map[Code]wire.Level{
	CodeXML: wire.LevelError, CodePointer: wire.LevelError, CodeType: wire.LevelError, CodeCycle: wire.LevelError,
	CodeJSON: wire.LevelError, CodeMissingFile: wire.LevelError, CodePolicy: wire.LevelError,
	CodeEncoding: wire.LevelHint, CodeNoID: wire.LevelHint, CodeUserState: wire.LevelHint, CodeSecret: wire.LevelHint,
	CodeUnused: wire.LevelHint, CodeCase: wire.LevelHint, CodeTOML: wire.LevelError, CodeRenamed: wire.LevelHint,
}

// mostFindings bounds the list: a hostile archive could hold millions of faults.
const mostFindings = 10_000

// find adds a finding. Without a level of its own it takes its code's, which is a warning where nothing else is said.
func (r *reader) find(f Finding) {
	if len(r.findings) >= mostFindings {
		r.unlisted++
		return
	}
	if f.Level == "" {
		f.Level = levels[f.Code]
	}
	if f.Level == "" {
		f.Level = wire.LevelWarning
	}
	r.findings = append(r.findings, f)
}

// findAt adds a finding at an offset of a parsed file.
func (r *reader) findAt(doc *intake.XMLDocument, offset int, block *Block, f Finding) {
	f.File = doc.File
	f.Line, f.Column = doc.Position(offset)
	if block != nil {
		f.Type, f.ID = block.Type, block.ID
	}
	r.find(f)
}
