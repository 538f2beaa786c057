package workbench

import (
	"bytes"
	"net"
	"regexp"
	"slices"

	"github.com/gofiber/fiber/v2"
)

// look is how the pages of the people are shown.
type look struct {
	// Scheme is light or dark, Direction ltr or rtl, Language a tag that the host has words in; "" leaves it to the page.
	Scheme    string `json:"scheme"`
	Direction string `json:"direction"`
	Language  string `json:"language"`
}

// valid keeps what there is.
func (l *look) valid(languages []string) bool {
	return slices.Contains([]string{"", "light", "dark"}, l.Scheme) && slices.Contains([]string{"", "ltr", "rtl"}, l.Direction) &&
		(l.Language == "" || slices.Contains(languages, l.Language))
}

// Cookies of the host's pages.
const (
	sessionCookie  = "quoin_session"
	languageCookie = "quoin_language"
)

// dispatch serves the pages of a person under the person's host, lets the workbench's own host through, and refuses every other
// name: one that was rebound to this machine is none of ours (security R16).
func (s *Server) dispatch(c *fiber.Ctx) error {
	name := string(c.Context().Host())
	if name == s.host {
		return c.Next()
	}
	d := s.pages[name]
	if d == nil {
		return errHost
	}
	s.mu.Lock()
	shown, offline := s.look, d.offline
	s.mu.Unlock()
	if offline {
		c.Context().HijackSetNoResponse(true)
		c.Context().Hijack(func(net.Conn) {}) // it is closed without an answer
		return nil
	}
	if c.Path() == "/signout" { // the person stays
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	c.Request().Header.SetCookie(sessionCookie, d.persona.Token())
	if shown.Language != "" {
		c.Request().Header.SetCookie(languageCookie, shown.Language)
	}
	d.handle(c)
	dress(c, shown)
	return nil
}

var opening = regexp.MustCompile(`<html lang="([^"]*)" dir="([^"]*)"(?: data-theme="[^"]*")?`)

// dress puts scheme and direction into a page's first element, where the reader's own settings stand too.
func dress(c *fiber.Ctx, shown look) {
	if shown.Scheme == "" && shown.Direction == "" || c.Response().IsBodyStream() ||
		!bytes.HasPrefix(c.Response().Header.ContentType(), []byte("text/html")) {
		return
	}
	body := c.Response().Body()
	at := opening.FindSubmatchIndex(body[:min(len(body), 1024)])
	if at == nil {
		return
	}
	direction := string(body[at[4]:at[5]])
	if shown.Direction != "" {
		direction = shown.Direction
	}
	element := `<html lang="` + string(body[at[2]:at[3]]) + `" dir="` + direction + `"`
	if shown.Scheme != "" {
		element += ` data-theme="` + shown.Scheme + `"`
	}
	c.Response().SetBody(slices.Concat(body[:at[0]], []byte(element), body[at[1]:]))
}
