package capa

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// activity is an author's page (jsinput), shown in a frame that may do nothing but draw and speak with the block's script. The
// script asks it for the answer and its state, and gives the state back when the page opens again.
type activity struct {
	// Source is a file of the course ("/static/NAME") or an https address.
	Source string `json:"s"`
	Title  string `json:"t,omitempty"`
	Width  int    `json:"w,omitempty"`
	Height int    `json:"h,omitempty"`
	// Grade, State and SetState name functions of the page. A page that has none of the last two keeps no state, and what
	// Grade gives is the whole answer.
	Grade    string `json:"g,omitempty"`
	State    string `json:"e,omitempty"`
	SetState string `json:"r,omitempty"`
	// Initial is the state of who has not answered yet.
	Initial string `json:"i,omitempty"`
	// Channel says that the page answers by messages of the library jschannel, rather than by functions of these names.
	Channel bool `json:"c,omitempty"`
}

func (v *activity) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "s":
			v.Source = s.Text()
		case "t":
			v.Title = s.Text()
		case "w":
			v.Width = s.Integer()
		case "h":
			v.Height = s.Integer()
		case "g":
			v.Grade = s.Text()
		case "e":
			v.State = s.Text()
		case "r":
			v.SetState = s.Text()
		case "i":
			v.Initial = s.Text()
		case "c":
			v.Channel = s.Truth()
		default:
			return s.Unknown()
		}
		return true
	})
}

// The size of an activity whose author states none, in pixels, as in Open edX.
const (
	activityWidth  = 400
	activityHeight = 300
)

func (c *compiler) activity(e *element, in *Input) {
	in.Kind = Activity
	text := func(name string) string { return pystr.Strip(c.sub(e.value(name))) }
	in.Activity = &activity{
		Source: text("html_file"), Title: text("title"), Width: c.extent(e, "width", activityWidth), Height: c.extent(e, "height", activityHeight),
		Grade: text("gradefn"), State: text("get_statefn"), SetState: text("set_statefn"),
		Initial: c.sub(e.value("initial_state")), Channel: text("sop") == "false",
	}
	a := in.Activity
	switch _, kept := courseFile(a.Source); {
	case c.unknown(e.value("html_file")), kept, ActivityHost(a.Source) != "":
	case a.Source == "":
		c.mistake(e, "<jsinput> names no page", `write html_file="/static/activity.html"`)
		c.invalid[e] = true
	default:
		c.mistake(e, "html_file=%q is neither a file of the course nor an https address", `write html_file="/static/activity.html" or an address that starts with https://`, a.Source)
		a.Source = "" // no frame goes there
		c.invalid[e] = true
	}
	if a.Grade == "" {
		c.mistake(e, "<jsinput> has no gradefn, so it gives no answer", `write gradefn="NAME", a function of the page that returns the answer`)
		c.invalid[e] = true
	}
	if (a.State == "") != (a.SetState == "") {
		c.warn(e, "a state is kept only by get_statefn and set_statefn together", "write both, or none")
	}
	if a.Title == "" {
		c.warn(e, "<jsinput> has no title, by which who cannot see it knows what it is", `write title="..."`)
	}
}

// extent is a side of an activity in pixels.
func (c *compiler) extent(e *element, name string, usual int) int {
	if text, ok := e.attr(name); !ok || pystr.Strip(text) == "" {
		return usual
	}
	if n := c.pixels(e, name); n > 0 {
		return n
	}
	return usual
}

// courseFile is the name of a course file that an address means.
func courseFile(address string) (name string, ok bool) {
	name, ok = strings.CutPrefix(address, "/static/")
	return name, ok && name != "" && !strings.Contains(name, "..")
}

// ActivityHost is the host of an activity that stands on another site, "" for one of the course's own and for what no frame
// may show.
func ActivityHost(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" || parsed.User != nil || parsed.Hostname() == "" {
		return ""
	}
	for _, r := range parsed.Host { // it becomes a word of the page's policy
		if r != '.' && r != '-' && r != ':' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return ""
		}
	}
	return strings.ToLower(parsed.Host)
}

// Frames are the hosts of other sites whose pages the problem shows.
func (p *Public) Frames() []string {
	var hosts []string
	for i := range p.Inputs {
		if a := p.Inputs[i].Activity; a != nil {
			if host := ActivityHost(a.Source); host != "" {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// stage shows where the block's script puts the frame; without scripts it says that it needs them. What the page answered
// stands in a hidden field, so that a form which is sent as it is loses nothing.
func (w *writer) stage(in *Input) {
	a := in.Activity
	w.raw(`<div class="field capa-activity" role="group"`)
	w.attr("id", w.id(in, ""))
	w.attr("aria-label", cmp.Or(plain(in.Label), a.Title, w.text("activity")))
	w.described(in)
	w.raw(">")
	if in.Label != "" {
		w.raw(`<p class="capa-activity-label">`, in.Label, "</p>")
	}
	w.notes(in)
	if a.Source == "" {
		w.raw(`<p class="notice bad">`)
		w.put(w.text("cannot_grade"))
		w.raw("</p></div>")
		return
	}
	w.raw(`<div class="capa-stage"`)
	for _, pair := range [][2]string{
		{"src", a.Source},
		{"title", cmp.Or(a.Title, w.text("activity"))},
		{"width", itoa(a.Width)},
		{"height", itoa(a.Height)},
		{"grade", a.Grade},
		{"state", a.State},
		{"restore", a.SetState},
		{"initial", a.Initial},
		{"silent", w.text("activity_silent")},
	} {
		w.attr("data-"+pair[0], pair[1])
	}
	if a.Channel {
		w.attr("data-channel", "")
	}
	w.raw(`><p class="notice warn">`)
	w.put(w.text("activity_scripts"))
	w.raw(`</p></div><input type="hidden"`)
	w.common(in)
	w.attr("value", w.o.Answers[in.ID].first())
	w.raw(`><p class="error" role="alert" hidden></p>`)
	w.status(in, "p")
	w.feedback(w.part(in))
	w.raw("</div>")
}

// activityAnswer is what a learner answered in an activity, in words for a report: without the state, where both were sent.
func activityAnswer(sent string) string {
	var both struct {
		Answer json.RawMessage `json:"answer"`
		State  json.RawMessage `json:"state"`
	}
	if json.Unmarshal([]byte(sent), &both) != nil || both.Answer == nil || both.State == nil {
		return sent
	}
	var text string
	if json.Unmarshal(both.Answer, &text) != nil {
		text = string(both.Answer)
	}
	return text
}
