package host

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/site"
)

// typedTime is how a browser writes a date with a time into a form.
const typedTime = "2006-01-02T15:04"

// allowanceForm is what staff typed about one subsection, with what is wrong with it by input.
type allowanceForm struct {
	Subsection, What     string
	Due, Minutes, Reason string
	Errors               map[string]string
}

// minutesText writes a duration as a form has it, in whole minutes.
func minutesText(d time.Duration) string { return strconv.FormatInt(int64(d/time.Minute), 10) }

// isTimed reports whether learners have a limited time for a subsection once they have begun it.
func isTimed(sub *course.Subsection) bool { return sub.Settings.TimeLimited }

// changeAllowance gives a learner another due date or more time for one subsection, or takes that away.
func (r *request) changeAllowance() error {
	found, err := r.record()
	if err != nil {
		return err
	}
	form := &allowanceForm{
		Subsection: r.form("subsection"), What: r.form("what"), Due: r.form("due"), Minutes: r.form("minutes"), Reason: r.form("reason"),
		Errors: map[string]string{},
	}
	sub, err := r.subsectionNamed(form.Subsection)
	if err != nil {
		return err
	}
	// The way back from the trail leads to whoever acted.
	if _, err := r.site().People.Remember(r.ctx(), r.user.ID, r.course.String()); err != nil {
		return err
	}
	order := allowance.Order{
		Run: r.course, Learner: found.Member.Pseudonym, Subsection: sub.Usage, Actor: r.person.Learner,
		Reason: strings.Join(strings.Fields(form.Reason), " "),
	}
	saved, err := r.applyAllowance(form, order)
	switch {
	case errors.Is(err, allowance.ErrReason):
		form.Errors["reason"] = r.words.T("record.say_error_reason_required")
		if order.Reason != "" {
			form.Errors["reason"] = r.words.T("record.say_error_reason_long", allowance.MaxReason)
		}
	case errors.Is(err, allowance.ErrInvalid), errors.Is(err, allowance.ErrNone):
		form.Errors[form.What] = r.words.T("record.say_error_allowance")
	case err != nil:
		return err
	}
	if len(form.Errors) > 0 {
		return r.showRecord(fiber.StatusUnprocessableEntity, found, form)
	}
	if err := r.addUp(found, sub); err != nil {
		return err
	}
	return r.Redirect(r.recordLink(found.Member.Pseudonym)+"?saved="+saved+"#work-"+sub.Usage.ID, fiber.StatusSeeOther)
}

// applyAllowance does what the form asks for and says what was saved. What a form holds wrongly stands in its errors.
func (r *request) applyAllowance(form *allowanceForm, order allowance.Order) (saved string, err error) {
	allowances := r.site().Allowances
	what := allowance.What(form.What)
	if what != allowance.Due && what != allowance.ExtraTime && what != allowance.Sitting {
		return "", fiber.ErrBadRequest
	}
	if r.form("remove") != "" {
		if what == allowance.Sitting {
			_, err = allowances.Restart(r.ctx(), order)
			return "sitting", err
		}
		_, err = allowances.Remove(r.ctx(), order, what)
		return "removed", err
	}
	switch what {
	case allowance.Due:
		due, ok := typedInstant(form.Due, r.words.Zone)
		if !ok {
			form.Errors[form.What] = r.words.T("record.say_error_due")
			return "", nil
		}
		_, err = allowances.SetDue(r.ctx(), order, due)
	case allowance.ExtraTime:
		most := int(allowance.MaxExtra / time.Minute)
		minutes, ok := typedNumber(form.Minutes)
		if !ok || minutes < 1 || minutes > most {
			form.Errors[form.What] = r.words.T("record.say_error_minutes", most)
			return "", nil
		}
		_, err = allowances.SetExtraTime(r.ctx(), order, time.Duration(minutes)*time.Minute)
	case allowance.Sitting:
		return "", fiber.ErrBadRequest
	}
	return form.What, err
}

// typedInstant reads a date with a time as a browser's form has it, in a zone.
func typedInstant(text string, zone *time.Location) (at time.Time, ok bool) {
	at, err := time.ParseInLocation(typedTime, text, zone)
	return at, err == nil
}

// typedNumber reads a whole number.
func typedNumber(text string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return n, err == nil
}

// addUp brings the learner's stored grade up to date after what decides it has changed.
func (r *request) addUp(found *site.Record, sub *course.Subsection) error {
	return r.kernel().Scorer().Regrade(r.ctx(), r.published, sub, found.Member.Pseudonym)
}

// subsectionNamed finds a subsection of the course by its usage key.
func (r *request) subsectionNamed(text string) (*course.Subsection, error) {
	usage, err := key.ParseUsage(text)
	if err != nil || usage.Course != r.course {
		return nil, errNotFound
	}
	for _, sub := range r.published.Subsections {
		if sub.Usage == usage {
			return sub, nil
		}
	}
	return nil, errNotFound
}

// changeText says what a change of an allowance was.
func (r *request) changeText(change *allowance.Change) string {
	if change.To == "" {
		return r.words.T("record.say_taken_" + string(change.What))
	}
	switch change.What {
	case allowance.Due:
		if due, err := time.Parse(time.RFC3339, change.To); err == nil {
			return r.words.T("record.new_due", due)
		}
	case allowance.ExtraTime:
		if extra, err := time.ParseDuration(change.To); err == nil {
			return r.words.T("record.new_extra", int(extra/time.Minute))
		}
	case allowance.Sitting:
	}
	return change.To
}
