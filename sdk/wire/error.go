package wire

import "fmt"

// Code says what kind of failure an [Error] is. Codes are append-only.
type Code string

// The codes. Those that a block may answer with are BadRequest, NotFound, Conflict, Refused, Unavailable, Internal; the
// others are given by the host and its engines.
const (
	CodeBadRequest  Code = "bad_request" // the learner's or author's input is wrong; the message is shown to them
	CodeNotFound    Code = "not_found"   // no such handler, view or thing
	CodeConflict    Code = "conflict"    // somebody else was faster
	CodeRefused     Code = "refused"     // not allowed
	CodeUnavailable Code = "unavailable" // try again later
	CodeInternal    Code = "internal"    // a defect of the block
	CodeUnsupported Code = "unsupported" // the block does not implement this operation
	CodeABI         Code = "abi"         // another contract number
	CodeTooLarge    Code = "too_large"   // a request or a reply beyond the limits
	CodeBadReply    Code = "bad_reply"   // the block's reply is malformed
	CodeTrap        Code = "trap"        // the guest trapped, panicked or exited
	CodeFuel        Code = "fuel"        // more instructions than its budget
	CodeMemory      Code = "memory"      // more memory than its budget
	CodeDeadline    Code = "deadline"    // not ready in time
	CodeForbidden   Code = "forbidden"   // an effect or a service that this call may not have
	CodeBroken      Code = "broken"      // the block is switched off; the message says why
	CodeMissing     Code = "missing"     // no block of this type is installed
	CodeStopping    Code = "stopping"    // the server is shutting down
)

// Blame says whose fault a failure is.
type Blame string

// Who may be to blame.
const (
	BlameBlock   Blame = "block"
	BlameHost    Blame = "host"
	BlameOutside Blame = "outside" // a learner's input, an author's text, a remote service
)

// Error is a failure that crosses the boundary. The code travels, not the text: callers decide by Code alone.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Blame   Blame  `json:"blame"`
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("%s (%s, blame %s)", e.Message, e.Code, e.Blame)
}

// Is makes errors.Is(err, &Error{Code: c}) match any error of that code.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Message == ""
}

// Errorf makes an Error.
func Errorf(code Code, blame Blame, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Blame: blame}
}

// WrongABI is the refusal of a block or a message of another contract number; it names both.
func WrongABI(got int) *Error {
	return Errorf(CodeABI, BlameBlock, "built for ABI %d, this host speaks ABI %d: rebuild the block with a matching SDK", got, ABI)
}
