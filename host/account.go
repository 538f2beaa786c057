package host

import (
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// accountRoutes are a person's own pages. None takes a person's name: whose they are says the session alone.
func accountRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/account", Who: SignedIn, Kind: Page, Handle: (*request).accountPage, Free: true},
		{Method: "POST", Path: "/account/profile", Who: SignedIn, Kind: Page, Handle: (*request).saveProfile},
		{Method: "POST", Path: "/account/email", Who: SignedIn, Kind: Page, Handle: (*request).changeEmail},
		{Method: "POST", Path: "/account/password", Who: SignedIn, Kind: Page, Handle: (*request).changePassword},
		{Method: "POST", Path: "/account/sessions/end", Who: SignedIn, Kind: Page, Handle: (*request).endSession},
		{Method: "POST", Path: "/account/sessions/end-all", Who: SignedIn, Kind: Page, Handle: (*request).endSessions},
		{Method: "GET", Path: "/account/export", Who: SignedIn, Kind: File, Handle: (*request).exportData},
		{Method: "POST", Path: "/account/close", Who: SignedIn, Kind: Page, Handle: (*request).closeAccount},
		{Method: "POST", Path: "/account/erase", Who: SignedIn, Kind: Page, Handle: (*request).eraseAccount},
	}
}

// accountBody is the account page. Inputs are by name; each form's password input has a name of its own, so that ids are apart.
type accountBody struct {
	Inputs map[string]inputPart
	// Themes, Languages and Zones are what may be chosen.
	Themes, Languages []choice
	Zones             []string
	Sessions          []sessionPart
	Feeds             []accountFeed
	Links             *linksPart
	Public            *publicPart
	Passwordless      bool
	// Unconfirmed asks to confirm the address, where the site sends mail.
	Unconfirmed, Mail bool
}

type choice struct {
	Value, Text string
	Chosen      bool
}

type sessionPart struct {
	ID, Agent, Client string
	Began, Seen       *instant
	Here              bool
}

// accountForm is what a form of the account page sent, to be shown again, with its errors by input.
type accountForm struct {
	values, errors map[string]string
	// notice is what went wrong beside no input.
	notice string
	// public is what the form of the public profile sent, nil for what is stored.
	public *people.Public
	status int
}

// zones are suggestions; every name of the IANA database may be typed.
var zones = []string{
	"Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Argentina/Buenos_Aires",
	"America/Bogota", "America/Chicago", "America/Denver", "America/Halifax", "America/Los_Angeles", "America/Mexico_City", "America/New_York",
	"America/Sao_Paulo", "America/Toronto", "Asia/Baghdad", "Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta",
	"Asia/Jerusalem", "Asia/Karachi", "Asia/Kolkata", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore",
	"Asia/Tehran", "Asia/Tokyo", "Australia/Perth", "Australia/Sydney", "Europe/Berlin", "Europe/Istanbul", "Europe/Kyiv", "Europe/London",
	"Europe/Madrid", "Europe/Moscow", "Europe/Paris", "Europe/Rome", "Pacific/Auckland", "Pacific/Honolulu", "UTC",
}

// savedNotices are what ?saved= may say.
var savedNotices = []string{"profile", "email", "mailed", "password", "session", "feed", "linked", "unlinked", "public"}

func (r *request) accountPage() error {
	return r.showAccount(&accountForm{status: fiber.StatusOK})
}

