package packages

import (
	"errors"
	"fmt"
)

// Rule names why a package is refused. Rules are stored and shown in the reader's language: append-only.
type Rule string

// The rules that a package can break by itself, whatever the site.
const (
	RuleArchive   Rule = "archive"   // it is no archive of ours, or one that is too large, too deep, damaged or hostile
	RuleIndex     Rule = "index"     // the index and the files disagree
	RuleManifest  Rule = "manifest"  // block.json is not valid, or says something else than the index
	RuleABI       Rule = "abi"       // built for another version of the contract
	RuleSignature Rule = "signature" // the signature is not of these bytes
	RulePlatform  Rule = "platform"  // a process for another kind of machine
)

// Refusal says why a package is not taken, and how that can be mended.
type Refusal struct {
	Rule Rule `json:"rule"`
	// What is wrong, with its place; Fix is how to mend it.
	What string `json:"what"`
	Fix  string `json:"fix,omitempty"`
	// Err is the cause, if there is one.
	Err error `json:"-"`
}

// Error implements error: what and how to mend it, in one line.
func (r *Refusal) Error() string {
	text := r.What
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	if r.Fix != "" {
		text += "; " + r.Fix
	}
	return text
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// RuleOf gives the rule of the first [Refusal] in err's chain, or "".
func RuleOf(err error) Rule {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Rule
	}
	return ""
}

func refuse(rule Rule, fix, format string, args ...any) error {
	return &Refusal{Rule: rule, What: fmt.Sprintf(format, args...), Fix: fix}
}
