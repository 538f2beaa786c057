package host

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// told is an operation in words: what was done, to what.
type told struct {
	entry *authoring.Entry
	// origin is what an undo is about in the end, the operation itself where it is none; again says that it was done again.
	origin *authoring.Entry
	again  bool
}

const (
	// namesTold bounds the blocks that one line names, turnsTold how often a thing that was taken back and done again is followed.
	namesTold = 3
	turnsTold = 50
)

// toldOf finds what an operation is about.
func (r *request) toldOf(e *authoring.Entry) (told, error) {
	t := told{entry: e, origin: e, again: true}
	for range turnsTold {
		if t.origin.Kind != authoring.KindUndo {
			return t, nil
		}
		before, err := r.authoring().Entry(r.ctx(), r.course, t.origin.Undoes)
		if errors.Is(err, authoring.ErrNotFound) {
			break
		}
		if err != nil {
			return t, err
		}
		t.origin, t.again = &before, !t.again
	}
	return t, nil
}

// contentsOf reads what operations made of blocks, as far as one line names them.
func (r *request) contentsOf(all ...told) (map[string]*course.Revision, error) {
	var hashes []string
	for _, t := range all {
		for _, step := range t.origin.Steps[:min(len(t.origin.Steps), namesTold)] {
			hashes = append(hashes, step.Before, step.After)
		}
	}
	slices.Sort(hashes)
	return r.site().Courses.RevisionsByHash(r.ctx(), slices.DeleteFunc(slices.Compact(hashes), func(h string) bool { return h == "" }))
}

// toldTexts say what operations did.
func (r *request) toldTexts(entries ...authoring.Entry) ([]string, error) {
	tolds := make([]told, len(entries))
	for i := range entries {
		var err error
		if tolds[i], err = r.toldOf(&entries[i]); err != nil {
			return nil, err
		}
	}
	contents, err := r.contentsOf(tolds...)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(tolds))
	for i, t := range tolds {
		texts[i] = r.toldText(t, contents)
	}
	return texts, nil
}

// toldText says what an operation did.
func (r *request) toldText(t told, contents map[string]*course.Revision) string {
	text := r.originText(t.origin, contents)
	switch {
	case t.origin == t.entry:
		return text
	case t.origin.Kind == authoring.KindUndo: // what it took back is not kept any more
		return r.words.T("studio_edit.undo")
	case t.again:
		return r.words.T("studio_told.again", text)
	}
	return r.words.T("studio_told.back", text)
}

func (r *request) originText(e *authoring.Entry, contents map[string]*course.Revision) string {
	verb := r.words.T("studio_edit." + e.Kind)
	var names []string
	more := 0
	for i, title := range e.Titles {
		if kind, untitled := strings.CutPrefix(title, "@"); untitled {
			title = r.kindText(kind)
		} else if i < len(e.Types) {
			title = r.withKind(title, e.Types[i])
		}
		names = append(names, title)
	}
	if len(names) == 0 && namesSteps[e.Kind] {
		if text := r.renamedText(e, contents); text != "" {
			return text
		}
		more = max(0, len(e.Steps)-namesTold)
		for _, step := range e.Steps[:len(e.Steps)-more] {
			if usage, err := key.ParseUsage(step.Usage); err == nil && usage.Type != "course" {
				names = append(names, r.stepName(usage, &step, contents))
			}
		}
	}
	if extra := len(names) - namesTold; extra > 0 {
		more, names = extra, names[:namesTold]
	}
	if len(names) == 0 {
		return verb
	}
	list := strings.Join(names, r.words.T("studio_told.comma"))
	if more > 0 {
		list = r.words.T("studio_told.more", more, list)
	}
	return r.words.T("studio_told.about", verb, list)
}

// namesSteps are the kinds of operations that are about the blocks which they write.
var namesSteps = map[string]bool{
	authoring.KindSave: true, authoring.KindOLX: true, authoring.KindResolve: true, authoring.KindConflict: true, authoring.KindSet: true,
	authoring.KindRestore: true, authoring.KindReplace: true, authoring.KindDiscard: true, authoring.KindUpdate: true, authoring.KindDecline: true,
}

