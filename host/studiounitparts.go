package host

import (
	"cmp"
	"encoding/json"
	"html/template"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// studioPart is one component as the unit's page shows it.
type studioPart struct {
	Usage, ID, Type, Title, TypeTitle string
	Version                           int64
	State                             string
	Conflicts                         int
	// Grouped says that it is for some content groups only.
	Grouped bool
	HTML    template.HTML
	// Place counts from 1; First and Last have no way up or down. Above and Before are what it stands after when it is moved.
	Place       int
	First, Last bool
	Up, Down    string
	// From is where the course tells of the library that it came from, "" for none; Behind that there is something newer.
	From   string
	Behind bool
	// Updates says how many copies in it are behind their libraries, "" for none.
	Updates string
	// Inside is the page of what is in it, for a bank.
	Inside string
	// Talks are the open talks about it.
	Talks int
	// Parent says that other components stand in it: they are edited on a page of their own.
	Parent bool
	Link   string
}

// partTitle is a block's own name, its type's where it has none.
func (r *request) partTitle(content *authoring.Content) string {
	if title := content.Title; title != "" {
		return title
	}
	if content.Usage.Type == "vertical" {
		return r.words.T("studio_unit.untitled")
	}
	return r.typeTitle(content.Usage.Type)
}

// studioPartsOf renders the components of a unit for its author.
func (r *request) studioPartsOf(unit *authoring.Content, body *studioUnitBody) ([]studioPart, error) {
	if err := r.lookAs(unit.Usage, studioLook{Editor: true}); err != nil {
		return nil, err
	}
	block, err := r.published.Find(r.ctx(), unit.Usage)
	if err != nil {
		return nil, err
	}
	blocks := map[key.Usage]*course.Block{}
	for _, part := range partBlocks(block) {
		blocks[part.Usage] = part
	}
	visit, err := r.kernel().Visit(r.ctx(), r.person, r.published, partBlocks(block)...)
	if err != nil {
		return nil, err
	}
	talks, err := r.openTalks(unit.Usage)
	if err != nil {
		return nil, err
	}
	body.Talks = talks[unit.Usage.String()]
	contents := unit.Children
	if !course.Structural(unit.Usage.Type) && !holdsParts(unit.Usage.Type) {
		contents = []*authoring.Content{unit}
	}
	var parts []studioPart
	for i, content := range contents {
		part := studioPart{
			Usage: content.Usage.String(), ID: content.Usage.ID, Type: content.Usage.Type, Title: r.partTitle(content), TypeTitle: r.typeTitle(content.Usage.Type),
			Version: versionBelow(content), State: string(content.State), Conflicts: len(content.Conflicts), Talks: talks[content.Usage.String()], Place: i + 1, First: i == 0, Last: i == len(contents)-1,
			Grouped: forGroups(content.Fields["group_access"]), Parent: len(content.Children) > 0, Link: body.Link + "?edit=" + url.QueryEscape(content.Usage.String()),
		}
		if holdsParts(content.Usage.Type) && content != unit {
			part.Inside = r.studioUnitLink(content.Usage)
		}
		if i > 1 {
			part.Up = contents[i-2].Usage.String()
		}
		if i+1 < len(contents) {
			part.Down = contents[i+1].Usage.String()
		}
		if found := blocks[content.Usage]; found != nil {
			if part.HTML, err = r.studioPartHTML(visit, found, body); err != nil {
				return nil, err
			}
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// versionBelow changes with a block and with what is in it.
func versionBelow(content *authoring.Content) int64 {
	version := content.Version
	for _, child := range content.Children {
		version += versionBelow(child)
	}
	return version
}

// studioPartHTML renders a component from the working copy, as a site shows it.
func (r *request) studioPartHTML(visit *kernel.Visit, block *course.Block, body *studioUnitBody) (template.HTML, error) {
	at := viewAt{}
	if r.declaresView(block.Usage.Type, wire.ViewAuthor) {
		at.View = wire.ViewAuthor
	}
	shown, err := visit.Render(r.ctx(), block, cmp.Or(at.View, wire.ViewLearner))
	if err != nil {
		return "", err
	}
	html, err := r.blockHTMLAt(shown, r.token(), at)
	if err != nil {
		return "", err
	}
	assets := &unitBody{}
	collectAssets(shown, assets)
	for _, style := range assets.Styles {
		body.Styles = addOnce(body.Styles, style)
	}
	for _, script := range assets.Scripts {
		body.Scripts = addOnce(body.Scripts, script)
	}
	for _, host := range assets.embeds {
		body.embeds = addOnce(body.embeds, host)
	}
	body.elements = body.elements || assets.elements
	return html, nil
}

// declaresView reports whether the installed block of a type has a view of its own of this name.
func (r *request) declaresView(blockType, view string) bool {
	version, err := r.kernel().Registry().LookupIn(blockType, r.course.String())
	if err != nil {
		return false
	}
	description, err := version.Describe(r.ctx(), blockType)
	return err == nil && slices.ContainsFunc(description.Views, func(v wire.View) bool { return v.Name == view })
}

// studioParts gives the components anew, for a page that is open already.
func (r *request) studioParts() error {
	body, err := r.studioUnitBody()
	if err != nil {
		return err
	}
	html, err := r.studioTemplate("studio-parts", page{W: r.words, Token: r.token(), Body: body})
	if err != nil {
		return err
	}
	palette, err := r.studioTemplate("studio-palette", page{W: r.words, Body: body})
	if err != nil {
		return err
	}
	return r.data(fiber.StatusOK, fiber.Map{"html": html, "palette": palette, "deeds": json.RawMessage(body.Deeds), "version": body.Version, "title": body.Title, "styles": body.Styles, "scripts": body.Scripts})
}
