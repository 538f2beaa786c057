package host

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Joining is what a site asks of people before they may use it. The zero value asks nothing.
type Joining struct {
	// TermsURL is where the terms of use stand. Everybody must have accepted the version TermsVersion of them, and is asked
	// again when it is another one.
	TermsURL, TermsVersion string
	// BirthYear is "optional" or "required" where the year of birth is asked for, "" where it is not.
	BirthYear string
	// MinimumAge refuses people who may be younger, going by the year of birth, in years; 0 refuses nobody.
	MinimumAge int
}

// Whether the year of birth is asked for.
const (
	BirthYearOptional = "optional"
	BirthYearRequired = "required"
)

// Check says what is wrong with the configuration.
func (j Joining) Check() error {
	address, err := url.Parse(j.TermsURL)
	switch {
	case (j.TermsURL == "") != (j.TermsVersion == ""):
		return errors.New("terms need both an address and a version: give terms-url and terms-version")
	case j.TermsURL != "" && (err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == ""):
		return fmt.Errorf("terms-url %q must look like https://example.org/terms", j.TermsURL)
	case j.BirthYear != "" && j.BirthYear != BirthYearOptional && j.BirthYear != BirthYearRequired:
		return fmt.Errorf("birth-year %q: it must be optional or required", j.BirthYear)
	case j.MinimumAge < 0 || j.MinimumAge > 150:
		return fmt.Errorf("minimum-age %d: it must be a number of years", j.MinimumAge)
	case j.MinimumAge > 0 && j.BirthYear != BirthYearRequired:
		return errors.New("minimum-age needs to know it: set birth-year to required")
	}
	return nil
}

func joiningRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/terms", Who: SignedIn, Kind: Page, Handle: (*request).termsPage, Free: true},
		{Method: "POST", Path: "/terms", Who: SignedIn, Kind: Page, Handle: (*request).acceptTerms, Free: true},
	}
}

// termsBody asks what the site needs to know before one goes on.
type termsBody struct {
	Next string
	// Terms is where the terms stand, "" when they are accepted; Version is the one to accept, Before says that there was
	// another.
	Terms, Version string
	Before         bool
	// Year is the input of the year of birth, nil when it is known or not asked for.
	Year *inputPart
	// Young says that the person cannot use the site.
	Young string
	Error string
}

// owesTerms reports whether the reader has to accept the terms.
func (r *request) owesTerms() bool {
	version := r.server.config.Joining.TermsVersion
	return version != "" && r.user.Terms != version
}

func (r *request) owesYear() bool {
	return r.server.config.Joining.BirthYear == BirthYearRequired && r.user.BirthYear == 0
}

// tooYoung reports whether somebody who was born in the year may be too young for the site.
func (r *request) tooYoung(year int) bool {
	least := r.server.config.Joining.MinimumAge
	return least > 0 && year != 0 && people.YoungestAge(year, r.now()) < least
}

// asked sends people to the page that asks for what the site wants to know first. Their account stays open to them, with
// their data; what they send from a page of their courses that was open before is taken, unless they are too young.
func (r *request) asked(route Route) (bool, error) {
	if r.user == nil || route.Free {
		return false, nil
	}
	young := r.tooYoung(r.user.BirthYear)
	if !r.owesTerms() && !r.owesYear() && !young {
		return false, nil
	}
	if route.Kind == Page && !unsafeMethod(r.Method()) {
		return true, r.Redirect("/terms?next="+escapeNext(r.OriginalURL(), r.Method()), fiber.StatusSeeOther)
	}
	switch {
	case r.param("course") == "" && r.param("app") == "", strings.HasSuffix(route.Path, "/unenrol"):
		return false, nil // one's account, and the way out
	case strings.HasSuffix(route.Path, "/static/*"):
		return false, nil // files that anybody may read
	case !young && r.person.Role() != wire.RoleVisitor:
		return false, nil
	case route.Kind == Page:
		return true, r.Redirect("/terms", fiber.StatusSeeOther)
	}
	text := r.words.T("joining.terms_missing")
	if young {
		text = r.words.T("joining.young", r.server.config.Joining.MinimumAge)
	} else if !r.owesTerms() {
		text = r.words.T("joining.year_missing")
	}
	return true, fiber.NewError(fiber.StatusForbidden, text)
}

func (r *request) termsPage() error {
	return r.showTerms(fiber.StatusOK, &termsBody{Next: localPath(r.Query("next"))}, "", "")
}

func (r *request) showTerms(status int, body *termsBody, year, yearError string) error {
	least := r.server.config.Joining.MinimumAge
	switch {
	case r.tooYoung(r.user.BirthYear):
		body.Young = r.words.T("joining.young", least)
	case !r.owesTerms() && !r.owesYear():
		return r.Redirect(body.Next, fiber.StatusSeeOther)
	}
	if r.owesTerms() {
		body.Terms, body.Version, body.Before = r.server.config.Joining.TermsURL, r.server.config.Joining.TermsVersion, r.user.Terms != ""
	}
	if r.owesYear() {
		body.Year = r.yearInput(year, yearError)
	}
	p := page{Title: r.words.T("joining.title"), Body: body}
	if body.Error != "" || yearError != "" {
		p.Focus = &notice{Kind: "bad", Text: r.words.T("form.problems", countOf(body.Error, yearError))}
	}
	return r.showStatus(status, "terms.html", p)
}

func countOf(texts ...string) int {
	n := 0
	for _, text := range texts {
		if text != "" {
			n++
		}
	}
	return n
}

func (r *request) yearInput(value, problem string) *inputPart {
	return &inputPart{
		Name: "birth_year", Type: "text", Value: value, Complete: "bday-year", Label: r.words.T("joining.year"),
		Help: r.words.T("joining.year_help"), Error: problem,
	}
}

// sentYear reads the year of birth from a form; problem says what is wrong with it.
func (r *request) sentYear() (year int, text, problem string) {
	text = strings.TrimSpace(clip(r.form("birth_year"), 20))
	if text == "" {
		if r.server.config.Joining.BirthYear == BirthYearRequired {
			problem = r.words.T("joining.year_missing")
		}
		return 0, text, problem
	}
	year, err := strconv.Atoi(text)
	switch {
	case err != nil || year < 1900 || year > r.now().Year():
		return 0, text, r.words.T("joining.year_malformed")
	case r.tooYoung(year):
		problem = r.words.T("joining.young", r.server.config.Joining.MinimumAge)
	}
	return year, text, problem
}

func (r *request) acceptTerms() error {
	body := &termsBody{Next: localPath(r.form("next"))}
	text, problem := "", ""
	if r.owesYear() {
		var year int
		if year, text, problem = r.sentYear(); year != 0 && (problem == "" || r.tooYoung(year)) {
			// Too young a person's year is kept as well: guessing another one is no way in.
			user, err := r.site().People.SetBirthYear(r.ctx(), r.user.ID, year)
			if err != nil {
				return err
			}
			r.user, problem = &user, ""
		}
	}
	if r.owesTerms() {
		version := r.server.config.Joining.TermsVersion
		if r.form("terms") != version {
			body.Error = r.words.T("joining.terms_missing")
		} else if !r.tooYoung(r.user.BirthYear) && problem == "" {
			user, err := r.site().People.AcceptTerms(r.ctx(), r.user.ID, version)
			if err != nil {
				return err
			}
			r.user = &user
		}
	}
	status := fiber.StatusUnprocessableEntity
	if r.tooYoung(r.user.BirthYear) {
		body.Error, status = "", fiber.StatusForbidden
	}
	return r.showTerms(status, body, text, problem)
}
