package host

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// studioSheetRoutes are the pages that the outline shows as sheets, and that work by themselves.
func studioSheetRoutes() []Route {
	get := func(path string, handle func(*request) error) Route {
		return Route{Method: "GET", Path: studioPages + path, Who: Authors, Kind: Page, Handle: handle}
	}
	return []Route{
		get("/blocks/:usage/settings", (*request).studioSettings),
		get("/bulk", (*request).studioBulk),
		get("/move", (*request).studioMovePage),
	}
}

// sheetBody is a form about one or more blocks of the outline.
type sheetBody struct {
	Path, Action, Back string
	// BackText names where Back leads.
	BackText string
	Usages   []string
	// Heading names what it is about, Names the blocks where they are many.
	Heading string
	Names   []string
	Bulk    bool
	Parts   []settingPart
	// Actions are what else can be done with the one block, for who has no script; nil for many.
	Actions *sheetActions
	Note    string
	// Spots are the places of the form that moves, by what they stand under.
	Spots   []moveSpots
	Problem string
}

// sheetActions are the addresses and words of what can be done with a block.
type sheetActions struct {
	Open, History, Changes, Move string
	Add, AddParent               string
}

// nodeOf finds a block of the outline.
func nodeOf(tree *authoring.Tree, usage key.Usage) *authoring.Node {
	var find func(*authoring.Node) *authoring.Node
	find = func(node *authoring.Node) *authoring.Node {
		if node.Usage == usage {
			return node
		}
		for _, child := range node.Children {
			if found := find(child); found != nil {
				return found
			}
		}
		return nil
	}
	return find(tree.Course)
}

// nodes finds the blocks of the outline that a request names. What is in no outline is not found.
func (r *request) nodes(tree *authoring.Tree, texts []string) ([]*authoring.Node, error) {
	usages, err := r.ownUsages(texts)
	if err != nil {
		return nil, err
	}
	nodes := make([]*authoring.Node, len(usages))
	for i, usage := range usages {
		if nodes[i] = nodeOf(tree, usage); nodes[i] == nil || nodes[i] == tree.Course {
			return nil, errNotFound
		}
	}
	return nodes, nil
}

// settingNodes are nodes or, for one usage, the component of that name, which stands in no outline.
func (r *request) settingNodes(tree *authoring.Tree, texts []string) ([]*authoring.Node, error) {
	if len(texts) != 1 {
		return r.nodes(tree, texts)
	}
	usage, err := r.ownUsage(texts[0])
	if err != nil || course.Structural(usage.Type) {
		return r.nodes(tree, texts)
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return nil, r.studioFailure(err)
	}
	return []*authoring.Node{{Usage: usage, Title: r.partTitle(content), Fields: content.Fields}}, nil
}

// queryUsages are the blocks that the address names.
func (r *request) queryUsages() []string {
	var all []string
	for _, value := range r.Context().QueryArgs().PeekMulti("usage") {
		all = append(all, string(value))
	}
	return all
}

func (r *request) studioSettings() error {
	if _, err := r.ownUsage(r.param("usage")); err != nil {
		return err
	}
	return r.showSettings(fiber.StatusOK, []string{r.param("usage")}, false, nil)
}

func (r *request) studioBulk() error {
	if len(r.queryUsages()) == 0 {
		return r.Redirect(r.studioPath()+"?did=none", fiber.StatusSeeOther)
	}
	return r.showSettings(fiber.StatusOK, r.queryUsages(), true, nil)
}

// showSettings shows the form of settings for one block, or for many at once. form is what was sent, nil at first.
func (r *request) showSettings(status int, texts []string, bulk bool, form *settingForm) error {
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	nodes, err := r.settingNodes(tree, texts)
	if err != nil {
		return err
	}
	if form == nil {
		if form, err = r.settingForm(tree, nodes); err != nil {
			return err
		}
	}
	body := &sheetBody{Path: r.studioPath(), Action: r.studioPath() + "/set", Usages: texts, Bulk: bulk, Parts: form.parts(bulk), Back: r.studioPath(), BackText: r.words.T("studio.tab.outline")}
	first := nodes[0]
	title := r.words.T("studio_set.title_one", r.words.T("studio.kind_"+first.Usage.Type))
	if bulk {
		title = r.words.T("studio_set.title_many", len(nodes))
		for _, node := range nodes[:min(len(nodes), 20)] {
			body.Names = append(body.Names, node.Title)
		}
	} else if form.level == levelComponent {
		if title, body.Heading = r.words.T("studio_set.title_component"), first.Title; len(body.Parts) == 0 {
			body.Note = r.words.T("studio_set.no_groups")
		}
		if body.Back, body.BackText, err = r.backOf(tree); err != nil {
			return err
		}
	} else {
		body.Heading, body.Actions, body.Note = first.Title, r.sheetActions(first), r.inheritedNote(first)
	}
	p := page{Title: title, Body: body}
	if len(form.wrong) > 0 {
		p.Focus = &notice{Kind: "bad", Text: r.words.T("form.problems", len(form.wrong))}
	}
	return r.showStudio(status, "studio_settings.html", "outline", p)
}

