package host

import (
	"cmp"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// courseBlocksBody is the page of the blocks that a course has and uses.
type courseBlocksBody struct {
	Action string
	// May says that the reader decides what is offered and which apps are on.
	May      bool
	Packages []coursePackage
	// Missing are types that the course uses and nothing here serves.
	Missing []usedType
	// Broken are the first blocks that do not work, BrokenMore leads to all.
	Broken     []findingRow
	BrokenMore string
	Waiting    string
	// Places are where one type is used, as the address asks.
	Places *typePlaces
}

// coursePackage is one package as the course has it.
type coursePackage struct {
	Name, Title, Version, Description, Icon string
	State, Kind                             string
	// Why says more about the state; Details is the program's English text.
	Why, Details string
	Shipped      bool
	Types        []usedType
	May          []mayDo
	// Switch is "on" or "off" where the team may switch it; Label names what the button does.
	Switch, SwitchText, Label string
}

// usedType is a type of block with how often the course uses it.
type usedType struct {
	Type, Title, Kind, Icon string
	Count                   int
	Used, Link              string
	Why                     string
}

// typePlaces are the places of one type.
type typePlaces struct {
	Title, All string
	Rows       []typePlace
	First      string
	Next       string
}

type typePlace struct{ Title, Link, State string }

// placesPage is how many places one page shows.
const placesPage = 100

func (r *request) studioBlocks() error {
	report, err := r.lookThrough()
	if err != nil {
		return err
	}
	body := &courseBlocksBody{Action: r.studioPath() + "/blocks", May: maySwitchApps(r.person)}
	unoffered, err := r.kernel().Unoffered(r.ctx(), r.course)
	if err != nil {
		return err
	}
	apps, err := r.kernel().AllApps(r.ctx(), r.course)
	if err != nil {
		return err
	}
	served := map[string]bool{}
	for _, status := range r.kernel().Blocks() {
		one := r.coursePackage(&status, report, unoffered, apps)
		for i := range one.Types {
			served[one.Types[i].Type] = true
		}
		if one.Switch != "" && !body.May {
			one.Switch = ""
		}
		body.Packages = append(body.Packages, one)
	}
	slices.SortStableFunc(body.Packages, func(a, b coursePackage) int {
		return cmp.Or(cmp.Compare(course.Fold(a.Title), course.Fold(b.Title)), cmp.Compare(a.Name, b.Name))
	})
	for blockType := range report.Types {
		if !served[blockType] {
			missing := r.usedType(blockType, report)
			missing.Why = r.words.T("course_blocks.missing_why")
			body.Missing = append(body.Missing, missing)
		}
	}
	slices.SortFunc(body.Missing, func(a, b usedType) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Type, b.Type)) })
	r.brokenBlocks(body, report)
	if asked := clip(r.Query("type"), 100); len(report.Types[asked]) > 0 {
		body.Places = r.typePlaces(asked, report.Types[asked])
	}
	return r.showStudio(fiber.StatusOK, "studio_blocks.html", "blocks", page{Title: r.words.T("course_blocks.title"), Body: body, Focus: r.switchedNotice(body)})
}

// switchedNotice tells what was switched a moment ago, as it stands.
func (r *request) switchedNotice(body *courseBlocksBody) *notice {
	i := slices.IndexFunc(body.Packages, func(p coursePackage) bool { return p.Name == r.Query("package") })
	if i < 0 {
		return nil
	}
	return &notice{Kind: "good", Text: r.words.T("course_blocks.switched", body.Packages[i].Title, body.Packages[i].State)}
}

func (r *request) usedType(blockType string, report *review.Report) usedType {
	count := len(report.Types[blockType])
	used := usedType{Type: blockType, Title: r.typeTitle(blockType), Count: count, Used: r.words.T("course_blocks.unused")}
	if count > 0 {
		used.Used = r.words.T("course_blocks.used", count)
		used.Link = link(r.studioPath()+"/blocks", url.Values{"type": {blockType}}) + "#places"
	}
	return used
}

