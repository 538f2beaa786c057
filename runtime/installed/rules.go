package installed

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/packages"
)

// The rules about packages that depend on the site. They are stored and shown in the reader's language: append-only.
const (
	RuleReserved  packages.Rule = "reserved"  // the name or a type is the binary's, or looks like it
	RuleOwner     packages.Rule = "owner"     // the name belongs to another publisher
	RuleRevoked   packages.Rule = "revoked"   // the key is believed no more
	RuleUnsigned  packages.Rule = "unsigned"  // nobody signed it: needs consent
	RuleDowngrade packages.Rule = "downgrade" // older than what is installed: needs consent
	RuleReused    packages.Rule = "reused"    // a version that is known, with other bytes: needs consent
	RuleWider     packages.Rule = "wider"     // it may do more than before: needs consent
	RuleProcess   packages.Rule = "process"   // it runs as a process, which is trusted code: needs consent, on the server alone
	RuleDescribe  packages.Rule = "describe"  // the code does not say what the manifest says
	RuleSample    packages.Rule = "sample"    // a sample does not come out
	RuleMigrate   packages.Rule = "migrate"   // it cannot read what learners stored
	RuleGrade     packages.Rule = "grade"     // it cannot grade what learners handed in
	RuleLeft      packages.Rule = "left"      // it does not read values that courses or learners have
	RuleMoved     packages.Rule = "moved"     // it is not what was reviewed, or the installed version is another one by now
)

// Consent is what whoever installs agrees to besides. The zero value agrees to nothing.
type Consent struct {
	Unsigned, Downgrade, Reused, Wider bool
	// Broken takes a version that cannot read or grade all that learners have there.
	Broken bool
	// Left takes a version that does not read some values that course teams or learners have there.
	Left bool
	// Process is given by the command line on the server alone.
	Process bool
}

// To reports whether a rule's breach was agreed to.
func (c Consent) To(rule packages.Rule) bool {
	return map[packages.Rule]bool{
		RuleUnsigned: c.Unsigned, RuleDowngrade: c.Downgrade, RuleReused: c.Reused, RuleWider: c.Wider, RuleMigrate: c.Broken, RuleGrade: c.Broken,
		RuleProcess: c.Process, RuleLeft: c.Left,
	}[rule]
}

// ErrNotFound means that no such block is installed.
var ErrNotFound = errors.New("no such block is installed")

// ErrCannot means that what was asked for does not fit how the block stands; the error's text says why.
var ErrCannot = errors.New("that cannot be done")

func cannot(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCannot, fmt.Sprintf(format, args...))
}

func notInstalled(name string) error {
	return fmt.Errorf("%w: %s; quoin block list tells which there are", ErrNotFound, name)
}

func refusal(rule packages.Rule, fix, format string, args ...any) *packages.Refusal {
	return &packages.Refusal{Rule: rule, What: plain(fmt.Sprintf(format, args...)), Fix: fix}
}

// plain gives a text that may hold a package's own words in one line that moves nothing on a terminal and turns no text around:
// whoever decides about a package reads what this program says of it, not what the package makes of that.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == utf8.RuneError, r == 0x2028, r == 0x2029:
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}
