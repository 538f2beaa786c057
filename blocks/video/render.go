package video

import (
	"html"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
)

// What the page loads, see package assets.
const (
	element = "quoin-video"
	script  = "video.js"
	style   = "video.css"
)

// Render implements sdk.Renderer. The markup is whole without the script: the browser's player, captions and links. What needs
// the script is hidden until it runs.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	p := &page{call: c, video: &v.Public, fields: v.Fields}
	p.raw(`<div class="video-block">`)
	p.raw(`<div class="video-stage">`)
	switch {
	case len(p.video.Sources) > 0:
		p.player()
	case p.video.YouTube != "":
		p.remote()
	default:
		p.raw(`<p class="placeholder">`)
		p.say("nothing")
		p.raw(`</p>`)
	}
	p.speeds()
	p.raw(`</div>`)
	p.transcript()
	p.links()
	p.raw(`</div>`)
	return sdk.Fragment{HTML: p.String(), Styles: []string{style}, Scripts: []string{script}, Element: element, Init: p.init()}, nil
}

// page writes the view.
type page struct {
	strings.Builder
	call   *sdk.Call
	video  *Public
	fields *Fields
}

// put appends texts that may hold anything.
func (p *page) put(text string) { p.WriteString(html.EscapeString(text)) }

// raw appends markup.
func (p *page) raw(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
}

// say appends a sentence of the catalogue.
func (p *page) say(key string, args ...any) { p.put(p.call.T(key, args...)) }

// attr appends an attribute.
func (p *page) attr(name, value string) {
	p.raw(" ", name, `="`, html.EscapeString(value), `"`)
}

// link appends a list's item with a link; download asks the browser to keep the file.
func (p *page) link(address, key string, download bool, args ...any) {
	p.raw(`<li><a`)
	p.attr("href", address)
	if download {
		p.raw(` download=""`)
	}
	p.raw(`>`)
	p.say(key, args...)
	p.raw(`</a></li>`)
}

// player is the browser's own.
func (p *page) player() {
	p.raw(`<video class="video" controls="" playsinline="" preload="metadata"`)
	p.attr("aria-label", p.video.Title)
	if p.video.Poster != "" {
		p.attr("poster", p.video.Poster)
	}
	p.raw(`>`)
	for _, s := range p.video.Sources {
		p.raw(`<source`)
		p.attr("src", s.URL+stretch(p.video.Start, p.video.End))
		if s.Type != "" {
			p.attr("type", s.Type)
		}
		p.raw(`>`)
	}
	shown := -1
	if p.fields.Captions.Value {
		shown = preferred(p.video.Tracks, p.fields.Language, p.call.Context.Locale)
	}
	for i, t := range p.video.Tracks {
		p.raw(`<track kind="captions"`)
		p.attr("src", "quoin:handler/"+handlerCaptions+"?lang="+t.Language)
		p.attr("srclang", bcp47(t.Language))
		p.attr("label", languageName(t.Language))
		if i == shown {
			p.raw(` default=""`)
		}
		p.raw(`>`)
	}
	p.raw(`</video><p class="notice bad" data-failed="" hidden="">`)
	p.say("cannot_play")
	p.raw(`</p>`)
}

// stretch makes a browser play a part of the file without any script.
func stretch(from, to float64) string {
	switch {
	case to > 0:
		return "#t=" + seconds(from) + "," + seconds(to)
	case from > 0:
		return "#t=" + seconds(from)
	}
	return ""
}

