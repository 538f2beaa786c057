package host

import (
	"encoding/json"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/sanitize"
)

// homeBody is a course's home.
type homeBody struct {
	*journey
	// Soon are the next deadlines that are not done with.
	Soon     []deadline
	Updates  []update
	Handouts template.HTML
}

// update is a message of the course team; Date is written as the team wrote it.
type update struct {
	Date string
	HTML template.HTML
}

// soonest is how many deadlines the home and the dashboard show.
const soonest = 5

// outline shows a course's home: where to go on, what is due, the outline, what the team has to say.
func (r *request) outline() error {
	if verdict := access.Listing(r.person, r.published, r.published.Root, r.now()); !verdict.Allowed {
		return r.Redirect("/courses/"+r.course.String()+"/about", fiber.StatusSeeOther)
	}
	j, err := r.journey()
	if err != nil {
		return err
	}
	body := &homeBody{journey: j, Soon: upcoming(j.Deadlines, soonest)}
	if body.Updates, err = r.updates(); err != nil {
		return err
	}
	if body.Handouts, err = r.infoHTML("handouts"); err != nil {
		return err
	}
	return r.show("outline.html", page{Title: r.published.Run.Title, Body: body, Course: r.coursePart("home")})
}

// upcoming are the first deadlines that lie ahead and are not done with.
func upcoming(deadlines []deadline, most int) []deadline {
	var soon []deadline
	for _, d := range deadlines {
		if !d.Past && !d.Complete && len(soon) < most {
			soon = append(soon, d)
		}
	}
	return soon
}

// infoHTML is one of the course's texts beside the tree, made safe; "" when it says nothing.
func (r *request) infoHTML(slug string) (template.HTML, error) {
	text, err := r.site().Courses.Page(r.ctx(), r.course, "info", slug)
	if isNotFound(err) {
		return "", nil
	}
	return r.authorHTML(text.HTML), err
}

// authorHTML makes what a course team wrote safe to show, with its links turned into addresses; "" where there is nothing to
// see in it.
func (r *request) authorHTML(text string) template.HTML {
	clean, _ := sanitize.Clean(sanitize.Author, text)
	if !visible(clean) {
		return ""
	}
	return template.HTML(r.rewrite(r.pictures(r.formulas(clean), false)))
}

// updates are the team's messages, the newest first. Archives hold them as a list beside a text, or as the text alone.
func (r *request) updates() ([]update, error) {
	text, err := r.site().Courses.Page(r.ctx(), r.course, "info", "updates")
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := listedUpdates(&text)
	out := make([]update, 0, len(list)+1)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Status == "deleted" {
			continue
		}
		if shown := r.authorHTML(list[i].Content); shown != "" {
			out = append(out, update{list[i].Date, shown})
		}
	}
	if shown := r.authorHTML(text.HTML); shown != "" {
		out = append(out, update{HTML: shown})
	}
	return out, nil
}

type listedUpdate struct {
	Date    string `json:"date"`
	Content string `json:"content"`
	Status  string `json:"status"`
}

// listedUpdates reads the list beside the text. One that cannot be read is the import report's matter; learners see the rest.
func listedUpdates(text *course.Page) []listedUpdate {
	var list []listedUpdate
	if json.Unmarshal([]byte(text.Fields["items"]), &list) != nil {
		return nil
	}
	return list
}

// visible reports whether a fragment shows anything: text, or something that stands for itself.
func visible(fragment string) bool {
	tokens := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return false
		case html.TextToken:
			if strings.TrimSpace(string(tokens.Text())) != "" {
				return true
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			switch string(name) {
			case "img", "video", "audio", "iframe", "object", "svg", "math":
				return true
			}
		case html.EndTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}