// coursePackage says how a package stands in the course.
func (r *request) coursePackage(status *kernel.BlockStatus, report *review.Report, unoffered []string, apps []kernel.App) coursePackage {
	one := coursePackage{Name: status.Name, Title: status.Name, State: r.words.T("blocks.broken"), Kind: "bad", Why: r.words.T("course_blocks.broken_why"), Details: status.Broken}
	if status.Version == nil {
		return one
	}
	version := status.Version
	m := &version.Manifest
	one.Title, one.Version, one.Shipped = r.blockWord(version, "title", cmp.Or(m.Title, m.Name)), m.Version, version.BuiltIn
	if types := typesOf(m); len(types) == 1 {
		one.Title = r.blockWord(version, "type."+types[0].Name+".title", one.Title)
	}
	one.Description = r.blockWord(version, "description", m.Description)
	if m.Icon != "" {
		one.Icon = assetAddress(version, m.Icon)
	}
	may := make([]installed.Permission, len(m.Permissions))
	for i, p := range m.Permissions {
		may[i] = installed.Permission(p)
	}
	one.May = r.may(may)
	here, component, app := false, false, ""
	for _, t := range typesOf(m) {
		used := r.usedType(t.Name, report)
		used.Kind = r.words.T("course_blocks.kind_" + string(cmp.Or(t.Kind, wire.KindComponent)))
		if icon := cmp.Or(t.Icon, m.Icon); icon != "" {
			used.Icon = assetAddress(version, icon)
		}
		one.Types = append(one.Types, used)
		found, err := r.kernel().Registry().LookupIn(t.Name, r.course.String())
		here = here || err == nil && found.Manifest.Name == m.Name
		component = component || t.Kind == "" || t.Kind == wire.KindComponent
		if t.Kind == wire.KindApp {
			app = t.Name
		}
	}
	r.packageState(&one, status, here)
	if one.Kind != "" {
		return one
	}
	one.Kind, one.Why = "good", ""
	switch {
	case component:
		r.offeredState(&one, !slices.Contains(unoffered, m.Name))
	case app != "":
		r.appState(&one, m, app, apps)
	}
	return one
}

// packageState tells what keeps a package from the course, by the site's administrators' decision or by its own fault; Kind is "" where
// nothing does.
func (r *request) packageState(one *coursePackage, status *kernel.BlockStatus, here bool) {
	switch {
	case status.Off != "":
		one.State, one.Kind, one.Why, one.Details = r.words.T("blocks.off"), "warn", r.words.T("course_blocks.off_why"), status.Off
	case status.Broken != "":
	case !here:
		one.State, one.Kind, one.Why, one.Details = r.words.T("course_blocks.elsewhere"), "warn", r.words.T("course_blocks.elsewhere_why"), ""
	default:
		one.Kind, one.Details = "", ""
	}
}

// offeredState says whether authors are offered the components of a package that the course has.
func (r *request) offeredState(one *coursePackage, offered bool) {
	one.State, one.Switch, one.SwitchText = r.words.T("course_blocks.offered"), "off", r.words.T("course_blocks.take_out")
	one.Label = r.words.T("course_blocks.take_out_it", one.Title)
	if !offered {
		one.State, one.Kind, one.Switch, one.SwitchText = r.words.T("course_blocks.unoffered"), "warn", "on", r.words.T("course_blocks.take_in")
		one.Label, one.Why = r.words.T("course_blocks.take_in_it", one.Title), r.words.T("course_blocks.unoffered_why")
	}
}

