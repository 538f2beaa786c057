package host

import (
	"html/template"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/host/guide"
)

// galleryRoutes are the pages that show the SDK's elements live. They hold nothing of this site.
func galleryRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/docs/gallery", Who: Anyone, Kind: Page, Handle: (*request).gallery, Free: true},
		{Method: "GET", Path: "/docs/gallery/frame", Who: Anyone, Kind: File, Handle: (*request).galleryFrame, Free: true},
	}
}

// galleryBody is the gallery: the guide's page on elements with every state live.
type galleryBody struct {
	Specimens []gallerySpecimen
	Tokens    []template.CSS
	Sandbox   string
}

type gallerySpecimen struct {
	guide.Specimen
	Live []galleryState
}

// galleryState is one state with a form of its own, which goes nowhere.
type galleryState struct {
	Title, Code, ID, Form string
	HTML                  template.HTML
}

// galleryTokens are the colours that blocks may use; a test compares them with the style sheet.
var galleryTokens = []template.CSS{
	"--accent", "--accent-strong", "--on-accent", "--accent-soft", "--page", "--surface", "--surface-2", "--text", "--text-soft", "--line",
	"--line-strong", "--good", "--good-soft", "--bad", "--bad-soft", "--warn", "--warn-soft",
}

func (r *request) gallery() error {
	specimens, err := guide.Specimens()
	if err != nil {
		return err
	}
	body := &galleryBody{Tokens: galleryTokens, Sandbox: frameSandbox(false)}
	for _, specimen := range specimens {
		shown := gallerySpecimen{Specimen: specimen}
		for n, state := range specimen.States {
			shown.Live = append(shown.Live, liveState(specimen.ID+"-"+strconv.Itoa(n+1), state))
		}
		body.Specimens = append(body.Specimens, shown)
	}
	p := page{Title: r.words.T("gallery.title"), Bundle: "gallery", Body: body}
	if p.Elements, err = r.elementsPart(); err != nil {
		return err
	}
	return r.show("gallery.html", p)
}

// liveState fills in what a fragment leaves to the platform. The code is the guide's own, from the binary.
func liveState(id string, state guide.SpecimenState) galleryState {
	live := galleryState{Title: state.Title, Code: state.Code, ID: "gallery-" + id}
	live.Form = live.ID + "-form"
	live.HTML = template.HTML(replaceValues(state.Code, func(name, rest string) string {
		switch name {
		case "form":
			return live.Form
		case "id":
			return live.ID + "-" + rest
		}
		return ""
	}))
	return live
}

// galleryFramed are the elements that the framed specimen shows.
var galleryFramed = []string{"choices", "order"}

// galleryFrame is the document of the framed specimen: a block from elsewhere gets the like.
func (r *request) galleryFrame() error {
	specimens, err := guide.Specimens()
	if err != nil {
		return err
	}
	var html strings.Builder
	html.WriteString(`<div class="stack">`)
	for _, specimen := range specimens {
		for _, name := range galleryFramed {
			if specimen.ID == name {
				html.WriteString(string(liveState("framed", specimen.States[0]).HTML))
			}
		}
	}
	html.WriteString("</div>")
	body := &frameBody{
		Language: r.words.Language, Direction: r.words.Direction(), Title: r.words.T("gallery.frame"), HTML: template.HTML(html.String()),
		Form: "gallery-framed-form", NoScript: r.words.T("frame.noscript"),
	}
	if body.Elements, err = r.framedElements(); err != nil {
		return err
	}
	if err := r.frameLook(body); err != nil {
		return err
	}
	return r.sendFrame(body, r.server.sandboxPolicy(false, r.server.origin(), "frame-src 'none'"))
}
