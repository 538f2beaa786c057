package host

import (
	"errors"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// studioUnitRoutes are the addresses of the unit editor.
func studioUnitRoutes() []Route {
	const unit, block = studioPages + "/units/:id", studioPages + "/components/:usage"
	return slices.Concat([]Route{
		{Method: "GET", Path: unit, Who: Authors, Kind: Page, Handle: (*request).studioUnit},
		{Method: "GET", Path: unit + "/parts", Who: Authors, Kind: Data, Handle: (*request).studioParts},
		{Method: "GET", Path: unit + "/state", Who: Authors, Kind: Data, Handle: (*request).studioState},
		{Method: "GET", Path: unit + "/places", Who: Authors, Kind: Data, Handle: (*request).studioPlaces},
		{Method: "GET", Path: studioPages + "/formula", Who: Authors, Kind: Data, Handle: (*request).studioFormula},
		{Method: "POST", Path: unit + "/paste", Who: Authors, Kind: Page, Handle: (*request).studioPasteHere},
		{Method: "GET", Path: block + "/form", Who: Authors, Kind: Data, Handle: (*request).studioForm},
		{Method: "GET", Path: block + "/check", Who: Authors, Kind: Data, Handle: (*request).studioCheck},
		{Method: "POST", Path: block + "/save", Who: Authors, Kind: Page, Handle: (*request).studioSave},
		{Method: "POST", Path: block + "/captions", Who: Authors, Kind: Page, Handle: (*request).studioCaptions, Uploads: true, Takes: (*request).captionUploads},
		{Method: "POST", Path: block + "/olx", Who: Authors, Kind: Page, Handle: (*request).studioSaveOLX},
		{Method: "POST", Path: block + "/resolve", Who: Authors, Kind: Page, Handle: (*request).studioResolve},
	}, studioOwnRoutes(), studioLookRoutes())
}

// studioUnitBody is the page of one unit.
type studioUnitBody struct {
	Usage, Title, Link string
	// Version changes with what stands in the unit.
	Version         int64
	Section         string
	State           string
	Parts           []studioPart
	Palette         []paletteGroup
	Preview         string
	Live            string
	Changes         string
	Previous, Next  string
	Styles, Scripts []string
	// Sheet is the form of the component that the address names, for a browser without scripts.
	Sheet *studioSheet
	// TextScript is the editor of texts, "" where the build goes without it.
	TextScript string
	// Language and Direction are the course's where they are not the page's.
	Language, Direction string
	// Studio is where Studio's pages of the course stand.
	Studio string
	// Back is the page that it stands on, Within that page's name where it is not the outline. Library is where components of
	// libraries are chosen for it, "" where nothing can be added.
	Back, Within, Library string
	// Talks are the open talks about the unit as a whole.
	Talks int
	// Deeds are what the reader may take back and do again, as JSON.
	Deeds string
	// Settings is the unit's form of the outline, "" for what stands in none.
	Settings string
	elements bool
	embeds   []string
}

// LastPart is the component at the end, "" in an empty unit.
func (b *studioUnitBody) LastPart() string {
	if len(b.Parts) == 0 {
		return ""
	}
	return b.Parts[len(b.Parts)-1].Usage
}

// studioUnitUsage is the unit that the address names by its id.
func (r *request) studioUnitUsage() (key.Usage, error) {
	id := r.param("id")
	if id == "" {
		return key.Usage{}, errNotFound
	}
	if usage, err := key.ParseUsage(id); err == nil { // a component that has a page of its own
		if usage.Course != r.course || !r.ownPage(usage) {
			return key.Usage{}, errNotFound
		}
		_, err := r.authoring().Unit(r.ctx(), r.course, usage)
		if errors.Is(err, authoring.ErrNotFound) {
			return key.Usage{}, errNotFound
		}
		return usage, err
	}
	for _, unitType := range r.unitTypes(id) {
		usage := r.course.Usage(unitType, id)
		switch _, err := r.authoring().Unit(r.ctx(), r.course, usage); {
		case err == nil:
			return usage, nil
		case !errors.Is(err, authoring.ErrNotFound):
			return key.Usage{}, err
		}
	}
	return key.Usage{}, errNotFound
}

// holdsParts reports whether the components in a block of the type are edited as those in a unit are.
func holdsParts(blockType string) bool {
	return blockType == "itembank" || blockType == "library_content"
}

// ownPage reports whether a component has a page of the editor: a bank with what is in it, and each component of a library.
func (r *request) ownPage(usage key.Usage) bool {
	return holdsParts(usage.Type) || r.course.Library() && !course.Structural(usage.Type)
}

// partBlocks are what the editor's page of a unit shows.
func partBlocks(unit *course.Block) []*course.Block {
	if holdsParts(unit.Usage.Type) {
		return unit.Children
	}
	return topBlocks(unit)
}

// unitTypes are the types that a block of this id may have: a unit's own, and what is published under it.
func (r *request) unitTypes(id string) []string {
	types := []string{"vertical"}
	if r.published == nil {
		return types
	}
	if block, err := r.published.FindID(r.ctx(), id); err == nil && block.Subsection != nil && block.Subsection.Block != block && block.Usage.Type != "vertical" {
		types = append(types, block.Usage.Type)
	}
	return types
}

// studioComponent is the component that the address names, with what is in it.
func (r *request) studioComponent() (*authoring.Content, error) {
	usage, err := r.ownUsage(r.param("usage"))
	if err != nil {
		return nil, err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if errors.Is(err, authoring.ErrNotFound) {
		return nil, errNotFound
	}
	return content, err
}

func (r *request) studioUnit() error {
	body, err := r.studioUnitBody()
	if err != nil {
		return err
	}
	if edit := r.Query("edit"); edit != "" {
		if body.Sheet, err = r.sheetNamed(edit); err != nil {
			return err
		}
		body.Sheet.Unit = body.Usage
	}
	p := page{Title: body.Title, Body: body, Bundle: "studiounit", Embeds: body.embeds}
	if p.Elements, err = r.elementsPart(); err != nil {
		return err
	}
	return r.showStudio(fiber.StatusOK, "studio_unit.html", "outline", p)
}

// studioUnitBody gathers what the page of a unit shows: its components, rendered from the working copy, and the palette.
func (r *request) studioUnitBody() (*studioUnitBody, error) {
	usage, err := r.studioUnitUsage()
	if err != nil {
		return nil, err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return nil, err
	}
	body := &studioUnitBody{
		Usage: usage.String(), Title: r.partTitle(content), Link: r.studioUnitLink(usage), Version: content.Version, State: string(content.State),
		Studio: r.studioPath(), Changes: link(r.studioPath()+"/changes", url.Values{"within": {usage.String()}}),
	}
	if body.Deeds, err = r.deedsText(usage); err != nil {
		return nil, err
	}
	body.Language, body.Direction = r.courseLanguage()
	body.Preview, body.Back = body.Link+"/as/learner", r.studioPath()
	if holdsParts(usage.Type) {
		if body.Back, body.Within, err = r.unitOf(usage); err != nil {
			return nil, err
		}
	} else if r.course.Library() {
		body.Within = r.run.Title
	}
	if usage.Type == "vertical" && !r.course.Library() {
		body.Settings = r.studioPath() + "/blocks/" + url.PathEscape(usage.String()) + "/settings"
	}
	if content.Base != "" && !r.course.Library() && !holdsParts(usage.Type) {
		body.Live = "/courses/" + r.course.String() + "/units/" + usage.ID
	}
	if body.Parts, err = r.studioPartsOf(content, body); err != nil {
		return nil, err
	}
	if course.Structural(usage.Type) || holdsParts(usage.Type) {
		if body.Palette, err = r.palette(); err != nil {
			return nil, err
		}
		body.Library = body.Link + "/library"
	}
	if err := r.addLinks(body, content); err != nil {
		return nil, err
	}
	if name, err := r.server.config.Assets.Name("studiotext.js"); err == nil {
		body.TextScript = "/web/" + name
	}
	return body, nil
}

func (r *request) studioUnitLink(unit key.Usage) string {
	if r.ownPage(unit) {
		return r.studioPath() + "/units/" + unit.String()
	}
	return r.studioPath() + "/units/" + unit.ID
}

// unitOf is the page of the unit that a component stands in, and the unit's name.
func (r *request) unitOf(usage key.Usage) (page, title string, err error) {
	whole, err := r.authoring().Whole(r.ctx(), r.course)
	if err != nil {
		return "", "", err
	}
	for _, part := range whole.Parts {
		if part.Usage == usage && part.Unit != nil {
			return r.studioUnitLink(part.Unit.Usage) + "#part-" + usage.ID, firstOf(part.Unit.Title, r.words.T("studio_unit.untitled")), nil
		}
	}
	return r.studioPath(), "", nil
}

// addLinks tells at each component which came from a library whether there is something newer.
func (r *request) addLinks(body *studioUnitBody, unit *authoring.Content) error {
	if len(r.run.Libraries) == 0 {
		return nil
	}
	links, err := r.authoring().Links(r.ctx(), r.author(), r.course, unit.Usage)
	if err != nil {
		return err
	}
	within, behind := map[key.Usage]string{}, map[string]int{}
	var enter func(content *authoring.Content, part string)
	enter = func(content *authoring.Content, part string) {
		within[content.Usage] = part
		for _, child := range content.Children {
			enter(child, part)
		}
	}
	for _, part := range unit.Children {
		enter(part, part.Usage.String())
	}
	for i := range links {
		l := &links[i]
		at := slices.IndexFunc(body.Parts, func(p studioPart) bool { return p.Usage == l.Usage.String() })
		if at < 0 {
			if l.Behind() {
				behind[within[l.Usage]]++
			}
			continue
		}
		body.Parts[at].From = r.studioPath() + "/libraries#link-" + l.Usage.ID
		body.Parts[at].Behind = l.Behind()
	}
	for i := range body.Parts {
		if n := behind[body.Parts[i].Usage]; n > 0 {
			body.Parts[i].Updates, body.Parts[i].From = r.words.T("library.updates", n), r.studioPath()+"/libraries"
		}
	}
	return nil
}