// withKind adds what a thing is to its title.
func (r *request) withKind(title, blockType string) string {
	kind := r.kindText(blockType)
	if title == "" || title == kind {
		return kind
	}
	return r.words.T("studio_told.kind", title, kind)
}

// stepName is what a block was called when it was written.
func (r *request) stepName(usage key.Usage, step *authoring.Step, contents map[string]*course.Revision) string {
	for _, hash := range []string{step.After, step.Before} {
		if content := contents[hash]; content != nil {
			if title := r.authoring().Spoken(r.ctx(), usage.Type, content.Fields); title != "" {
				return r.withKind(title, usage.Type)
			}
		}
	}
	return r.kindText(usage.Type)
}

// renamedText says of an operation that did nothing but give a name which, "" for another one.
func (r *request) renamedText(e *authoring.Entry, contents map[string]*course.Revision) string {
	if len(e.Steps) != 1 || e.Kind != authoring.KindSet && e.Kind != authoring.KindSave {
		return ""
	}
	before, after := contents[e.Steps[0].Before], contents[e.Steps[0].After]
	if before == nil || after == nil || !onlyRenamed(before, after) {
		return ""
	}
	from, to := ownTitle(before.Fields), ownTitle(after.Fields)
	switch kind := r.kindText(after.Type); {
	case from == "":
		return r.words.T("studio_told.named", to, kind)
	case to == "":
		return r.words.T("studio_told.unnamed", from, kind)
	}
	return r.words.T("studio_told.renamed", from, to)
}

// ownTitle is the name that an author gave a block.
func ownTitle(fields store.Map[string]) string {
	var title string
	if json.Unmarshal([]byte(fields["display_name"]), &title) != nil {
		return ""
	}
	return title
}

// onlyRenamed reports whether two contents of a block differ in its name alone.
func onlyRenamed(before, after *course.Revision) bool {
	rest := func(r *course.Revision) map[string]string {
		fields := maps.Clone(map[string]string(r.Fields))
		delete(fields, "display_name")
		return fields
	}
	same := maps.Equal(rest(before), rest(after)) && before.Source == nil && after.Source == nil && ownTitle(before.Fields) != ownTitle(after.Fields)
	return same && slices.EqualFunc(before.Children, after.Children, func(a, b course.ChildRef) bool { return a.Type == b.Type && a.ID == b.ID })
}

// saidOf says what an operation did that was just done, otherwise for one that did nothing.
func (r *request) saidOf(op authoring.Op, otherwise string) (string, error) {
	if op.ID == "" {
		return otherwise, nil
	}
	return r.saidOfNamed(op.ID)
}

func (r *request) saidOfNamed(op string) (string, error) {
	entry, err := r.authoring().Entry(r.ctx(), r.course, op)
	if err != nil {
		return "", err
	}
	texts, err := r.toldTexts(entry)
	if err != nil {
		return "", err
	}
	return texts[0], nil
}

// deedPart is an operation that the page's author may take back or do again, in words.
type deedPart struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// deedsPart are those of a page, the newest first.
type deedsPart struct {
	Done  []deedPart `json:"done"`
	Taken []deedPart `json:"taken"`
}

// deedsShown bounds how many of them a page is told of.
const deedsShown = 20

// deeds are what the reader did to a block and all in it, or with a zero usage in the course.
func (r *request) deeds(of key.Usage) (deedsPart, error) {
	part := deedsPart{Done: []deedPart{}, Taken: []deedPart{}}
	done, taken, err := r.authoring().Deeds(r.ctx(), r.author(), r.course, of, deedsShown)
	if err != nil {
		return part, err
	}
	all := slices.Concat(done, taken)
	tolds := make([]told, len(all))
	for i := range all {
		tolds[i] = told{entry: &all[i].Of, origin: &all[i].Of}
	}
	contents, err := r.contentsOf(tolds...)
	if err != nil {
		return part, err
	}
	for i := range all {
		one := deedPart{all[i].Op, r.toldText(tolds[i], contents)}
		if i < len(done) {
			part.Done = append(part.Done, one)
		} else {
			part.Taken = append(part.Taken, one)
		}
	}
	return part, nil
}

// deedsText is the same for a page that is drawn.
func (r *request) deedsText(of key.Usage) (string, error) {
	part, err := r.deeds(of)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(part)
	return string(text), err
}
