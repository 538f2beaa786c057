package host

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// studioSearchRoutes are the addresses at which words are found in a whole course, and replaced.
func studioSearchRoutes() []Route {
	return []Route{
		{Method: "GET", Path: studioPages + "/search", Who: Authors, Kind: Page, Handle: (*request).studioSearch},
		{Method: "POST", Path: studioPages + "/search", Who: Authors, Kind: Page, Handle: (*request).studioReplace},
	}
}

// seekBody is the page that finds and replaces.
type seekBody struct {
	Action, Back            string
	Words, With             string
	Case, Whole, Tags, Keep bool
	Asked                   bool
	Said, Problem           string
	Groups                  []seekGroup
	// Replaceable says that there is something that can be replaced.
	Replaceable bool
	UndoPath    string
	UndoOp      string
	// UndoText says what is taken back by it.
	UndoText string
}

// seekGroup is what was found in one unit, or above units.
type seekGroup struct {
	Title string
	Found []seekFound
}

// seekFound is one field.
type seekFound struct {
	Pick, Title, Type, Field, Link, Count string
	Unsound                               bool
	// Copy says that it is a copy of a library's component.
	Copy     bool
	Excerpts []authoring.Excerpt
}

// pickMark parts a picked field's block, name and value: none of them has it.
const pickMark = "|"

func lookingFor(get func(string) string) authoring.Looking {
	return authoring.Looking{Words: get("q"), With: get("with"), Case: get("case") != "", Whole: get("whole") != "", Tags: get("tags") != "", Keep: get("keep") != ""}
}

func (r *request) studioSearch() error {
	looking := lookingFor(func(name string) string { return r.Query(name) })
	body := &seekBody{
		Action: r.studioPath() + "/search", Back: r.studioPath(), Words: looking.Words, With: looking.With, Case: looking.Case, Whole: looking.Whole, Tags: looking.Tags,
		Keep: looking.Keep || looking.Words == "", Asked: looking.Words != "", UndoPath: r.studioPath() + "/undo", UndoOp: clip(r.Query("op"), 100),
	}
	focus := r.didNotice()
	if places, blocks := counted(r.Query("places")), counted(r.Query("blocks")); focus != nil && places > 0 && blocks > 0 {
		focus.Text = r.replacedText(r.Query("did"), places, blocks)
		body.UndoText = r.words.T("studio_seek.undo", places, r.words.T("studio_seek.in_components", blocks))
	}
	status := fiber.StatusOK
	if body.Asked {
		switch err := r.find(body, looking); {
		case errors.As(err, new(*authoring.Invalid)):
			status, body.Problem = fiber.StatusUnprocessableEntity, r.words.T("studio_seek.wrong_words", authoring.MaxWords, authoring.MaxWith)
		case err != nil:
			return r.studioFailure(err)
		}
	}
	return r.showStudio(status, "studio_search.html", "outline", page{Title: r.words.T("studio_seek.title"), Body: body, Focus: focus})
}

// find fills the page with what was found.
func (r *request) find(body *seekBody, looking authoring.Looking) error {
	found, more, err := r.authoring().Search(r.ctx(), r.course, looking)
	if err != nil {
		return err
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return err
	}
	copies, err := r.libraryCopies()
	if err != nil {
		return err
	}
	places := 0
	for i := range found {
		o := &found[i]
		places += o.Count
		group := r.run.Title
		one := seekFound{
			Pick: strings.Join([]string{o.Usage.String(), o.Field, o.Value}, pickMark), Title: firstOf(o.Title, r.kindText(o.Usage.Type)), Type: r.kindText(o.Usage.Type),
			Field: r.fieldTitle(o.Usage.Type, o.Field), Copy: copies[o.Usage], Count: r.words.T("studio_seek.places", o.Count), Unsound: o.Unsound, Excerpts: o.Excerpts,
		}
		if node := nodeOf(tree, o.Unit); node != nil {
			group = firstOf(node.Title, r.words.T("studio_unit.untitled"))
			one.Link = r.studioUnitLink(o.Unit)
			if o.Usage != o.Unit {
				one.Link = link(one.Link, url.Values{"edit": {o.Usage.String()}})
			}
		} else if outlineLevel(o.Usage.Type) > 0 {
			one.Link = r.studioPath() + "/blocks/" + url.PathEscape(o.Usage.String()) + "/settings"
		}
		body.Replaceable = body.Replaceable || !o.Unsound
		if n := len(body.Groups); n == 0 || body.Groups[n-1].Title != group {
			body.Groups = append(body.Groups, seekGroup{Title: group})
		}
		last := &body.Groups[len(body.Groups)-1]
		last.Found = append(last.Found, one)
	}
	body.Said = r.words.T("studio_seek.found", places, len(found))
	if len(found) == 0 {
		body.Said = r.words.T("studio_seek.nothing")
	}
	if more {
		body.Said += " " + r.words.T("studio_seek.more", authoring.MaxFound)
	}
	return nil
}

// replacedText says what a replacement did.
func (r *request) replacedText(did string, places, blocks int) string {
	said := r.words.T("studio_seek.replaced", places, r.words.T("studio_seek.in_components", blocks))
	if did == "replaced_left" {
		said += " " + r.words.T("studio_seek.left")
	}
	return said
}

// counted reads a number of an address, 0 for what is none.
func counted(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// libraryCopies are the blocks of the course that came from a library.
func (r *request) libraryCopies() (map[key.Usage]bool, error) {
	copies := map[key.Usage]bool{}
	if len(r.run.Libraries) == 0 {
		return copies, nil
	}
	links, err := r.authoring().Links(r.ctx(), r.author(), r.course, key.Usage{})
	for i := range links {
		copies[links[i].Usage] = true
	}
	return copies, err
}

// studioReplace replaces in the fields that were picked.
func (r *request) studioReplace() error {
	looking := lookingFor(r.form)
	var picked []authoring.Picked
	for _, text := range r.formAll("pick") {
		parts := strings.Split(text, pickMark)
		if len(parts) != 3 {
			return fiber.ErrBadRequest
		}
		usage, err := r.ownUsage(parts[0])
		if err != nil {
			return err
		}
		picked = append(picked, authoring.Picked{Usage: usage, Field: parts[1], Value: parts[2]})
	}
	if len(picked) == 0 {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_seek.none_picked"))
	}
	done, err := r.authoring().Replace(r.ctx(), r.author(), r.course, looking, picked...)
	if err != nil {
		return r.studioFailure(err)
	}
	did := "replaced"
	if done.Left > 0 {
		did = "replaced_left"
	}
	if r.wantsData() {
		return r.data(fiber.StatusOK, studioDone{Did: did, Op: done.Op.ID, Message: r.replacedText(did, done.Places, done.Blocks)})
	}
	values := url.Values{"did": {did}}
	if done.Op.ID != "" {
		values.Set("op", done.Op.ID)
		values.Set("places", strconv.Itoa(done.Places))
		values.Set("blocks", strconv.Itoa(done.Blocks))
	}
	return r.Redirect(link(r.studioPath()+"/search", values), fiber.StatusSeeOther)
}
