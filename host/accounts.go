package host

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/people"
)

// account is what the sign-in and sign-up forms show again after a mistake.
type account struct {
	Next, Login, Username, Email, Name string
	// Errors are by field; Summary is what the page's head says.
	Errors  map[string]string
	Demo    []Demo
	Summary string
	// Terms and Version are those of the terms to accept, "" for none; Year is the input of the year of birth.
	Terms, Version string
	Year           *inputPart
	// Forgot offers a new password.
	Forgot bool
	// With are the other sites to sign in with.
	With []signButton
}

// localPath gives a path of this site, or "/": a next= from elsewhere leads nowhere (security R17).
func localPath(next string) string {
	parsed, err := url.Parse(next)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// escapeNext gives a page's own address for next=, "/" for what is no page.
func escapeNext(path, method string) string {
	if unsafeMethod(method) {
		path = "/"
	}
	return url.QueryEscape(localPath(path))
}

func (r *request) signInPage() error {
	if r.user != nil {
		return r.Redirect(localPath(r.Query("next")), fiber.StatusSeeOther)
	}
	return r.showSignIn(fiber.StatusOK, &account{Next: localPath(r.Query("next"))})
}

func (r *request) showSignIn(status int, form *account) error {
	if r.server.config.Development {
		form.Demo = r.server.config.Demo
	}
	form.Forgot = r.server.config.Mailer != nil
	form.With = r.signButtons(form.Next)
	p := page{Title: r.words.T("signin.title"), Body: form}
	if form.Summary != "" {
		p.Focus = &notice{Kind: "bad", Text: form.Summary}
	}
	return r.showStatus(status, "signin.html", p)
}

func (r *request) signIn() error {
	form := &account{Next: localPath(r.form("next")), Login: clip(r.form("login"), 254)}
	user, err := r.site().People.SignIn(r.ctx(), people.Attempt{
		Login: form.Login, Password: r.form("password"), Client: r.client(), Device: r.Cookies(r.server.cookieName(deviceCookie)),
	})
	var slow *people.SlowDown
	switch {
	case err == nil:
		return r.enter(user, form.Next)
	case errors.Is(err, people.ErrCredentials):
		form.Summary = r.words.T("signin.wrong")
		return r.showSignIn(fiber.StatusUnprocessableEntity, form)
	case errors.Is(err, people.ErrDisabled):
		form.Summary = r.words.T("signin.disabled")
		return r.showSignIn(fiber.StatusForbidden, form)
	case errors.As(err, &slow):
		seconds := int(slow.Wait.Round(time.Second)/time.Second) + 1
		form.Summary = r.words.T("signin.slow", seconds)
		r.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
		return r.showSignIn(fiber.StatusTooManyRequests, form)
	case errors.Is(err, people.ErrBusy):
		form.Summary = r.words.T("error.unavailable")
		return r.showSignIn(fiber.StatusServiceUnavailable, form)
	}
	return err
}

// enter begins a session under a new token, so that one that was planted before is worth nothing.
func (r *request) enter(user people.User, next string) error {
	return r.enterBy(user, next, "password")
}

// enterBy is enter with the way in which the person has shown who he is.
func (r *request) enterBy(user people.User, next, method string) error {
	token, session, err := r.site().People.StartSession(r.ctx(), user, people.Facts{
		Method: method, Agent: clip(r.Get(fiber.HeaderUserAgent), 200), Client: r.client(),
	}, r.binding)
	if err != nil {
		return err
	}
	r.setCookie(sessionCookie, token, session.Expires)
	r.setCookie(deviceCookie, r.site().People.DeviceToken(user.ID), r.now().Add(365*24*time.Hour))
	return r.Redirect(next, fiber.StatusSeeOther)
}

func (r *request) signUpPage() error {
	if r.user != nil {
		return r.Redirect(localPath(r.Query("next")), fiber.StatusSeeOther)
	}
	return r.showSignUp(fiber.StatusOK, &account{Next: localPath(r.Query("next"))})
}

func (r *request) showSignUp(status int, form *account) error {
	form.With = r.signButtons(form.Next)
	form.Terms, form.Version = r.server.config.Joining.TermsURL, r.server.config.Joining.TermsVersion
	if form.Year == nil && r.server.config.Joining.BirthYear != "" {
		form.Year = r.yearInput("", "")
	}
	p := page{Title: r.words.T("signup.title"), Body: form}
	if len(form.Errors) > 0 {
		p.Focus = &notice{Kind: "bad", Text: r.words.T("form.problems", len(form.Errors))}
	}
	return r.showStatus(status, "signup.html", p)
}

func (r *request) signUp() error {
	form := &account{
		Next: localPath(r.form("next")), Username: clip(r.form("username"), 100), Email: clip(r.form("email"), 254),
		Name: clip(r.form("name"), 400),
	}
	wait, over, err := r.bounded("signup:"+people.ClientKey(r.client()), signUps)
	if err != nil {
		return err
	}
	if over {
		form.Errors = map[string]string{"username": r.slowText(wait)}
		return r.showSignUp(fiber.StatusTooManyRequests, form)
	}
	joins := people.NewUser{
		Username: form.Username, Email: form.Email, Password: r.form("password"),
		Profile: people.Profile{Name: form.Name, Locale: r.words.Language},
	}
	if form.Errors = r.join(form, &joins); len(form.Errors) > 0 {
		return r.showSignUp(fiber.StatusUnprocessableEntity, form)
	}
	user, err := r.site().People.Create(r.ctx(), joins)
	var problems people.Problems
	if errors.As(err, &problems) {
		form.Errors = map[string]string{}
		for _, problem := range problems {
			if form.Errors[string(problem.Field)] == "" {
				form.Errors[string(problem.Field)] = r.problemText(problem)
			}
		}
		return r.showSignUp(fiber.StatusUnprocessableEntity, form)
	}
	if errors.Is(err, people.ErrBusy) {
		form.Errors = map[string]string{"password": r.words.T("error.unavailable")}
		return r.showSignUp(fiber.StatusServiceUnavailable, form)
	}
	if err != nil {
		return err
	}
	if r.server.config.Mailer != nil {
		r.post(user, people.PurposeConfirm, user.Email, user.Email, confirmLasts)
	}
	return r.enter(user, form.Next)
}

// join takes from the form what the site asks before one may use it, and says what is wrong with it, by input.
func (r *request) join(form *account, into *people.NewUser) map[string]string {
	wants, wrong := r.server.config.Joining, map[string]string{}
	if wants.BirthYear != "" {
		year, text, problem := r.sentYear()
		into.BirthYear, form.Year = year, r.yearInput(text, problem)
		if problem != "" {
			wrong["birth_year"] = problem
		}
	}
	if wants.TermsVersion != "" {
		if into.Terms = r.form("terms"); into.Terms != wants.TermsVersion {
			wrong["terms"] = r.words.T("joining.terms_missing")
		}
	}
	return wrong
}

// problemText puts a problem of a form into the reader's words; English has them already.
func (r *request) problemText(problem people.Problem) string {
	key := "problem." + string(problem.Field) + "." + string(problem.Code)
	if text := r.words.T(key); text != key {
		return text
	}
	key = "problem." + string(problem.Code)
	if text := r.words.T(key); text != key {
		return text
	}
	return problem.Message
}

func (r *request) signOut() error {
	if err := r.site().People.EndSession(r.ctx(), r.binding); err != nil {
		return err
	}
	r.setCookie(sessionCookie, "", time.Unix(1, 0))
	return r.Redirect("/", fiber.StatusSeeOther)
}