func seconds(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// remote stands where YouTube's player comes after a click. Nothing here is loaded from YouTube.
func (p *page) remote() {
	p.raw(`<div class="video-remote" data-remote=""><p>`)
	p.say("on_youtube")
	p.raw(`</p><div class="row"><button type="button" class="button primary" data-load="" hidden="">`)
	p.say("play_here")
	p.raw(`</button><a class="button" target="_blank" rel="noopener noreferrer"`)
	p.attr("href", watchAddress(p.video.YouTube, p.video.Start))
	p.raw(`>`)
	p.say("watch_on_youtube")
	p.raw(`</a></div></div>`)
}

// watchAddress is a video's page at YouTube.
func watchAddress(id string, from float64) string {
	if from > 0 {
		return "https://www.youtube.com/watch?v=" + id + "&t=" + strconv.Itoa(int(from)) + "s"
	}
	return "https://www.youtube.com/watch?v=" + id
}

// rates are the speeds offered.
var rates = []float64{0.5, 0.75, 1, 1.25, 1.5, 1.75, 2}

// speeds is a list that the script shows; browsers hide theirs in menus, and some have none.
func (p *page) speeds() {
	if len(p.video.Sources) == 0 && p.video.YouTube == "" {
		return
	}
	p.raw(`<p class="video-speed" data-speed="" hidden=""><label for="quoin:id/speed">`)
	p.say("speed")
	p.raw(`</label> <select id="quoin:id/speed">`)
	chosen := p.fields.Speed
	if chosen == 0 {
		chosen = 1
	}
	for _, rate := range rates {
		p.raw(`<option`)
		p.attr("value", seconds(rate))
		if rate == chosen {
			p.raw(` selected=""`)
		}
		p.raw(`>`, seconds(rate), "\u00d7</option>")
	}
	p.raw(`</select></p>`)
}

// transcript stands beside the player. The script fills in the lines; without it there are the files.
func (p *page) transcript() {
	if len(p.video.Tracks) == 0 {
		return
	}
	p.raw(`<details class="video-transcript"`)
	if p.video.Open {
		p.raw(` open=""`)
	}
	p.raw(`><summary>`)
	p.say("transcript")
	p.raw(`</summary>`)
	if len(p.video.Tracks) > 1 {
		at := preferred(p.video.Tracks, p.fields.Language, p.call.Context.Locale)
		p.raw(`<p class="video-language" data-language="" hidden=""><label for="quoin:id/language">`)
		p.say("language")
		p.raw(`</label> <select id="quoin:id/language">`)
		for i, t := range p.video.Tracks {
			p.raw(`<option`)
			p.attr("value", t.Language)
			p.attr("lang", bcp47(t.Language))
			if i == at {
				p.raw(` selected=""`)
			}
			p.raw(`>`)
			p.put(languageName(t.Language))
			p.raw(`</option>`)
		}
		p.raw(`</select></p>`)
	}
	p.raw(`<div class="video-lines" data-lines="" hidden=""></div>`)
	p.raw(`<ul class="video-files" data-files="">`)
	for _, t := range p.video.Tracks {
		p.link("quoin:handler/"+handlerTranscript+"?lang="+t.Language, "read_in", false, languageName(t.Language))
	}
	p.raw(`</ul></details>`)
}

// links are the files that go with the video.
func (p *page) links() {
	var items page
	items.call = p.call
	if p.video.OfferVideo && len(p.video.Sources) > 0 {
		items.link(p.video.Sources[0].URL, "download_video", true)
	}
	if p.video.OfferText {
		for _, t := range p.video.Tracks {
			items.link("quoin:handler/"+handlerTranscript+"?lang="+t.Language, "download_transcript", true, languageName(t.Language))
		}
		if p.video.Transcript != "" {
			items.link(p.video.Transcript, "download_other", true)
		}
	}
	if p.video.Handout != "" {
		items.link(p.video.Handout, "handout", true)
	}
	if len(p.video.Sources) > 0 && p.video.YouTube != "" {
		items.link(watchAddress(p.video.YouTube, p.video.Start), "watch_on_youtube", false)
	}
	if items.Len() > 0 {
		p.raw(`<ul class="video-links">`, items.String(), `</ul>`)
	}
}

// start is what the script begins with.
type start struct {
	YouTube  string            `json:"youtube,omitempty"`
	Title    string            `json:"title"`
	Start    float64           `json:"start"`
	End      float64           `json:"end,omitempty"`
	Position float64           `json:"position,omitempty"`
	Speed    float64           `json:"speed,omitempty"`
	Language string            `json:"language,omitempty"`
	Locale   string            `json:"locale,omitempty"`
	Words    map[string]string `json:"words"`
}

func (p *page) init() start {
	s := start{
		Title: p.video.Title, Start: p.video.Start, End: p.video.End, Position: p.fields.Position, Speed: p.fields.Speed,
		Locale: p.call.Context.Locale, Words: map[string]string{},
	}
	if len(p.video.Sources) == 0 {
		s.YouTube = p.video.YouTube
	}
	if at := preferred(p.video.Tracks, p.fields.Language, p.call.Context.Locale); at >= 0 {
		s.Language = p.video.Tracks[at].Language
	}
	for _, key := range []string{"loading", "no_transcript", "lines_label"} {
		s.Words[key] = p.call.T(key)
	}
	return s
}