// appState says whether an app of the course is on; those of the whole site are none of its team's.
func (r *request) appState(one *coursePackage, m *manifest.Manifest, name string, apps []kernel.App) {
	one.State = r.words.T("blocks.on")
	if m.Per == "site" {
		return
	}
	one.Switch, one.SwitchText, one.Label = "off", r.words.T("blocks.switch_off"), r.words.T("blocks.switch_off_it", one.Title)
	if i := slices.IndexFunc(apps, func(a kernel.App) bool { return a.Type == name }); i >= 0 && apps[i].Off {
		one.State, one.Kind, one.Switch = r.words.T("blocks.off"), "warn", "on"
		one.SwitchText, one.Label = r.words.T("blocks.switch_on"), r.words.T("blocks.switch_on_it", one.Title)
	}
}

// brokenBlocks are the blocks of the course that do not work, with why.
func (r *request) brokenBlocks(body *courseBlocksBody, report *review.Report) {
	all := 0
	for i := range report.Findings {
		if f := &report.Findings[i]; f.Kind == review.KindBlocks {
			if all++; len(body.Broken) < mostMends {
				body.Broken = append(body.Broken, r.findingRow(f))
			}
		}
	}
	if all > len(body.Broken) {
		body.BrokenMore = link(r.studioPath()+"/checks", url.Values{"kind": {string(review.KindBlocks)}})
	}
	if report.Waiting > 0 {
		r.site().Review.Begin(r.course)
		body.Waiting = r.words.T("mend.changes_waiting", report.Waiting)
	}
}

func (r *request) typePlaces(blockType string, uses []review.Use) *typePlaces {
	from, _ := strconv.Atoi(r.Query("from")) // no number is the first page
	from = min(max(from, 0), len(uses))
	places := &typePlaces{Title: r.words.T("course_blocks.places", r.typeTitle(blockType), len(uses)), All: r.studioPath() + "/blocks"}
	address := func(from int) string {
		return link(places.All, url.Values{"type": {blockType}, "from": {strconv.Itoa(from)}}) + "#places"
	}
	if from > 0 {
		places.First = address(0)
	}
	if from+placesPage < len(uses) {
		places.Next = address(from + placesPage)
	}
	for _, use := range uses[from:min(from+placesPage, len(uses))] {
		place := typePlace{Title: firstOf(use.Title, r.kindText(use.Usage.Type)), Link: r.studioPath()}
		if use.Unit.ID != "" {
			place.Link = r.editLink(use.Unit.ID, use.Usage.String(), use.Usage == use.Unit)
		}
		if use.Draft {
			place.State = r.words.T("course_blocks.draft")
		}
		places.Rows = append(places.Rows, place)
	}
	return places
}

// studioSwitch offers authors the components of a package, or no more, or turns an app of the course on or off.
func (r *request) studioSwitch() error {
	if !maySwitchApps(r.person) {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("apps.limited"))
	}
	name, do := r.form("package"), r.form("do")
	if do != "on" && do != "off" {
		return fiber.ErrBadRequest
	}
	err := r.kernel().Offer(r.ctx(), r.course, name, do == "on")
	if errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) { // no components: an app, or nothing that the course has
		err = r.switchAppOf(name, do == "on")
	}
	if err != nil {
		return err
	}
	r.server.config.Log.LogAttrs(r.ctx(), slog.LevelInfo, "a package was switched in a course", slog.String("request", r.id), slog.String("course", r.course.String()),
		slog.String("package", name), slog.String("to", do), slog.String("by", r.person.Learner))
	return r.Redirect(link(r.studioPath()+"/blocks", url.Values{"package": {name}}), fiber.StatusSeeOther)
}

// switchAppOf turns the apps of a package on or off in the course.
func (r *request) switchAppOf(name string, on bool) error {
	apps, err := r.kernel().AllApps(r.ctx(), r.course)
	if err != nil {
		return err
	}
	found := false
	for i := range apps {
		if apps[i].Version.Manifest.Name != name {
			continue
		}
		found = true
		if err := r.kernel().SwitchApp(r.ctx(), r.course, apps[i].Type, on); err != nil {
			return err
		}
	}
	if !found {
		return errNotFound
	}
	return nil
}
