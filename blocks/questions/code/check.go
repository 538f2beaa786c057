package code

import (
	"errors"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// The columns of the lists of tests, for findings.
const (
	columnInput    = 2
	columnExpected = 3
	columnPoints   = 4
	columnFeedback = 5
)

// place is where a test stands in the form.
type place struct {
	field string
	row   int
}

// places are those of the tests, in the order in which they run.
func (f *Fields) places() []place {
	var all []place
	for i := range f.Tests {
		all = append(all, place{"tests", i})
	}
	for i := range f.Hidden {
		all = append(all, place{"hidden_tests", i})
	}
	return all
}

// Check implements question.Checker: what can be told without running anything.
func (k kind) Check(f *Fields) []wire.Finding {
	var findings []wire.Finding
	for _, one := range [][]wire.Finding{
		question.OneOf("language", f.Language, wire.LanguagePython, wire.LanguageJavaScript, wire.LanguageSQL),
		question.OneOf("asks", f.Asks, asksProgram, asksCall),
		question.OneOf("compare", f.Compare, compareTrim, compareExact, compareNumbers, compareRows),
		question.OneOf("time_limit", f.Limit, "short", "normal", "long"),
		question.OneOf("credit", f.Credit, "tests", "all"),
	} {
		findings = append(findings, one...)
	}
	places, prepared := f.places(), k.Prepare(f)
	switch {
	case len(places) == 0:
		return append(findings, question.Wrong("tests", "there are no tests, so no program can be judged", "add some, and better some hidden ones too"))
	case prepared.Points == 0:
		findings = append(findings, question.Wrong("tests", "no test is worth a point", "leave the points of a test empty for one"))
	case len(places) > maxTests:
		findings = append(findings, question.Wrong("tests", fmt.Sprintf("only the first %d of %d tests are run", maxTests, len(places)), "remove some"))
	case len(f.Hidden) == 0:
		findings = append(findings, question.Warn("hidden_tests", "learners see all tests, so a program may just print what they expect", "hide some"))
	}
	seen := map[string]int{}
	for i, t := range prepared.Secret.Tests {
		at := func(column int, found wire.Finding) {
			found.Field = places[i].field
			findings = append(findings, question.InRow(found, places[i].row, column))
		}
		if first, twice := seen[t.Input]; twice {
			at(columnInput, question.Warn("", fmt.Sprintf("the same input stands in test %d", first+1), "change one of the two, or remove it"))
		} else {
			seen[t.Input] = i
		}
		if prepared.Secret.Asks == asksCall && strings.TrimSpace(t.Input) == "" {
			at(columnInput, question.Wrong("", "this test calls nothing", "write a call, such as add(2, 3)"))
		}
		if t.Expected == "" && strings.TrimSpace(f.Reference) == "" {
			at(columnExpected, question.Warn("", "this test expects nothing to come out", "write what is expected, or a reference solution that gives it"))
		}
		for _, found := range question.Pictures("", t.Feedback) {
			at(columnFeedback, found)
		}
	}
	for i, given := range f.points() {
		if given != nil && (*given < 0 || *given > 1000) {
			found := question.Warn(places[i].field, "the points of a test are from 0 to 1000", "write a number between them")
			findings = append(findings, question.InRow(found, places[i].row, columnPoints))
		}
	}
	if strings.TrimSpace(f.Reference) == "" {
		findings = append(findings, question.Warn("reference", "nobody tried whether the tests can be passed", "write a reference solution: it is run when you check, and shown as the right answer"))
	}
	return findings
}

func (f *Fields) points() []*float64 {
	var all []*float64
	for i := range f.Tests {
		all = append(all, f.Tests[i].Points)
	}
	for i := range f.Hidden {
		all = append(all, f.Hidden[i].Points)
	}
	return all
}

// TryOut implements question.Trier: the reference solution has to pass all tests, what learners start with had better not.
func (k kind) TryOut(c *sdk.Call, f *Fields) ([]wire.Finding, error) {
	prepared := k.Prepare(f)
	if prepared.Unready {
		return nil, nil
	}
	secret, places := prepared.Secret, f.places()
	var findings []wire.Finding
	if strings.TrimSpace(secret.Reference) != "" {
		for i := range secret.Tests {
			found, on, err := secret.tryReference(c, i, places[i])
			findings = append(findings, found...)
			if !on || err != nil {
				return unavailable(findings, err)
			}
		}
	}
	if strings.TrimSpace(f.Start) == "" {
		return findings, nil
	}
	outcomes, err := secret.outcomes(c, plain(f.Start), false)
	if err != nil {
		return unavailable(findings, err)
	}
	for _, o := range outcomes {
		if o.State != statePassed {
			return findings, nil
		}
	}
	return append(findings, question.Warn("starter", "the code to start with passes all tests", "take out what learners are to write")), nil
}

// tryReference tries the reference solution in a test; on says that the next test is worth trying.
func (s *Secret) tryReference(c *sdk.Call, i int, at place) (findings []wire.Finding, on bool, err error) {
	t := &s.Tests[i]
	o, err := s.run(c, s.Reference, t)
	number := fmt.Sprintf("test %d", at.row+1)
	if t.Hidden {
		number = "hidden " + number
	}
	if fault, ok := err.(broken); ok { //nolint:errorlint // nothing wraps it
		if fault.key == "setup_fails" {
			return []wire.Finding{question.Wrong("setup", "it fails before "+number+": "+fault.why, "mend it, or what the test adds to it")}, false, nil
		}
		return []wire.Finding{question.Wrong("reference", number+": "+fault.why, "mend it")}, false, nil
	}
	switch {
	case err != nil:
		return nil, false, err
	case o.State == statePassed:
		return nil, true, nil
	case o.State == stateFailed:
		found := question.Wrong(at.field, fmt.Sprintf("the reference solution fails this test: it gives %s, and %s is expected", quoted(o.Output), quoted(o.Expected)), "mend one of the two")
		return []wire.Finding{question.InRow(found, at.row, columnExpected)}, true, nil
	}
	why := o.Error
	if why == "" {
		why = "it is stopped by the limit of " + o.State
	}
	found := question.Wrong("reference", "it fails "+number+": "+why, "mend it at this line")
	found.Line = o.Line
	return []wire.Finding{found}, o.State != wire.LimitTime, nil
}

func quoted(text string) string {
	const most = 60
	text = strings.TrimRight(text, "\n")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}

// unavailable says that nothing could be run here, which is no mistake of the author's.
func unavailable(findings []wire.Finding, err error) ([]wire.Finding, error) {
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Code == wire.CodeUnavailable {
		return append(findings, wire.Finding{
			Level: wire.LevelHint, Field: "reference", Message: "the tests were not tried: programs do not run here", Fix: "preview the question on the site",
		}), nil
	}
	if _, ok := err.(broken); ok { //nolint:errorlint // nothing wraps it
		return findings, nil // it was found with the reference solution
	}
	return findings, err
}
