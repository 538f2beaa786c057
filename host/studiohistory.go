package host

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// studioHistoryRoutes is the history of a course and of all in it.
func studioHistoryRoutes() []Route {
	return []Route{{Method: "GET", Path: studioPages + "/history", Who: Authors, Kind: Page, Handle: (*request).studioHistory}}
}

// historyBody is what was done, the newest first.
type historyBody struct {
	Path, Back, Heading string
	// Of is what it is about, "" for the course; Here is the page's own address.
	Of, Here string
	Entries  []historyEntry
	More     string
}

type historyEntry struct {
	Op, Text, By string
	At           *instant
	Note         string
	// Undone says that it was taken back.
	Undone bool
	// MayUndo says that it can be, Removed that this brings back what it took away.
	MayUndo, Removed bool
	Steps            []historyStep
	// More says how many blocks are not listed.
	More string
	// Aside says that its steps are drafts that it set aside; Import is the import's own page, "" for none.
	Aside  bool
	Import string
	// Head is the number under which it was published, 0 for what was not.
	Head int
}

type historyStep struct {
	Title, Usage, Link string
	Differences        []differencePart
	// Restore is the content that the block had then, "" where there is nothing to put back.
	Restore string
}

const (
	historyPage = 20
	// historySteps bounds the blocks of one entry that a page tells of.
	historySteps = 5
)

func (r *request) studioHistory() error {
	var of key.Usage
	var err error
	if text := r.Query("of"); text != "" {
		if of, err = r.ownUsage(text); err != nil {
			return err
		}
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	entries, next, err := r.authoring().History(r.ctx(), r.course, of, store.Cursor(r.Query("after")), historyPage)
	if errors.Is(err, store.ErrInvalid) {
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	body := &historyBody{Path: r.studioPath(), Back: r.studioPath(), Heading: r.words.T("studio.whole_course"), Here: r.studioPath() + "/history"}
	if !of.IsZero() {
		body.Of, body.Heading, body.Here = of.String(), r.titleIn(tree, of), link(body.Here, url.Values{"of": {of.String()}})
	}
	if next != "" {
		values := url.Values{"after": {string(next)}}
		if body.Of != "" {
			values.Set("of", body.Of)
		}
		body.More = link(r.studioPath()+"/history", values)
	}
	names := map[string]string{}
	texts, err := r.toldTexts(entries...)
	if err != nil {
		return err
	}
	for i := range entries {
		entry, err := r.historyEntry(tree, &entries[i], texts[i], of, names)
		if err != nil {
			return err
		}
		body.Entries = append(body.Entries, entry)
	}
	return r.showStudio(fiber.StatusOK, "studio_history.html", "history", page{Title: r.words.T("studio.history_title"), Body: body, Focus: r.didNotice()})
}

// policyDifferences compares two grading policies as people read them, one line for each type and each grade.
func (r *request) policyDifferences(change *authoring.Regrading) []differencePart {
	before, after := r.policyLines(change.Before), r.policyLines(change.After)
	part := differencePart{Name: r.words.T("studio_tab.grading")}
	part.Lines = r.lineParts(&authoring.Difference{Lines: authoring.CompareText(before, after)})
	return []differencePart{part}
}

func (r *request) policyLines(text string) string {
	policy := runPolicy(&course.Run{Grading: text})
	var lines strings.Builder
	for _, t := range policy.Types {
		lines.WriteString(r.words.T("studio_grading.line_type", t.Type, percentText(t.Weight), t.MinCount, t.DropCount) + "\n")
	}
	for _, c := range policy.Cutoffs {
		lines.WriteString(r.words.T("studio_grading.line_cutoff", c.Letter, percentText(c.From)) + "\n")
	}
	return lines.String()
}

// titleIn names a block: by the outline, else by its own kind.
func (r *request) titleIn(tree *authoring.Tree, usage key.Usage) string {
	if node := nodeOf(tree, usage); node != nil && node.Title != "" {
		return node.Title
	}
	return r.kindText(usage.Type)
}

// undoable are the kinds of entries that can be taken back: what is published stays so.
func undoable(kind string) bool {
	return kind != authoring.KindPublish && kind != authoring.KindConflict && kind != authoring.KindCreate
}

func (r *request) historyEntry(tree *authoring.Tree, e *authoring.Entry, text string, of key.Usage, names map[string]string) (historyEntry, error) {
	by, err := r.nameOf(names, e.By)
	if err != nil {
		return historyEntry{}, err
	}
	out := historyEntry{
		Op: e.Op, By: by, At: r.instant(e.At), Text: text, Removed: e.Kind == authoring.KindRemove, Note: e.Note, Undone: e.UndoneBy != "",
		MayUndo: undoable(e.Kind) && e.UndoneBy == "",
	}
	switch e.Kind {
	case authoring.KindPublish:
		out.Text, out.Head = r.words.T("studio.published_as", e.Head), e.Head
	case authoring.KindImport, authoring.KindUnimport: // what it published is taken back where the import is
		out.Head, out.MayUndo, out.Aside = e.Head, out.MayUndo && len(e.Steps) > 0, len(e.Steps) > 0
		out.Import = r.studioPath() + "/import/" + url.PathEscape(firstOf(e.Undoes, e.Op))
		if e.By == "" { // one of the command line's has no page
			out.Import = ""
		}
	}
	if e.Grading != nil {
		out.Steps = append(out.Steps, historyStep{Title: r.words.T("studio_edit.policy"), Differences: r.policyDifferences(e.Grading)})
	}
	for i := range e.Steps {
		step := &e.Steps[i]
		usage, err := key.ParseUsage(step.Usage)
		if err != nil || usage.Course != r.course {
			continue
		}
		if !of.IsZero() && usage != of && len(e.Steps) > historySteps && outlineLevel(of.Type) == 0 {
			continue
		}
		if len(out.Steps) == historySteps {
			out.More = r.words.T("studio.history_more_blocks", len(e.Steps)-historySteps)
			break
		}
		shown, err := r.historyStep(tree, usage, step)
		if err != nil {
			return out, err
		}
		if out.Aside { // it is the draft that one would have back
			shown.Restore = step.Before
		}
		out.Steps = append(out.Steps, shown)
	}
	return out, nil
}

func (r *request) historyStep(tree *authoring.Tree, usage key.Usage, step *authoring.Step) (historyStep, error) {
	out := historyStep{Title: r.titleIn(tree, usage), Usage: usage.String(), Restore: step.After}
	out.Link = link(r.studioPath()+"/history", url.Values{"of": {out.Usage}})
	differences, err := r.authoring().Compare(r.ctx(), step.Before, step.After)
	if errors.Is(err, authoring.ErrNotFound) {
		return out, nil // what it held is not kept any more
	}
	if err != nil {
		return out, err
	}
	out.Differences = r.differenceParts(usage.Type, differences)
	if nodeOf(tree, usage) != nil {
		return out, nil
	}
	for i := range differences { // a component's own name, where the change tells it
		if differences[i].Field == "display_name" {
			if name := r.valueText(differences[i].After); !strings.HasPrefix(differences[i].After, "null") {
				out.Title = name
			}
		}
	}
	return out, nil
}
