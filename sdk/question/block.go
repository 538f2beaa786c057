package question

import (
	"slices"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// eventHint is Open edX's event for a hint that a learner asked for.
const eventHint = "edx.problem.hint.demandhint_displayed"

// maxHintText bounds what the event keeps of a hint, in bytes.
const maxHintText = 2000

// Spec says what a kind's methods cannot.
type Spec struct {
	// Catalogue is made by [Words]; nil has the toolkit's words alone.
	Catalogue *sdk.Catalogue
	// Styles name assets of the package that its views need.
	Styles []string
	// Tries lets learners try an answer without submitting it: Judge then gets Submitted.Try and gives a [Result] whose Tried
	// says how it went. It is graded as an answer is, by the workers, and costs no attempt.
	Tries bool
}

// New makes a block of a kind of question: New[Fields, Public, Secret](kind{}, Spec{}).
func New[F, P, S any, PF Fielded[F]](kind Kind[F, P, S], spec Spec) sdk.Block {
	if spec.Catalogue == nil {
		spec.Catalogue = Words(nil)
	}
	roles, state := []wire.Role{wire.RoleLearner}, state
	if _, ok := any(PF(new(F))).(filed); ok {
		state = append(slices.Clone(state), "files")
	}
	// Neither the user nor the clock: everybody who has not answered yet shares one render for each seed.
	view := wire.Reads{Seed: true, Locale: true, Verdict: true, Access: true, Prepared: true, Fields: state}
	handler := wire.Reads{Seed: true, Locale: true, Clock: true, Access: true, Prepared: true, Fields: state}
	views := []wire.View{
		{Name: wire.ViewLearner, Reads: view},
		{Name: wire.ViewStaff, Reads: wire.Reads{Seed: true, Locale: true, Prepared: true}},
	}
	if _, ok := kind.(Marker[P]); ok {
		views = append(views, wire.View{Name: wire.ViewGrade, Reads: wire.Reads{Locale: true, Prepared: true}})
	}
	handlers := []wire.Handler{
		{Name: HandlerSubmit, Roles: roles, Reads: handler, Grades: true},
		{Name: HandlerSave, Roles: roles, Reads: handler},
		{Name: HandlerHint, Roles: roles, Reads: handler},
	}
	if spec.Tries {
		handlers = append(handlers, wire.Handler{Name: HandlerTry, Roles: roles, Reads: handler, Grades: true})
	}
	return sdk.New[F, Public[P], Secret[S]](&block[F, P, S, PF]{kind, spec}, sdk.Spec{
		Views:           views,
		Handlers:        handlers,
		Events:          []wire.EventType{HintEvent()},
		Rerandomize:     "per_student",
		GradeSecretOnly: true,
		Catalogue:       spec.Catalogue,
	})
}

// HintEvent declares the event of an opened hint.
func HintEvent() wire.EventType {
	return wire.EventType{Name: eventHint, Schema: []wire.EventField{
		{Name: "hint_index", Type: wire.TypeInteger},
		{Name: "hint_len", Type: wire.TypeInteger},
		{Name: "hint_text", Type: wire.TypeHTML, Max: maxHintText},
	}}
}

// HintShown adds the event of an opened hint to a reply; at counts from 0.
func HintShown(r *sdk.Reply, hints []string, at int) *sdk.Reply {
	return r.Event(eventHint, struct {
		Index int    `json:"hint_index"`
		Len   int    `json:"hint_len"`
		Text  string `json:"hint_text"`
	}{at, len(hints), hints[at][:min(len(hints[at]), maxHintText)]})
}

// block is a kind with all that questions have in common.
type block[F, P, S any, PF Fielded[F]] struct {
	kind Kind[F, P, S]
	spec Spec
}

// Grade implements sdk.Grader.
func (b *block[F, P, S, PF]) Grade(c *sdk.Call, s sdk.Submission[Public[P], Secret[S]]) (wire.Verdict, error) {
	answers, err := decode(s.Answers)
	if err != nil {
		return wire.Verdict{}, err
	}
	result, err := b.kind.Judge(c, s.Secret.Own, Submitted{
		Answers: answers, Files: s.Files, Evidence: s.Evidence, Attempt: s.Attempt, Locale: answers.First(localeKey), Try: len(answers[tryKey]) > 0,
	})
	if err != nil {
		return wire.Verdict{}, err
	}
	if result.Feedback == "" && result.Tried == nil && result.Invalid == nil && result.Pending == "" {
		result.Feedback = s.Secret.feedback(&result)
	}
	return result.verdict(c, s.Secret.Possible)
}

// feedback is the author's for a result as a whole.
func (s *Secret[S]) feedback(r *Result) string {
	earned, possible := r.Score()
	switch {
	case earned >= possible:
		return s.Right
	case earned > 0:
		return s.Partly
	}
	return s.Wrong
}

// Vary implements sdk.Varier. A version that cannot be made takes no answers and says so; Check tells the author why.
func (b *block[F, P, S, PF]) Vary(c *sdk.Call, public Public[P], secret Secret[S]) (Public[P], Secret[S], error) {
	varier, ok := b.kind.(Varier[P, S])
	if !ok {
		return public, secret, nil
	}
	err := varier.Vary(c.Seed(), &Variant[P, S]{
		Prompt: &public.Prompt, Solution: &secret.Solution, Hints: public.Hints,
		Right: &secret.Right, Partly: &secret.Partly, Wrong: &secret.Wrong, Public: &public.Own, Secret: &secret.Own,
	})
	if err != nil {
		c.Logf(sdk.LevelWarn, "version %d cannot be made: %v", c.Seed(), err)
		public.Unready = true
	}
	return public, secret, nil
}

// Check implements sdk.Checker.
func (b *block[F, P, S, PF]) Check(c *sdk.Call, f *F, _ []wire.Child) ([]wire.Finding, error) {
	findings := PF(f).common().check()
	if checker, ok := b.kind.(Checker[F]); ok {
		findings = append(findings, checker.Check(f)...)
	}
	trier, ok := b.kind.(Trier[F])
	if !ok {
		return findings, nil
	}
	tried, err := trier.TryOut(c, f)
	return append(findings, tried...), err
}