func (r *request) showAccount(form *accountForm) error {
	sessions, err := r.site().People.Sessions(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	body := &accountBody{
		Inputs: map[string]inputPart{}, Zones: zones, Passwordless: r.user.Passwordless, Mail: r.server.config.Mailer != nil,
		Unconfirmed: r.server.config.Mailer != nil && !r.user.Confirmed,
	}
	if body.Feeds, err = r.accountFeeds(); err != nil {
		return err
	}
	body.Public = r.publicForm(form)
	if body.Links, err = r.links(); err != nil {
		return err
	}
	for _, input := range []struct{ name, kind, value, complete string }{
		{"name", "text", r.user.Name, "name"},
		{"zone", "text", r.user.Zone, "off"},
		{"email", "email", r.user.Email, "email"},
		{"email_password", "password", "", "current-password"},
		{"password", "password", "", "current-password"},
		{"new_password", "password", "", "new-password"},
		{"link_password", "password", "", "current-password"},
		{"close_password", "password", "", "current-password"},
		{"erase_name", "text", "", "off"},
		{"erase_password", "password", "", "current-password"},
	} {
		if value, sent := form.values[input.name]; sent && input.kind != "password" {
			input.value = value
		}
		body.Inputs[input.name] = inputPart{
			Name: input.name, Type: input.kind, Value: input.value, Complete: input.complete, Error: form.errors[input.name],
			Label: r.words.T("account." + input.name), Help: r.words.T("account."+input.name+"_help", r.user.Username),
		}
	}
	body.Themes = []choice{{Value: "", Text: r.words.T("account.theme_system")}}
	for _, theme := range []string{"light", "dark"} {
		body.Themes = append(body.Themes, choice{theme, r.words.T("account.theme_" + theme), false})
	}
	body.Languages = []choice{{Value: "", Text: r.words.T("account.language_browser")}}
	for _, tag := range r.server.words.Languages() {
		body.Languages = append(body.Languages, choice{tag, r.words.T("language." + tag), false})
	}
	choose(body.Themes, r.user.Theme)
	choose(body.Languages, r.user.Locale)
	for _, s := range sessions {
		body.Sessions = append(body.Sessions, sessionPart{s.ID, s.Agent, s.Client, r.instant(s.Created), r.instant(s.Seen), s.ID == r.session.ID})
	}
	p := page{Title: r.words.T("account.title"), Body: body}
	if n := len(form.errors); n > 0 {
		p.Focus = &notice{Kind: "bad", Text: r.words.T("form.problems", n), To: slices.Min(slices.Collect(maps.Keys(form.errors)))}
	} else if form.notice != "" {
		p.Focus = &notice{Kind: "bad", Text: form.notice}
	} else if saved := r.Query("saved"); slices.Contains(savedNotices, saved) {
		p.Focus = &notice{Kind: "good", Text: r.words.T("account.saved_" + saved)}
	}
	return r.showStatus(form.status, "account.html", p)
}

func choose(choices []choice, value string) {
	at := max(0, slices.IndexFunc(choices, func(c choice) bool { return c.Value == value }))
	choices[at].Chosen = true
}

// refuseAccount shows the page again with one error beside an input.
func (r *request) refuseAccount(status int, input, text string, values map[string]string) error {
	return r.showAccount(&accountForm{values: values, errors: map[string]string{input: text}, status: status})
}

// problemsOf puts problems beside inputs, which may be called otherwise than the fields; nil when the error is another one.
func (r *request) problemsOf(err error, inputs map[people.Field]string) map[string]string {
	var problems people.Problems
	if !errors.As(err, &problems) {
		return nil
	}
	found := map[string]string{}
	for _, problem := range problems {
		input := string(problem.Field)
		if other := inputs[problem.Field]; other != "" {
			input = other
		}
		if found[input] == "" {
			found[input] = r.problemText(problem)
		}
	}
	return found
}

func (r *request) saveProfile() error {
	profile := people.Profile{Name: clip(r.form("name"), 400), Zone: strings.TrimSpace(clip(r.form("zone"), 100)), Theme: clip(r.form("theme"), 20), Locale: clip(r.form("language"), 35)}
	if profile.Locale != "" && !slices.Contains(r.server.words.Languages(), profile.Locale) {
		profile.Locale = r.user.Locale
	}
	_, err := r.site().People.SetProfile(r.ctx(), r.user.ID, profile)
	if found := r.problemsOf(err, nil); found != nil {
		return r.showAccount(&accountForm{values: map[string]string{"name": profile.Name, "zone": profile.Zone}, errors: found, status: fiber.StatusUnprocessableEntity})
	}
	if err != nil {
		return err
	}
	// What this browser was told at the foot of a page gives way to what its owner chose now.
	if profile.Locale != r.user.Locale {
		r.setCookie(languageCookie, "", time.Unix(1, 0))
	}
	return r.saved("profile")
}

func (r *request) saved(what string) error {
	return r.Redirect("/account?saved="+what, fiber.StatusSeeOther)
}

// prove asks for the account's password once more, with the bounds of signing in. An account without one has its session.
// Where ok is false the answer was shown already, beside the input.
func (r *request) prove(input string, values map[string]string) (ok bool, err error) {
	if r.user.Passwordless {
		return true, nil
	}
	_, err = r.site().People.SignIn(r.ctx(), people.Attempt{
		Login: r.user.Username, Password: r.form(input), Client: r.client(), Device: r.Cookies(r.server.cookieName(deviceCookie)),
	})
	var slow *people.SlowDown
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, people.ErrCredentials):
		return false, r.refuseAccount(fiber.StatusUnprocessableEntity, input, r.words.T("account.wrong_password"), values)
	case errors.As(err, &slow):
		return false, r.refuseAccount(fiber.StatusTooManyRequests, input, r.slowText(slow.Wait), values)
	case errors.Is(err, people.ErrBusy):
		return false, r.refuseAccount(fiber.StatusServiceUnavailable, input, r.words.T("error.unavailable"), values)
	}
	return false, err
}

