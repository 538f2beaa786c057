package host

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// blockReviewBody is the page on which an administrator decides about a package.
type blockReviewBody struct {
	Path, Name, Version, Title, Description, Digest string
	Facts                                           []fact
	// Trust says who stands behind it, with the kind of notice that it is.
	Trust, TrustKind, Publisher string
	Sandboxed                   bool
	May                         []mayDo
	// Before is the installed version, "" for none; Same says that it is this package.
	Before  string
	Same    bool
	Changes []changeRow
	// Refused are the rules that it breaks for good, Needs those that the reader may agree to.
	Refused, Needs []ruleRow
	// Tried says that there is a trial, which fits what is installed.
	Tried    bool
	Trial    []fact
	Notes    []string
	Scores   []scoreRow
	More     string
	Changed  string
	Passed   bool
	Courses  string
	Only     bool
	WhereErr string
}

type changeRow struct {
	What, Before, After string
	Wider               bool
}

// ruleRow is a rule in the reader's words, with what is wrong as the program says it.
type ruleRow struct{ Rule, Text, What, Consent string }

type scoreRow struct{ Who, Where, Before, After string }

// scoresShown is how many changed scores are named.
const scoresShown = 20

// consents are the rules that an administrator may agree to on the page. Processes are not among them: whoever lets one in
// must be on the server.
var consents = map[packages.Rule]string{
	installed.RuleUnsigned: "unsigned", installed.RuleDowngrade: "downgrade", installed.RuleReused: "reused", installed.RuleWider: "wider",
	installed.RuleMigrate: "broken", installed.RuleGrade: "broken", installed.RuleLeft: "left",
}

func (r *request) consent() installed.Consent {
	yes := func(name string) bool { return r.form("allow_"+name) == "yes" }
	return installed.Consent{
		Unsigned: yes("unsigned"), Downgrade: yes("downgrade"), Reused: yes("reused"), Wider: yes("wider"), Broken: yes("broken"), Left: yes("left"),
	}
}

// waitingBlock finds the package that the address names.
func (r *request) waitingPackage() (installed.Staged, error) {
	staged, err := r.site().Blocks.OneWaiting(r.ctx(), r.param("archive"))
	if errors.Is(err, installed.ErrNotFound) {
		return staged, errNotFound
	}
	return staged, err
}

func (r *request) reviewBlock() error {
	staged, err := r.waitingPackage()
	if err != nil {
		return err
	}
	return r.showReview(fiber.StatusOK, staged, &blockReviewBody{}, nil)
}

func (r *request) showReview(status int, staged installed.Staged, body *blockReviewBody, focus *notice) error {
	review, err := r.site().Blocks.Review(r.ctx(), staged.Archive)
	if err != nil {
		return err
	}
	r.fillReview(body, review)
	if t := staged.Trial; t != nil && t.Digest == review.Digest && (review.Before == nil && t.Against == "" || review.Before != nil && t.Against == review.Before.Digest) {
		if err := r.fillTrial(body, t); err != nil {
			return err
		}
	}
	body.Passed = body.Tried && len(body.Refused) == 0
	return r.showStatus(status, "blockreview.html", page{Title: r.words.T("blocks.review_title", body.Name, body.Version), Body: body, Focus: focus})
}

func (r *request) fillReview(body *blockReviewBody, review *installed.Review) {
	w, m := r.words, &review.Manifest
	body.Path, body.Name, body.Version, body.Digest = reviewPath(review.Archive), m.Name, m.Version, review.Digest
	body.Title, body.Description, body.Same, body.Publisher = m.Title, m.Description, review.Same(), string(review.Publisher)
	body.Sandboxed = m.Engine == "wasm"
	add := func(name, value string) {
		if value != "" {
			body.Facts = append(body.Facts, fact{w.T("blocks.fact_" + name), value})
		}
	}
	add("authors", strings.Join(m.Authors, ", "))
	add("licence", m.Licence)
	add("homepage", m.Homepage)
	add("languages", strings.Join(m.Locales, ", "))
	add("source", review.Index.Source)
	add("size", w.Bytes(review.Size))
	add("unpacked", w.Bytes(review.Unpacked))
	var types []string
	for _, t := range m.Types {
		types = append(types, t.Name)
	}
	add("types", strings.Join(types, ", "))
	body.Trust, body.TrustKind = w.T("block_trust."+string(review.Trust)), "warn"
	switch review.Trust { //nolint:exhaustive // the others keep the warning
	case installed.TrustSame:
		body.TrustKind = "good"
	case installed.TrustOther, installed.TrustRevoked:
		body.TrustKind = "bad"
	}
	var asks []installed.Permission
	for _, p := range m.Permissions {
		asks = append(asks, installed.Permission(p))
	}
	body.May = r.may(asks)
	if review.Before != nil {
		body.Before = review.Before.Version
	}
	r.changeRows(body, review.Changes)
	r.ruleRows(body, review.Refused, review.Needs)
}

func (r *request) changeRows(body *blockReviewBody, list []installed.Change) {
	for _, c := range list {
		row := changeRow{What: r.words.T("block_surface."+string(c.Surface), c.Name), Before: c.Before, After: c.After, Wider: c.Wider}
		for _, text := range []*string{&row.Before, &row.After} {
			switch *text {
			case "":
				*text = r.words.T("blocks.not_there")
			case installed.There:
				*text = r.words.T("blocks.there")
			}
		}
		body.Changes = append(body.Changes, row)
	}
}

