package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/mail"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// How long mailed links hold, and how often they and accounts may be asked for.
const (
	resetLasts   = time.Hour
	confirmLasts = 48 * time.Hour
	// mailTimeout bounds the sending of one mail, after its request was answered.
	mailTimeout = time.Minute
)

var (
	perAddress = ports.Rate{Events: 3, Period: time.Hour}
	perClient  = ports.Rate{Events: 20, Period: time.Hour}
	// signUps are many from a classroom behind one address.
	signUps = ports.Rate{Events: 60, Period: time.Hour}
)

// mailRoutes are there where the site sends mail; the page of kept mails is there in development alone (security R16).
func (s *Server) mailRoutes() []Route {
	if s.config.Mailer == nil {
		return nil
	}
	routes := []Route{
		{Method: "GET", Path: "/forgot", Who: Anyone, Kind: Page, Handle: (*request).forgotPage},
		{Method: "POST", Path: "/forgot", Who: Anyone, Kind: Page, Handle: (*request).forgot},
		{Method: "GET", Path: "/reset", Who: Anyone, Kind: Page, Handle: (*request).resetPage},
		{Method: "POST", Path: "/reset", Who: Anyone, Kind: Page, Handle: (*request).reset},
		{Method: "GET", Path: "/confirm", Who: Anyone, Kind: Page, Handle: (*request).confirmPage},
		{Method: "POST", Path: "/confirm", Who: Anyone, Kind: Page, Handle: (*request).confirm},
		{Method: "POST", Path: "/account/confirm", Who: SignedIn, Kind: Page, Handle: (*request).askConfirm},
	}
	if _, kept := s.config.Mailer.(*mail.Kept); kept && s.config.Development {
		routes = append(routes, Route{Method: "GET", Path: "/development/mails", Who: Anyone, Kind: Page, Handle: (*request).keptMails})
	}
	return routes
}

// linkBody is a page that a mailed link leads to, or that asks for one.
type linkBody struct {
	Link, Login string
	Input       inputPart
	// Done: the address is confirmed, or the mail is on its way.
	Done, Kept bool
	// Bad: the link is used, expired or made up.
	Bad     bool
	Address string
}

// post sends a mail after the request was answered: how long that takes must not tell whether an account exists. Shutdown
// waits for it.
func (r *request) post(user people.User, purpose people.Purpose, data string, to string, lasting time.Duration) {
	s, id, words := r.server, r.id, r.words
	s.mails.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), mailTimeout)
		defer cancel()
		token, err := s.config.Site.People.IssueToken(ctx, user.ID, purpose, data, lasting)
		if err == nil {
			path := map[people.Purpose]string{people.PurposeReset: "/reset", people.PurposeConfirm: "/confirm"}[purpose]
			link := s.origin() + path + "?link=" + url.QueryEscape(token)
			kind := "mail." + string(purpose)
			err = s.config.Mailer.Send(ctx, ports.Mail{
				To: to, Subject: words.T(kind + "_subject"), Text: words.T(kind+"_text", user.Username, link), Key: id,
			})
		}
		if err != nil {
			s.config.Log.LogAttrs(ctx, slog.LevelError, "a mail was not sent", slog.String("request", id), slog.String("purpose", string(purpose)), slog.Any("error", err))
		}
	})
}

// waitForMails lets mails that are being sent finish until ctx ends.
func (s *Server) waitForMails(ctx context.Context) {
	sent := make(chan struct{})
	go func() {
		s.mails.Wait()
		close(sent)
	}()
	select {
	case <-sent:
	case <-ctx.Done():
	}
}

func (r *request) forgotPage() error { return r.showForgot(fiber.StatusOK, &linkBody{}, "") }

func (r *request) showForgot(status int, body *linkBody, wrong string) error {
	body.Input = inputPart{
		Name: "login", Type: "text", Value: body.Login, Complete: "username", Error: wrong,
		Label: r.words.T("signin.login"), Help: r.words.T("forgot.help"),
	}
	_, kept := r.server.config.Mailer.(*mail.Kept)
	body.Kept = kept && r.server.config.Development
	return r.showStatus(status, "forgot.html", page{Title: r.words.T("forgot.title"), Body: body})
}

// forgot answers alike whether there is such an account or not (security R17).
func (r *request) forgot() error {
	body := &linkBody{Login: strings.TrimSpace(clip(r.form("login"), 254))}
	if body.Login == "" {
		return r.showForgot(fiber.StatusUnprocessableEntity, body, r.words.T("problem.missing"))
	}
	wait, over, err := r.bounded("reset:client:"+people.ClientKey(r.client()), perClient)
	if err != nil {
		return err
	}
	if over {
		return r.showForgot(fiber.StatusTooManyRequests, body, r.slowText(wait))
	}
	user, err := r.site().People.FindUser(r.ctx(), body.Login)
	known := err == nil && !user.Disabled && !user.Passwordless && user.Email != ""
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return err
	}
	name := "login:" + strings.ToLower(body.Login)
	if known {
		name = "user:" + user.ID // whatever it is called by
	}
	hash := sha256.Sum256([]byte(name))
	if _, over, err = r.bounded("reset:"+hex.EncodeToString(hash[:16]), perAddress); err != nil {
		return err
	}
	if known && !over {
		r.post(user, people.PurposeReset, "", user.Email, resetLasts)
	}
	body.Done = true
	return r.showForgot(fiber.StatusOK, body, "")
}

func (r *request) resetPage() error {
	link := r.Query("link")
	_, _, err := r.site().People.PeekToken(r.ctx(), people.PurposeReset, link)
	return r.showReset(fiber.StatusOK, link, "", err)
}

