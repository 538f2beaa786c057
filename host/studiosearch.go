package host

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
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
	Action, Back             string
	Words, With              string
	Case, Whole, Tags, Asked bool
	Said, Problem            string
	Groups                   []seekGroup
	// Replaceable says that there is something that can be replaced.
	Replaceable bool
	UndoPath    string
	UndoOp      string
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
	Excerpts                              []authoring.Excerpt
}

// pickMark parts a picked field's block, name and value: none of them has it.
const pickMark = "|"

func lookingFor(get func(string) string) authoring.Looking {
	return authoring.Looking{Words: get("q"), With: get("with"), Case: get("case") != "", Whole: get("whole") != "", Tags: get("tags") != ""}
}

func (r *request) studioSearch() error {
	looking := lookingFor(func(name string) string { return r.Query(name) })
	body := &seekBody{
		Action: r.studioPath() + "/search", Back: r.studioPath(), Words: looking.Words, With: looking.With, Case: looking.Case, Whole: looking.Whole, Tags: looking.Tags,
		Asked: looking.Words != "", UndoPath: r.studioPath() + "/undo", UndoOp: clip(r.Query("op"), 100),
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
	return r.showStudio(status, "studio_search.html", "outline", page{Title: r.words.T("studio_seek.title"), Body: body, Focus: r.didNotice()})
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
	places := 0
	for i := range found {
		o := &found[i]
		places += o.Count
		group := r.run.Title
		one := seekFound{
			Pick: strings.Join([]string{o.Usage.String(), o.Field, o.Value}, pickMark), Title: firstOf(o.Title, r.kindText(o.Usage.Type)), Type: r.kindText(o.Usage.Type),
			Field: r.fieldText(o.Field), Count: r.words.T("studio_seek.places", o.Count), Unsound: o.Unsound, Excerpts: o.Excerpts,
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

// fieldText is a field's name in words where the host has some, else as its block declares it.
func (r *request) fieldText(name string) string {
	if text := r.words.T("studio_field." + name); text != "studio_field."+name {
		return text
	}
	return name
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
	op, left, err := r.authoring().Replace(r.ctx(), r.author(), r.course, looking, picked...)
	if err != nil {
		return r.studioFailure(err)
	}
	did := "replaced"
	if left > 0 {
		did = "replaced_left"
	}
	if r.wantsData() {
		return r.data(fiber.StatusOK, studioDone{Did: did, Op: op.ID, Message: r.words.T("studio_did." + did)})
	}
	values := url.Values{"did": {did}}
	if op.ID != "" {
		values.Set("op", op.ID)
	}
	return r.Redirect(link(r.studioPath()+"/search", values), fiber.StatusSeeOther)
}
