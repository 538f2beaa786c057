package host

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages"
)

// blockRoutes are the addresses of those who decide which blocks the site has.
func blockRoutes() []Route {
	const blocks = "/admin/blocks"
	const review = blocks + "/review/:archive"
	return []Route{
		{Method: "GET", Path: blocks, Who: SiteAdmin, Kind: Page, Handle: (*request).blockSet},
		{Method: "POST", Path: blocks, Who: SiteAdmin, Kind: Page, Handle: (*request).uploadBlock},
		{Method: "POST", Path: blocks + "/change", Who: SiteAdmin, Kind: Page, Handle: (*request).changeBlock},
		{Method: "POST", Path: blocks + "/keys", Who: SiteAdmin, Kind: Page, Handle: (*request).changeKey},
		{Method: "GET", Path: review, Who: SiteAdmin, Kind: Page, Handle: (*request).reviewBlock},
		{Method: "POST", Path: review + "/try", Who: SiteAdmin, Kind: Page, Handle: (*request).tryBlock},
		{Method: "POST", Path: review + "/install", Who: SiteAdmin, Kind: Page, Handle: (*request).installBlock},
		{Method: "POST", Path: review + "/discard", Who: SiteAdmin, Kind: Page, Handle: (*request).discardBlock},
	}
}

// blockSetBody is the page of the site's blocks.
type blockSetBody struct {
	// Error stands beside the file that was sent, Refused are the details.
	Error, Refused string
	Waiting        []waitingBlock
	Installed      []installedBlock
	Removed        []installedBlock
	Shipped        []blockRow
	Revoked        []revokedKey
	// KeyError stands beside the key that was sent as Key.
	Key, KeyError string
	// Undo takes back what was done a moment ago.
	Undo *blockUndo
}

// blockUndo is a form that takes something back.
type blockUndo struct{ Name, Act, Digest, Text string }

type waitingBlock struct {
	Link, Name, Version, By, State string
	At                             *instant
}

// installedBlock is one installed block with what can be done about it.
type installedBlock struct {
	Name, Version, State, Kind, Publisher, Engine, By string
	At                                                *instant
	// Why says what keeps it from being served.
	Why      []whyRow
	May      []mayDo
	Versions []earlierVersion
	Courses  string
	On, Only bool
	BackTo   string
	// OffWhy is the reason that whoever switched it off gave.
	OffWhy string
}

// whyRow is a reason in the reader's words, with the words of who switched it off or of the program.
type whyRow struct{ Text, Details string }

type earlierVersion struct {
	Version, Digest string
	At              *instant
	Current         bool
	Label           string
}

type revokedKey struct {
	Key, Reason string
	At          *instant
}

// mayDo is a permission in the reader's words, with the author's reason and what is risky about it.
type mayDo struct{ Text, Reason, Risk string }

func (r *request) may(list []installed.Permission) []mayDo {
	out := make([]mayDo, len(list))
	for i, p := range list {
		out[i] = mayDo{Text: r.words.T("block_may."+p.Name, strings.Join(p.Values, ", ")), Reason: p.Reason}
		if risk := r.words.T("block_risk." + p.Name); risk != "block_risk."+p.Name {
			out[i].Risk = risk
		}
	}
	return out
}

func (r *request) blockSet() error {
	body := &blockSetBody{}
	focus, err := r.blockNotice(body)
	if err != nil {
		return err
	}
	return r.showBlocks(fiber.StatusOK, body, focus)
}

// acts are what can be done to a block, with what takes it back.
var acts = map[string]string{
	"installed": "rollback", "rollback": "use", "use": "use", "remove": "restore", "restore": "remove", "on": "off", "off": "on", "courses": "", "revoke": "", "believe": "",
}