// slowText says how long to wait, in the header too.
func (r *request) slowText(wait time.Duration) string {
	seconds := int(wait.Round(time.Second)/time.Second) + 1
	r.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	return r.words.T("signin.slow", seconds)
}

// bounded takes one event from a key's allowance, or says how long to wait. A limiter that is away bounds nothing.
func (r *request) bounded(key string, rate ports.Rate) (wait time.Duration, over bool, err error) {
	if r.server.config.Limiter == nil {
		return 0, false, nil
	}
	ok, wait, err := r.server.config.Limiter.Allow(r.ctx(), key, rate)
	if errors.Is(err, ports.ErrUnavailable) {
		return 0, false, nil
	}
	return wait, !ok, err
}

func (r *request) changePassword() error {
	if ok, err := r.prove("password", nil); !ok {
		return err
	}
	user, err := r.site().People.SetPassword(r.ctx(), r.user.ID, r.form("new_password"))
	if found := r.problemsOf(err, map[people.Field]string{people.FieldPassword: "new_password"}); found != nil {
		return r.showAccount(&accountForm{errors: found, status: fiber.StatusUnprocessableEntity})
	}
	if errors.Is(err, people.ErrBusy) {
		return r.refuseAccount(fiber.StatusServiceUnavailable, "new_password", r.words.T("error.unavailable"), nil)
	}
	if err != nil {
		return err
	}
	return r.enter(user, "/account?saved=password") // every session has ended, this one too
}

func (r *request) endSession() error {
	err := r.site().People.EndOne(r.ctx(), r.user.ID, clip(r.form("session"), 100))
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return err
	}
	if errors.Is(err, people.ErrNotFound) {
		return errNotFound
	}
	return r.saved("session")
}

func (r *request) endSessions() error {
	if err := r.site().People.EndAll(r.ctx(), r.user.ID); err != nil {
		return err
	}
	r.setCookie(sessionCookie, "", time.Unix(1, 0))
	return r.Redirect("/signin", fiber.StatusSeeOther)
}

// exportData gives a person everything that is held about them, as a zip of JSON and files. It is written to a file first, so
// that a failure in the middle is an error and not half an archive.
func (r *request) exportData() (err error) {
	wait, over, err := r.bounded("export:"+r.user.ID, ports.Rate{Events: 5, Period: time.Hour})
	if err != nil {
		return err
	}
	if over {
		return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
	}
	file, err := os.CreateTemp("", "export-*.zip")
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, file.Close())
		}
	}()
	if err := os.Remove(file.Name()); err != nil { // it goes with its last reader, also when the process dies
		return err
	}
	if err := r.site().ExportPerson(r.ctx(), r.user.ID, file); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "application/zip")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="my-data.zip"`)
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	kept = true // the server closes the file when it was sent
	return r.SendStream(file, int(size))
}

func (r *request) closeAccount() error {
	if ok, err := r.prove("close_password", nil); !ok {
		return err
	}
	_, err := r.site().People.SetDisabled(r.ctx(), r.user.ID, true)
	return r.gone("close_password", err)
}

// eraseAccount cannot be undone, so it asks for the name.
func (r *request) eraseAccount() error {
	values := map[string]string{"erase_name": clip(r.form("erase_name"), 100)}
	if strings.TrimSpace(values["erase_name"]) != r.user.Username {
		return r.refuseAccount(fiber.StatusUnprocessableEntity, "erase_name", r.words.T("account.erase_other"), values)
	}
	if ok, err := r.prove("erase_password", values); !ok {
		return err
	}
	_, err := r.site().ErasePerson(r.ctx(), r.user.ID)
	return r.gone("erase_name", err)
}

// gone ends the visit of an account that was closed or erased.
func (r *request) gone(input string, err error) error {
	if errors.Is(err, people.ErrLastAdmin) {
		return r.refuseAccount(fiber.StatusConflict, input, r.words.T("account.last_admin"), nil)
	}
	if err != nil {
		return err
	}
	r.setCookie(sessionCookie, "", time.Unix(1, 0))
	r.setCookie(deviceCookie, "", time.Unix(1, 0))
	return r.Redirect("/", fiber.StatusSeeOther)
}
