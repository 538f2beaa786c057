package workbench

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/workbench"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("workbench").Parse(pageSource))

// pageBody is what the workbench's page is made of; everything else is asked for by its script.
type pageBody struct {
	W                   *words.Reader
	Token, Nonce        string
	Site, Style, Script string
	Words               template.JS
	Widths              []int
	Faults              []workbench.Fault
	Languages           []string
}

// widths are the devices that frames can be as wide as, in CSS pixels.
var widths = []int{320, 390, 768, 1280}

func (s *Server) page(c *fiber.Ctx) error {
	w := s.reader(c)
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	body := pageBody{
		W: w, Token: s.token, Nonce: base64.RawURLEncoding.EncodeToString(random[:]), Widths: widths, Faults: workbench.Faults(),
		Languages: s.words.Languages(),
	}
	for entry, into := range map[string]*string{"site.css": &body.Site, "workbench.css": &body.Style, "workbench.js": &body.Script} {
		name, err := s.config.Assets.Name(entry)
		if err != nil {
			return err
		}
		*into = "/web/" + name
	}
	var err error
	if body.Words, err = s.scriptWords(w); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, body); err != nil {
		return fmt.Errorf("drawing the workbench: %w", err)
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderContentSecurityPolicy, s.policy(body.Nonce))
	return c.Send(out.Bytes())
}

// policy lets the page run its own script and frame the pages of its people, and nothing else.
func (s *Server) policy(nonce string) string {
	frames := "frame-src"
	for _, d := range s.order {
		frames += " http://" + d.host
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'nonce-" + nonce + "'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self'",
		"connect-src 'self'", frames, "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; ")
}

// scriptWords are the texts that the page's script writes.
func (s *Server) scriptWords(w *words.Reader) (template.JS, error) {
	texts := map[string]string{}
	for _, key := range s.words.Keys() {
		if name, ok := strings.CutPrefix(key, "workbench."); ok {
			texts[name] = w.T(key)
		}
	}
	encoded, err := json.Marshal(texts)
	return template.JS(encoded), err
}

func (s *Server) asset(c *fiber.Ctx) error {
	file, ok := s.config.Assets.File(c.Params("file"))
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, file.Type)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(file.Data)
}