// blockNotice tells what was done a moment ago, as the address says, if the block is there, and offers to take it back.
func (r *request) blockNotice(body *blockSetBody) (*notice, error) {
	done := r.Query("done")
	undo, known := acts[done]
	if !known {
		return nil, nil
	}
	if done == "revoke" || done == "believe" {
		return &notice{Kind: "good", Text: r.words.T("blocks.done_" + done)}, nil
	}
	b, err := r.site().Blocks.Find(r.ctx(), r.Query("name"))
	if errors.Is(err, installed.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	version := ""
	if now := b.Now(); now != nil {
		version = now.Version
	}
	switch {
	case undo == "rollback" && b.Back() == nil:
		undo = "remove"
	case undo == "use" && b.Version(r.Query("from")) == nil:
		undo = ""
	}
	if undo != "" {
		body.Undo = &blockUndo{b.Name, undo, r.Query("from"), r.words.T("blocks.undo")}
	}
	return &notice{Kind: "good", Text: r.words.T("blocks.done_"+done, b.Name, version)}, nil
}

func (r *request) showBlocks(status int, body *blockSetBody, focus *notice) error {
	set, names := r.site().Blocks, map[string]string{}
	waiting, err := set.Waiting(r.ctx())
	if err != nil {
		return err
	}
	for _, w := range waiting {
		by, err := r.nameOf(names, w.By)
		if err != nil {
			return err
		}
		state := r.words.T("blocks.not_tried")
		if w.Trial != nil {
			state = r.words.T("blocks.tried")
		}
		body.Waiting = append(body.Waiting, waitingBlock{reviewPath(w.Archive), w.Name, w.Version, by, state, r.instant(w.At)})
	}
	blocks, err := set.List(r.ctx())
	if err != nil {
		return err
	}
	served := map[string]bool{}
	for i := range blocks {
		one, err := r.installedBlock(&blocks[i], names)
		if err != nil {
			return err
		}
		if blocks[i].Removed != nil {
			body.Removed = append(body.Removed, one)
			continue
		}
		body.Installed, served[one.Name] = append(body.Installed, one), true
	}
	r.shippedBlocks(body, served)
	revoked, err := set.Revoked(r.ctx())
	if err != nil {
		return err
	}
	for _, k := range revoked {
		body.Revoked = append(body.Revoked, revokedKey{string(k.Key), k.Reason, r.instant(k.At)})
	}
	if body.Error != "" || body.KeyError != "" {
		focus = &notice{Kind: "bad", Text: r.words.T("form.problems", 1)}
	}
	return r.showStatus(status, "blocks.html", page{Title: r.words.T("blocks.title"), Body: body, Focus: focus})
}

// shippedBlocks lists what is part of the program.
func (r *request) shippedBlocks(body *blockSetBody, served map[string]bool) {
	for _, status := range r.kernel().Blocks() {
		if served[status.Name] && (status.Version == nil || !status.Version.BuiltIn) {
			continue
		}
		row := blockRow{Name: status.Name, State: r.words.T("blocks.on"), Kind: "good"}
		if status.Version != nil {
			row.Version, row.Engine = status.Version.Manifest.Version, status.Version.Manifest.Engine
		}
		switch {
		case status.Off != "":
			row.State, row.Kind, row.Why = r.words.T("blocks.off"), "warn", status.Off
		case status.Broken != "":
			row.State, row.Kind, row.Why = r.words.T("blocks.broken"), "bad", status.Broken
		}
		body.Shipped = append(body.Shipped, row)
	}
}

func (r *request) installedBlock(b *installed.Block, names map[string]string) (installedBlock, error) {
	one := installedBlock{
		Name: b.Name, Publisher: string(b.Key), On: b.Off == "", Only: b.Only, Courses: strings.Join(b.Courses, "\n"), State: r.words.T("blocks.on"), Kind: "good",
	}
	now := b.Now()
	if now == nil {
		return one, nil
	}
	one.Version, one.Engine, one.At, one.May = now.Version, now.Engine, r.instant(now.At), r.may(now.Permissions)
	var err error
	if one.By, err = r.nameOf(names, now.By); err != nil {
		return one, err
	}
	if back := b.Back(); back != nil {
		one.BackTo = back.Version
	}
	for i := len(b.Versions) - 1; i >= 0; i-- {
		v := &b.Versions[i]
		one.Versions = append(one.Versions, earlierVersion{
			v.Version, v.Digest, r.instant(v.At), v.Digest == b.Current, r.words.T("blocks.use_version", v.Version, b.Name),
		})
	}
	reasons, err := r.site().Blocks.Glance(r.ctx(), b.Name)
	if err != nil {
		return one, err
	}
	broken := false
	for _, reason := range reasons {
		switch reason.Kind { //nolint:exhaustive // the other reasons are the state, which the row says
		case installed.ReasonRevoked:
			broken = true
			one.Why = append(one.Why, whyRow{r.words.T("block_rule.revoked"), reason.What})
		case installed.ReasonTaken, installed.ReasonTrouble:
			broken = true
			one.Why = append(one.Why, whyRow{r.words.T("blocks.trouble"), reason.What})
		}
	}
	switch {
	case b.Removed != nil:
		one.State, one.Kind, one.Why = r.words.T("blocks.removed"), "warn", nil
	case b.Off != "":
		one.State, one.Kind, one.OffWhy = r.words.T("blocks.off"), "warn", b.Off
	case broken:
		one.State, one.Kind = r.words.T("blocks.broken"), "bad"
	case b.Only:
		one.State = r.words.T("blocks.on_for", len(b.Courses))
	}
	return one, nil
}

// uploadBlock takes an archive for review. Nothing of it runs.
func (r *request) uploadBlock() error {
	refused := func(text, details string) error {
		return r.showBlocks(fiber.StatusUnprocessableEntity, &blockSetBody{Error: text, Refused: details}, nil)
	}
	if !r.multipart() {
		return refused(r.words.T("blocks.no_file"), "")
	}
	form, err := r.MultipartForm()
	if err != nil || len(form.File["package"]) != 1 || form.File["package"][0].Size == 0 {
		return refused(r.words.T("blocks.no_file"), "")
	}
	file, err := form.File["package"][0].Open()
	if err != nil {
		return err
	}
	defer file.Close()
	set := r.site().Blocks
	archive, err := set.Add(r.ctx(), file)
	var review *installed.Review
	if err == nil {
		review, err = set.Review(r.ctx(), archive)
	}
	if rule := packages.RuleOf(err); rule != "" {
		return refused(r.words.T("block_rule."+string(rule)), err.Error())
	}
	if err == nil {
		err = set.Stage(r.ctx(), review, r.user.ID)
	}
	if err != nil {
		return err
	}
	r.server.config.Log.Info("a package was handed in", "block", review.Index.Name, "version", review.Index.Version, "digest", review.Digest, "user", r.user.ID)
	return r.Redirect(reviewPath(archive), fiber.StatusSeeOther)
}

func reviewPath(archive string) string { return "/admin/blocks/review/" + archive }

// changed leads back to the list, which tells what was done.
func (r *request) changed(done, name, from string) error {
	query := url.Values{"done": {done}, "name": {name}}
	if from != "" {
		query.Set("from", from)
	}
	return r.Redirect("/admin/blocks?"+query.Encode(), fiber.StatusSeeOther)
}

// changeBlock does one thing to a block.
func (r *request) changeBlock() error {
	set, ctx, name, act := r.site().Blocks, r.ctx(), r.form("name"), r.form("act")
	before, err := set.Find(ctx, name)
	if errors.Is(err, installed.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	switch act {
	case "rollback":
		_, err = set.Rollback(ctx, name, "", installed.Consent{})
	case "use":
		_, err = set.Use(ctx, name, r.form("digest"), installed.Consent{})
	case "remove":
		_, err = set.Remove(ctx, name)
	case "restore":
		_, err = set.Restore(ctx, name)
	case "off":
		_, err = set.Disable(ctx, name, r.form("reason"))
	case "on":
		_, err = set.Switch(ctx, name)
	case "courses":
		err = r.changeCourses(name)
	default:
		return fiber.ErrBadRequest
	}
	if packages.RuleOf(err) == installed.RuleMigrate {
		return fiber.NewError(fiber.StatusConflict, r.words.T("blocks.back_newer", name))
	}
	if rule := packages.RuleOf(err); rule != "" {
		return fiber.NewError(fiber.StatusConflict, r.words.T("block_rule."+string(rule)))
	}
	if errors.Is(err, installed.ErrCannot) {
		return fiber.NewError(fiber.StatusConflict, r.words.T("blocks.cannot"))
	}
	if err != nil {
		return err
	}
	r.server.config.Log.Info("an installed block was changed", "block", name, "act", act, "user", r.user.ID)
	return r.changed(act, name, before.Current)
}

// changeCourses says which courses have a block.
func (r *request) changeCourses(name string) error {
	if r.form("where") != "only" {
		_, err := r.site().Blocks.Place(r.ctx(), name, nil)
		return err
	}
	courses := strings.Fields(clip(r.form("courses"), 20_000))
	slices.Sort(courses)
	_, err := r.site().Blocks.Place(r.ctx(), name, slices.Compact(append([]string{}, courses...)))
	return err
}

// changeKey believes a publisher's key no more, or again.
func (r *request) changeKey() error {
	text := strings.TrimSpace(clip(r.form("key"), 300))
	key, err := packages.ParseKey(text)
	if err != nil {
		return r.showBlocks(fiber.StatusUnprocessableEntity, &blockSetBody{Key: text, KeyError: r.words.T("blocks.no_key")}, nil)
	}
	act := r.form("act")
	switch act {
	case "revoke":
		err = r.site().Blocks.Revoke(r.ctx(), key, r.form("reason"), r.user.ID)
	case "believe":
		if err = r.site().Blocks.Believe(r.ctx(), key); errors.Is(err, installed.ErrCannot) { // somebody else did it already
			err = nil
		}
	default:
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	r.server.config.Log.Info("a publisher's key was judged", "key", string(key), "act", act, "user", r.user.ID)
	return r.changed(act, "", "")
}