// backOf leads back to the unit that the address names as the one where a component stands; to the outline without one.
func (r *request) backOf(tree *authoring.Tree) (address, text string, err error) {
	named := firstOf(r.Query("unit"), r.form("unit"))
	if named == "" {
		return r.studioPath(), r.words.T("studio.tab.outline"), nil
	}
	unit, err := r.ownUsage(named)
	if err != nil {
		return "", "", err
	}
	return r.studioUnitLink(unit), r.titleIn(tree, unit), nil
}

func (r *request) sheetActions(node *authoring.Node) *sheetActions {
	usage := node.Usage.String()
	one := url.Values{"usage": {usage}}
	a := &sheetActions{
		History: link(r.studioPath()+"/history", url.Values{"of": {usage}}), Changes: link(r.studioPath()+"/changes", url.Values{"within": {usage}}),
		Move: link(r.studioPath()+"/move", one), AddParent: usage,
	}
	if child := outlineChild[node.Usage.Type]; child != "" {
		a.Add = r.words.T("studio.add_" + child)
	} else {
		a.Open = r.studioPath() + "/units/" + url.PathEscape(node.Usage.ID)
	}
	return a
}

// inheritedNote tells what a block takes over from above it that its own form cannot show.
func (r *request) inheritedNote(node *authoring.Node) string {
	own := string(node.Fields["visible_to_staff_only"]) == "true"
	if s := node.Resolved; !own && s != nil && s.StaffOnly != nil && *s.StaffOnly {
		return r.words.T("studio_set.inherits_staff")
	}
	return ""
}

// settingForm makes the form of blocks that stand on one level, or on several: then it has what all of them have.
func (r *request) settingForm(tree *authoring.Tree, nodes []*authoring.Node) (*settingForm, error) {
	f := &settingForm{r: r, level: settingLevel(nodes[0].Usage.Type), own: nodes[0].Fields, resolved: nodes[0].Resolved, wrong: map[string]string{}, settings: runOf(tree)}
	for _, node := range nodes {
		if settingLevel(node.Usage.Type) != f.level {
			return nil, fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_set.same_level"))
		}
	}
	if f.level == 0 {
		return nil, errNotFound
	}
	f.selfPaced = tree.Course.Resolved != nil && tree.Course.Resolved.SelfPaced != nil && *tree.Course.Resolved.SelfPaced
	if f.level != levelSubsection {
		return f, nil
	}
	for _, section := range tree.Course.Children {
		for _, sub := range section.Children {
			if !slices.Contains(nodes, sub) {
				f.subsections = append(f.subsections, choice{Value: sub.Usage.String(), Text: section.Title + " › " + sub.Title})
			}
		}
	}
	return f, nil
}