func (r *request) showReset(status int, link, wrong string, err error) error {
	body := &linkBody{Link: link, Bad: errors.Is(err, people.ErrToken)}
	if err != nil && !body.Bad {
		return err
	}
	if body.Bad {
		status = fiber.StatusGone
	}
	body.Input = inputPart{
		Name: "password", Type: "password", Complete: "new-password", Error: wrong,
		Label: r.words.T("account.new_password"), Help: r.words.T("signup.password_help"),
	}
	return r.showStatus(status, "reset.html", page{Title: r.words.T("reset.title"), Body: body})
}

// reset spends the link first, so that it works once; whoever chose a password that will not do gets another link on the page.
func (r *request) reset() error {
	user, _, err := r.site().People.SpendToken(r.ctx(), people.PurposeReset, r.form("link"))
	if err != nil {
		return r.showReset(fiber.StatusOK, "", "", err)
	}
	_, err = r.site().People.SetPassword(r.ctx(), user.ID, r.form("password"))
	found := r.problemsOf(err, nil)
	if errors.Is(err, people.ErrBusy) {
		found = map[string]string{"password": r.words.T("error.unavailable")}
	}
	if found != nil {
		link, err := r.site().People.IssueToken(r.ctx(), user.ID, people.PurposeReset, "", resetLasts)
		if err != nil {
			return err
		}
		return r.showReset(fiber.StatusUnprocessableEntity, link, found["password"], nil)
	}
	if err != nil {
		return err
	}
	if !user.Confirmed { // whoever made the account may be somebody else than the owner of the address
		if err := r.site().People.DropWays(r.ctx(), user.ID); err != nil {
			return err
		}
	}
	if user, err = r.site().People.SetEmail(r.ctx(), user.ID, user.Email, true); err != nil { // the link came from there
		return err
	}
	return r.enter(user, "/")
}

// confirmPage asks before anything changes: mail programs open links by themselves. It names the account: who confirms his
// address for somebody else's gives that account what his address is invited to.
func (r *request) confirmPage() error {
	link := r.Query("link")
	user, address, err := r.site().People.PeekToken(r.ctx(), people.PurposeConfirm, link)
	return r.showConfirm(&linkBody{Link: link, Login: user.Username, Address: address}, err)
}

func (r *request) showConfirm(body *linkBody, err error) error {
	status := fiber.StatusOK
	if body.Bad = errors.Is(err, people.ErrToken); body.Bad {
		status = fiber.StatusGone
		if r.user != nil && r.user.Confirmed { // he pressed twice, and the second press finds the link used
			body.Address = r.user.Email
		}
	} else if err != nil {
		return err
	}
	return r.showStatus(status, "confirm.html", page{Title: r.words.T("confirm.title"), Body: body})
}

func (r *request) confirm() error {
	user, address, err := r.site().People.SpendToken(r.ctx(), people.PurposeConfirm, r.form("link"))
	if err != nil {
		return r.showConfirm(&linkBody{}, err)
	}
	_, err = r.site().People.SetEmail(r.ctx(), user.ID, address, true)
	if found := r.problemsOf(err, nil); found != nil { // somebody else has the address by now
		return r.showConfirm(&linkBody{}, people.ErrToken)
	}
	return r.showConfirm(&linkBody{Done: true, Address: address}, err)
}

// askConfirm sends the link for the account's own address once more.
func (r *request) askConfirm() error {
	if r.user.Confirmed {
		return r.saved("email")
	}
	return r.mailConfirm(r.user.Email, nil)
}

// mailConfirm sends a link to an address that the person says is theirs.
func (r *request) mailConfirm(address string, values map[string]string) error {
	wait, over, err := r.bounded("confirm:"+r.user.ID, perAddress)
	if err != nil {
		return err
	}
	if over {
		return r.refuseAccount(fiber.StatusTooManyRequests, "email", r.slowText(wait), values)
	}
	r.post(*r.user, people.PurposeConfirm, address, address, confirmLasts)
	return r.saved("mailed")
}

// changeEmail changes the address when its owner has followed the link; at once where the site sends no mail.
func (r *request) changeEmail() error {
	address := strings.TrimSpace(clip(r.form("email"), 254))
	values := map[string]string{"email": address}
	if ok, err := r.prove("email_password", values); !ok {
		return err
	}
	if r.server.config.Mailer != nil {
		if parsed, err := netmail.ParseAddress(address); err != nil || parsed.Address != address {
			return r.refuseAccount(fiber.StatusUnprocessableEntity, "email", r.words.T("problem.malformed"), values)
		}
		return r.mailConfirm(address, values)
	}
	_, err := r.site().People.SetEmail(r.ctx(), r.user.ID, address, false)
	if found := r.problemsOf(err, nil); found != nil {
		return r.showAccount(&accountForm{values: values, errors: found, status: fiber.StatusUnprocessableEntity})
	}
	if err != nil {
		return err
	}
	return r.saved("email")
}

// letterPart is a kept mail; Link is its link as a path of this site.
type letterPart struct {
	To, Subject, Text, Link string
	At                      *instant
}

// keptMails shows what a development site would have sent.
func (r *request) keptMails() error {
	kept, ok := r.server.config.Mailer.(*mail.Kept)
	if !ok || !r.server.config.Development {
		return errNotFound
	}
	var parts []letterPart
	for _, letter := range kept.Letters() {
		part := letterPart{To: letter.To, Subject: letter.Subject, Text: letter.Text, At: r.instant(letter.At)}
		for word := range strings.FieldsSeq(letter.Text) {
			if path, found := strings.CutPrefix(word, r.server.origin()); found && part.Link == "" {
				part.Link = path
			}
		}
		parts = append(parts, part)
	}
	return r.show("mails.html", page{Title: r.words.T("mails.title"), Body: parts})
}
