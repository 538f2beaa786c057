package host

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
)

// guard sets what every answer carries and refuses what no handler should see.
func (s *Server) guard(c *fiber.Ctx) error {
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if s.public.Scheme == "https" {
		c.Set("Strict-Transport-Security", "max-age=31536000")
	}
	// Bodies count as they are: what is packed could be a thousand times as large (security R23).
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && encoding != "identity" {
		return errPacked
	}
	if s.config.Development && !s.ownHost(c) {
		return errOtherHost
	}
	return c.Next()
}

// ownHost reports whether the request names this site: a name that was rebound to this machine does not (security R16).
func (s *Server) ownHost(c *fiber.Ctx) bool { return string(c.Context().Host()) == s.public.Host }

// newNonce makes the word that marks a page's own scripts.
func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawStdEncoding.EncodeToString(b[:])
}

// pagePolicy is the Content-Security-Policy of the host's own pages. Style attributes are allowed because authors' HTML has
// them; scripts run by nonce alone, so an uploaded file is never one. embeds are the hosts whose pages the blocks of this
// page may frame; framable says that a page of this site may frame it.
func (s *Server) pagePolicy(nonce string, embeds []string, framable bool) string {
	framers := "'none'"
	if framable {
		framers = "'self'"
	}
	frames := "frame-src 'self'"
	for _, host := range embeds {
		frames += " https://" + host
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'nonce-" + nonce + "'", "style-src 'self' 'unsafe-inline'",
		"img-src 'self' https: data:", "media-src 'self' https: blob:", "font-src 'self'", "connect-src 'self'",
		frames, "form-action 'self'", "base-uri 'none'", "frame-ancestors " + s.framers(framers),
		"manifest-src 'self'",
	}, "; ")
}

// framers are who may frame a page: otherwise, except in a workbench, whose own page shows those of its people.
func (s *Server) framers(otherwise string) string {
	switch {
	case s.config.Framed == "":
		return otherwise
	case otherwise == "'none'":
		return s.config.Framed
	}
	return otherwise + " " + s.config.Framed
}

// maxLoggedOrigin is how much of a foreign Origin one line of the log holds, in bytes.
const maxLoggedOrigin = 200

// unsafeMethod reports whether the method may change something.
func unsafeMethod(method string) bool { return method != fiber.MethodGet && method != fiber.MethodHead }

// checkForgery lets a request that may change something through only when it comes from our own pages: the exact Origin, and
// a token that was made for this browser and stands in the body or in a header, never in an address (security R18).
func (r *request) checkForgery() error {
	if origin := r.Get(fiber.HeaderOrigin); origin != r.server.origin() {
		// A public address that is not the one of browsers makes every form fail like this: the log says which it was.
		r.server.config.Log.Info("a form was refused: its Origin is not the public address; where readers meet this, mend public_url",
			"request", r.id, "origin", origin[:min(len(origin), maxLoggedOrigin)], "public", r.server.origin())
		return errElsewhere
	}
	token := r.Get("X-Quoin-Token")
	if token == "" {
		token = r.form("token")
	}
	if !r.site().People.CheckCSRF(r.binding, token) {
		return errStaleForm
	}
	return nil
}

// origin is this site's own, as browsers name it.
func (s *Server) origin() string { return s.public.Scheme + "://" + s.public.Host }

// clip shortens a text to so many bytes, between characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
