package wire

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// MaxPoints bounds every number of points; sums of such numbers stay finite.
const MaxPoints = 1e9

// CheckVerdict refuses a verdict that cannot be entered: an unknown outcome, the host's own, or points that cannot be added
// up. The first reason, or nil.
func CheckVerdict(v *Verdict) *Error {
	bad := func(format string, args ...any) *Error { return Errorf(CodeBadReply, BlameBlock, format, args...) }
	switch v.Outcome {
	case OutcomeScored, OutcomeInvalid, OutcomePending, OutcomeFailed:
	case OutcomeSubmitted:
		return bad("outcome %q is the host's", v.Outcome)
	default:
		return bad("unknown outcome %q", v.Outcome)
	}
	if !points(v.Earned) || !points(v.Possible) || v.Possible < 0 {
		return bad("earned %v of %v: both must be finite and at most %v, possible 0 or more", v.Earned, v.Possible, float64(MaxPoints))
	}
	for i := range v.Parts {
		if p := &v.Parts[i]; !points(p.Earned) || !points(p.Possible) {
			return bad("part %q: earned %v of %v must be finite and at most %v", p.ID, p.Earned, p.Possible, float64(MaxPoints))
		}
	}
	return nil
}

// unnumbered refuses the body of a scored verdict whose points are null or left out. Other languages write what is no number
// that way, and a learner would get none of the points for his grader's mistake.
func unnumbered(body []byte, v *Verdict) error {
	without := func(p Part) bool { return p.Earned == 0 || p.Possible == 0 }
	if v.Outcome != OutcomeScored || v.Earned != 0 && v.Possible != 0 && !slices.ContainsFunc(v.Parts, without) {
		return nil // each stands there: most verdicts are read once
	}
	type score struct {
		ID       string          `json:"id"`
		Earned   json.RawMessage `json:"earned"`
		Possible json.RawMessage `json:"possible"`
	}
	var said struct {
		score

		Parts []score `json:"parts"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return fmt.Errorf("%w: decoding verdict: %w", ErrFrame, err)
	}
	null := func(raw json.RawMessage) bool { return string(raw) == "null" }
	if len(said.Earned) == 0 || len(said.Possible) == 0 || null(said.Earned) || null(said.Possible) {
		return Errorf(CodeBadReply, BlameBlock, "a scored verdict needs earned and possible as numbers: got earned %s, possible %s",
			orNone(said.Earned), orNone(said.Possible))
	}
	for _, p := range said.Parts {
		if null(p.Earned) || null(p.Possible) {
			return Errorf(CodeBadReply, BlameBlock, "part %q: earned and possible must be numbers, got earned %s, possible %s",
				p.ID, orNone(p.Earned), orNone(p.Possible))
		}
	}
	return nil
}

func orNone(raw json.RawMessage) string { return cmp.Or(string(raw), "none") }

func points(x float64) bool { return Finite(x) && x <= MaxPoints && x >= -MaxPoints }

// CheckFacts refuses facts that would spoil a gradebook. The first reason, or nil.
func CheckFacts(f *Facts) *Error {
	numbers := []struct {
		name  string
		value *float64
	}{{"max_score", f.MaxScore}, {"weight", f.Weight}, {"undrawn", f.Undrawn}}
	for _, n := range numbers {
		if n.value != nil && (!points(*n.value) || *n.value < 0) {
			return Errorf(CodeBadReply, BlameBlock, "%s is %v: it must be 0 or more, finite and at most %v", n.name, *n.value, float64(MaxPoints))
		}
	}
	if completions := []Completion{CompleteNever, CompleteOnView, CompleteOnSubmit, CompleteByBlock, CompleteByContent}; !slices.Contains(completions, f.Completion) {
		return Errorf(CodeBadReply, BlameBlock, "completion %q is none of view, submit, block, aggregate: left out, the block takes no part", f.Completion)
	}
	return CheckUploads(f.Uploads)
}

// statuses are those that a handler or mount may answer with; replyHeaders those that it may set.
var (
	statuses     = []int{0, 200, 201, 202, 204, 303, 400, 403, 404, 409, 413, 422, 429}
	replyHeaders = []string{"content-disposition", "content-language", "etag", "last-modified", "cache-control", "retry-after"}
)

// CheckAnswer refuses the HTTP side of a handler's or mount's reply: a status or header that is not allowed, a header that
// would be two, a content type that is none, a location that leaves the block. Which content types beside the four of every
// block are allowed is known to the manifest alone. The first reason, or nil.
func CheckAnswer(r *HandleReply) *Error {
	bad := func(format string, args ...any) *Error { return Errorf(CodeBadReply, BlameBlock, format, args...) }
	if !slices.Contains(statuses, r.Status) {
		return bad("status %d: use one of %v", r.Status, statuses[1:])
	}
	for name, value := range r.Headers {
		if !slices.Contains(replyHeaders, strings.ToLower(name)) {
			return bad("header %q: a reply may set %s", name, strings.Join(replyHeaders, ", "))
		}
		if strings.ContainsAny(value, "\r\n\x00") {
			return bad("header %q holds a line break", name)
		}
	}
	if r.ContentType != "" && !mediaType(r.ContentType) {
		return bad("content_type %q is no media type such as text/csv; charset=utf-8", r.ContentType)
	}
	switch {
	case r.Location == "":
	case r.Status != 303:
		return bad("location needs status 303, not %d", r.Status)
	case !strings.HasPrefix(r.Location, "/") || strings.HasPrefix(r.Location, "//") || strings.ContainsAny(r.Location, "\\\r\n\x00"):
		return bad("location %q must be a path below the block's own address that starts with one /", r.Location)
	}
	return nil
}

// mediaType reports whether a content type has the form type/subtype, with what follows it in printable ASCII. Package mime
// would do more and put its tables into every guest.
func mediaType(contentType string) bool {
	printable := func(r rune) bool { return r > ' ' && r < 0x7f }
	if strings.ContainsFunc(contentType, func(r rune) bool { return !printable(r) && r != ' ' }) {
		return false
	}
	full, _, _ := strings.Cut(contentType, ";")
	kind, sub, ok := strings.Cut(strings.TrimSpace(full), "/")
	return ok && kind != "" && sub != "" && !strings.ContainsAny(kind+sub, ` "(),/:;<=>?@[\]{}`)
}