// studioSet changes settings of one block or of many: those that the form names in "has".
func (r *request) studioSet() error {
	texts := r.formAll("usage")
	usages, err := r.ownUsages(texts)
	if err != nil {
		return err
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	nodes, err := r.settingNodes(tree, texts)
	if err != nil {
		return err
	}
	form, err := r.settingForm(tree, nodes)
	if err != nil {
		return err
	}
	form.sent = func(name string) string { return clip(r.form(name), 4096) }
	form.all = r.formAll
	if len(nodes) == 1 {
		for _, part := range form.unsent().parts(false) {
			form.merge(part.Inputs)
		}
	}
	fields := form.read()
	if len(form.wrong) > 0 {
		return r.refuseForm(form.wrong, form.now, func(status int) error { return r.showSettings(status, texts, r.form("bulk") != "", form) })
	}
	if len(fields) == 0 {
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_set.nothing_chosen"))
	}
	op, err := r.authoring().Set(r.ctx(), r.author(), fields, usages...)
	if err != nil {
		return r.studioFailure(err)
	}
	said := r.words.T("studio.set", len(usages))
	if _, named := fields["display_name"]; named && len(fields) == 1 {
		if said, err = r.saidOf(op, said); err != nil {
			return err
		}
	}
	done := studioDone{Did: "set", Op: op.ID, Message: said, Focus: texts[0]}
	if form.level == levelComponent { // which has no dates
		return r.studioAnswer(done)
	}
	if early, err := r.dueBefore(texts); err != nil {
		return err
	} else if early != "" {
		done.Did, done.Message = "set_dates", done.Message+" "+early
	}
	return r.studioAnswer(done)
}

// dueBefore tells of the first subsection in some blocks that is due before it opens, "" for none.
func (r *request) dueBefore(texts []string) (string, error) {
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return "", r.studioFailure(err)
	}
	nodes, err := r.nodes(tree, texts)
	if err != nil {
		return "", err
	}
	if paced := tree.Course.Resolved.SelfPaced; paced != nil && *paced { // its dates count from each learner's enrolment
		return "", nil
	}
	var look func(n *authoring.Node) string
	look = func(n *authoring.Node) string {
		if opens, due := n.Resolved.Start, n.Resolved.Due; outlineLevel(n.Usage.Type) == levelSubsection && opens != nil && due != nil && due.Before(*opens) {
			return r.words.T("studio_set.due_before", n.Title, r.words.Time(*due), r.words.Time(*opens))
		}
		for _, child := range n.Children {
			if text := look(child); text != "" {
				return text
			}
		}
		return ""
	}
	for _, node := range nodes {
		if text := look(node); text != "" {
			return text, nil
		}
	}
	return "", nil
}

// studioMovePage asks where blocks are to go.
func (r *request) studioMovePage() error {
	if len(r.queryUsages()) == 0 {
		return r.Redirect(r.studioPath()+"?did=none", fiber.StatusSeeOther)
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	texts := r.queryUsages()
	nodes, err := r.nodes(tree, texts)
	if err != nil {
		return err
	}
	level := outlineLevel(nodes[0].Usage.Type)
	body := &sheetBody{Path: r.studioPath(), Action: r.studioPath() + "/move", Usages: texts, Back: r.studioPath()}
	for _, node := range nodes {
		if outlineLevel(node.Usage.Type) != level {
			return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_set.same_level"))
		}
		body.Names = append(body.Names, node.Title)
	}
	for _, parent := range parentsOf(tree.Course, level) {
		body.Spots = append(body.Spots, r.moveSpots(parent, nodes))
	}
	body.Heading = strings.Join(body.Names[:min(len(body.Names), 3)], ", ")
	return r.showStudio(fiber.StatusOK, "studio_move.html", "outline", page{Title: r.words.T("studio.move_title"), Body: body})
}

// moveSpots are the places under one parent.
type moveSpots struct {
	Title string
	Spots []choice
}

// parentsOf are the blocks under which those of a level stand.
func parentsOf(root *authoring.Node, level int) []*authoring.Node {
	parents := []*authoring.Node{root}
	for range level - 1 {
		var below []*authoring.Node
		for _, parent := range parents {
			below = append(below, parent.Children...)
		}
		parents = below
	}
	return parents
}

// moveSpots are the places that blocks can be moved to under a parent: its beginning, behind each other block, its end. What is
// chosen at first is the end of where they stand.
func (r *request) moveSpots(parent *authoring.Node, moved []*authoring.Node) moveSpots {
	group := moveSpots{Title: parent.Title}
	if above := parent.Parent; above != nil && above.Parent != nil {
		group.Title = above.Title + " › " + parent.Title
	}
	to := parent.Usage.String() + " "
	group.Spots = []choice{{Value: to, Text: r.words.T("studio.move_start")}}
	for _, child := range parent.Children {
		if !slices.Contains(moved, child) {
			group.Spots = append(group.Spots, choice{Value: to + child.Usage.String(), Text: r.words.T("studio_told.after", child.Title)})
		}
	}
	if len(group.Spots) > 1 {
		group.Spots = append(group.Spots, choice{Value: to + authoring.Last, Text: r.words.T("studio.move_end")})
	}
	group.Spots[len(group.Spots)-1].Chosen = parent == moved[0].Parent
	return group
}

// runOf is the run with the course's settings as its team has them: groups are offered before anything is published.
func runOf(tree *authoring.Tree) *course.Run {
	run := tree.Run
	run.Settings = store.Map[string]{}
	for name, value := range tree.Course.Fields {
		run.Settings[name] = string(value)
	}
	return &run
}
