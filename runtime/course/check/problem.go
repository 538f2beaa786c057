package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// worker names the check in the leases of submissions.
const worker = "course-check"

// problem answers one problem and looks at its verdict.
func (c *checking) problem(ctx context.Context, visit *kernel.Visit, person *access.Person, shown *kernel.Shown) error {
	problems := &c.report.Problems
	problems.Count++
	solution, source, err := c.solution(ctx, visit, shown)
	var failure *wire.Error
	switch {
	case errors.As(err, &failure):
		c.fail(shown, nil, "its block could not say what is right: "+failure.Message, fixOf(failure))
		return nil
	case errors.Is(err, errAnswers):
		c.fail(shown, nil, err.Error(), "name the inputs as the problem's form does")
		return nil
	case err != nil:
		return err
	case solution.Unsupported != "":
		problems.Unsupported++
		problems.Unanswered = append(problems.Unanswered, c.trouble(shown.Block, "not supported yet: "+solution.Unsupported, ""))
		return nil
	case solution.Input == nil:
		problems.AnswerUnknown++
		problems.Unanswered = append(problems.Unanswered, c.trouble(shown.Block, solution.Unknown, "give the answer with --answers"))
		return nil
	}
	response, err := c.send(ctx, person, shown, solution.Input)
	if errors.As(err, &failure) {
		c.fail(shown, solution.Input, "a fresh learner cannot hand in an answer: "+because(shown, failure.Message), fixOf(failure))
		return nil
	}
	if err != nil {
		return err
	}
	if response.Submission == "" {
		c.fail(shown, solution.Input, fmt.Sprintf("its block took the answer but handed nothing in (status %d): %s", response.Status, response.Message), fixBlock)
		return nil
	}
	return c.verdict(ctx, shown, solution.Input, source, response.Submission)
}

// errAnswers marks answers that were given but do not fit the problem.
var errAnswers = errors.New("the given answer does not fit")

// solution is what to send: the answers given, else what the block says. source names which, for the report.
func (c *checking) solution(ctx context.Context, visit *kernel.Visit, shown *kernel.Shown) (solution *wire.Solution, source string, err error) {
	given, ok := c.config.Answers.of(shown.Block)
	if !ok {
		solution, err = visit.Solve(ctx, shown.Block)
		return solution, "the answer that it calls right", err
	}
	at := slices.IndexFunc(shown.Description.Handlers, func(h wire.Handler) bool { return h.Grades })
	if at < 0 {
		return nil, "", fmt.Errorf("%w: blocks of type %s take none", errAnswers, shown.Block.Usage.Type)
	}
	html := ""
	if shown.Rendered != nil {
		html = shown.HTML
	}
	form, err := formOf(given, shown.Block, html)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errAnswers, err)
	}
	return &wire.Solution{Input: &wire.Input{Handler: shown.Description.Handlers[at].Name, Form: form}}, "the given answer", nil
}

// send posts the answer as a page would.
func (c *checking) send(ctx context.Context, person *access.Person, shown *kernel.Shown, input *wire.Input) (*kernel.Response, error) {
	c.requests++
	http := wire.HTTP{Method: "POST", Form: input.Form}
	if input.Form == nil {
		http.ContentType, http.Body = "application/json", wire.Blob{Data: input.JSON}
	}
	encoded, err := json.Marshal(input)
	if err != nil {
		return nil, fmt.Errorf("encoding an answer: %w", err)
	}
	return c.config.Kernel.Handle(ctx, person, c.published, shown.Block, kernel.Request{
		Handler: input.Handler, As: wire.RoleLearner, HTTP: http, ID: fmt.Sprintf("%032x", c.requests), BodyHash: state.BodyHash(encoded),
		Sitting: shown.Sitting,
	})
}

// verdict lets the answer be graded as a worker does, and looks at what came of it.
func (c *checking) verdict(ctx context.Context, shown *kernel.Shown, input *wire.Input, source, submission string) error {
	scorer := c.config.Kernel.Scorer()
	delivered := scorer.Deliver(ctx, submission, worker)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	delivery, err := scorer.Delivery(ctx, submission)
	if err != nil {
		return err
	}
	if delivered != nil || delivery.State != scoring.StateDone && delivery.State != scoring.StatePending {
		c.fail(shown, input, "grading failed: "+delivery.Failure, fixBlock)
		return nil //nolint:nilerr // the delivery keeps the error's text, and it stands in the report
	}
	verdict, err := scorer.Verdict(ctx, submission, delivery.Verdicts)
	if err != nil {
		return err
	}
	if verdict == nil {
		return fmt.Errorf("the verdict on %s is missing", shown.Block.Usage)
	}
	problems := &c.report.Problems
	switch {
	case verdict.Outcome == wire.OutcomePending:
		problems.AnswerUnknown++
		problems.Unanswered = append(problems.Unanswered, c.trouble(shown.Block, "somebody else grades it: "+verdict.Message, ""))
	case verdict.Outcome == wire.OutcomeInvalid:
		c.fail(shown, input, source+" is refused as invalid: "+verdict.Message, "correct the answer key")
	case verdict.Earned < verdict.Possible:
		c.fail(shown, input, fmt.Sprintf("%s earns %v of %v%s", source, verdict.Earned, verdict.Possible, wrong(verdict.Parts)),
			"correct the answer key, so that the answer that it states is the one that it accepts")
	default:
		problems.FullScore++
	}
	return nil
}

// wrong lists the parts that did not earn all that they could.
func wrong(parts []wire.Part) string {
	var list []string
	for _, part := range parts {
		if part.Correctness != wire.Correct {
			list = append(list, part.ID+" is "+string(part.Correctness))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return ": " + strings.Join(list, ", ")
}

func (c *checking) fail(shown *kernel.Shown, input *wire.Input, message, fix string) {
	trouble := c.trouble(shown.Block, message, fix)
	if input != nil {
		trouble.Answers = input.Form
	}
	c.report.Problems.Failed = append(c.report.Problems.Failed, trouble)
}

// because puts the reasons that rules give into words; anything else is a block's own sentence.
func because(shown *kernel.Shown, why string) string {
	if a := shown.Access; a != nil && a.MaxTries != nil && *a.MaxTries == 0 {
		return "it allows no try (max_attempts is 0)"
	}
	switch why {
	case wire.WhyNotReleased:
		return "it is not released"
	case wire.WhyPastDue:
		return "its due date has passed"
	case wire.WhyEnded:
		return "the course is over"
	case wire.WhyPolicy:
		return "a setting of the course forbids it"
	}
	return why
}