// ruleRows puts rules into words. What can be agreed to elsewhere alone is refused here.
func (r *request) ruleRows(body *blockReviewBody, refused, needs []*packages.Refusal) {
	for _, one := range refused {
		body.Refused = append(body.Refused, ruleRow{string(one.Rule), r.words.T("block_rule." + string(one.Rule)), one.What, ""})
	}
	for _, one := range needs {
		row := ruleRow{string(one.Rule), r.words.T("block_rule." + string(one.Rule)), one.What, consents[one.Rule]}
		if row.Consent == "" {
			body.Refused = append(body.Refused, row)
			continue
		}
		at := -1
		for i := range body.Needs {
			if body.Needs[i].Consent == row.Consent {
				at = i
			}
		}
		if at >= 0 { // one box for all of a kind; the changes stand in the table
			body.Needs[at].What += "; " + row.What
			continue
		}
		body.Needs = append(body.Needs, row)
	}
}

func (r *request) fillTrial(body *blockReviewBody, t *installed.Trial) error {
	w := r.words
	body.Tried, body.Notes = true, t.Notes
	r.changeRows(body, t.Changes)
	r.ruleRows(body, t.Refused, t.Needs)
	count := func(name string, n int) {
		body.Trial = append(body.Trial, fact{w.T("blocks.trial_" + name), w.Number(int64(n))})
	}
	count("samples", t.Samples)
	count("answers", t.Answers)
	h := &t.Rehearsal
	if t.Against != "" || h.States+h.Graded > 0 {
		count("states", h.States)
		count("graded", h.Graded)
		count("skipped", h.Skipped)
		if body.Changed = r.words.T("blocks.scores_same"); len(h.Changes) > 0 {
			body.Changed = r.words.T("blocks.scores_change", len(h.Changes))
		}
	}
	names := map[string]string{}
	for i, c := range h.Changes {
		if i == scoresShown {
			body.More = r.words.T("blocks.scores_more", len(h.Changes)-i)
			break
		}
		row, err := r.scoreRow(&c, names)
		if err != nil {
			return err
		}
		body.Scores = append(body.Scores, row)
	}
	return nil
}

// scoreRow names whose score would change: administrators may know.
func (r *request) scoreRow(c *kernel.ScoreChange, names map[string]string) (scoreRow, error) {
	who, known := names[c.Learner]
	if !known {
		who = r.words.T("blocks.somebody")
		if run, err := key.ParseCourse(c.Run); err == nil {
			record, err := r.site().Record(r.ctx(), run, c.Learner)
			if err != nil && !errors.Is(err, people.ErrNotFound) {
				return scoreRow{}, err
			}
			if err == nil {
				who = record.User.Username
			}
		}
		names[c.Learner] = who
	}
	return scoreRow{who, c.Run, r.rehearsed(&c.Before), r.rehearsed(&c.After)}, nil
}

func (r *request) rehearsed(v *wire.Verdict) string {
	if v.Outcome != wire.OutcomeScored {
		return r.words.T("blocks.no_score")
	}
	return r.points(v.Earned, v.Possible)
}

// tryBlock runs a package in the sandbox: the administrator has read what it is.
func (r *request) tryBlock() error {
	staged, err := r.waitingPackage()
	if err != nil {
		return err
	}
	review, err := r.site().Blocks.Review(r.ctx(), staged.Archive)
	if err != nil {
		return err
	}
	if len(review.Refused) > 0 {
		return r.Redirect(reviewPath(staged.Archive), fiber.StatusSeeOther)
	}
	trial, err := r.site().Blocks.Try(r.ctx(), staged.Archive)
	if err != nil {
		return err
	}
	if err := r.site().Blocks.KeepTrial(r.ctx(), staged.Archive, trial); err != nil {
		return err
	}
	return r.Redirect(reviewPath(staged.Archive)+"#trial", fiber.StatusSeeOther)
}

// installBlock makes a package current that was read and tried.
func (r *request) installBlock() error {
	staged, err := r.waitingPackage()
	if err != nil {
		return err
	}
	body := &blockReviewBody{Courses: clip(r.form("courses"), 20_000), Only: r.form("where") == "only"}
	order := installed.Order{
		Archive: staged.Archive, Digest: r.form("digest"), Consent: r.consent(), By: r.user.ID, Trial: staged.Trial,
	}
	if order.Digest == "" {
		return fiber.ErrBadRequest
	}
	if body.Only {
		order.Courses = append([]string{}, strings.Fields(body.Courses)...)
		for _, course := range order.Courses {
			if _, err := key.ParseCourse(course); err != nil {
				body.WhereErr = r.words.T("blocks.no_course", clip(course, 100))
				return r.showReview(fiber.StatusUnprocessableEntity, staged, body, &notice{Kind: "bad", Text: r.words.T("form.problems", 1)})
			}
		}
	}
	if staged.Trial == nil { // trying it is a step of its own, which was left out
		return r.Redirect(reviewPath(staged.Archive), fiber.StatusSeeOther)
	}
	done, err := r.site().Blocks.Install(r.ctx(), order)
	if packages.RuleOf(err) != "" {
		return r.showReview(fiber.StatusConflict, staged, body, &notice{Kind: "bad", Text: r.words.T("blocks.not_installed")})
	}
	if err != nil {
		return err
	}
	if err := r.site().Blocks.Unstage(r.ctx(), staged.Archive); err != nil {
		return err
	}
	r.server.config.Log.Info("a block was installed", "block", done.Block.Name, "version", done.Review.Index.Version, "digest", done.Block.Current, "user", r.user.ID)
	from := ""
	if done.Review.Before != nil {
		from = done.Review.Before.Digest
	}
	return r.changed("installed", done.Block.Name, from)
}

// discardBlock forgets a package.
func (r *request) discardBlock() error {
	staged, err := r.waitingPackage()
	if err != nil {
		return err
	}
	if err := r.site().Blocks.Unstage(r.ctx(), staged.Archive); err != nil {
		return err
	}
	return r.Redirect("/admin/blocks", fiber.StatusSeeOther)
}
