package host

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// What is published is what somebody has seen: who published, or where a course asks for it who approved. What another author
// saves in between is told first.

// seenStates are the states of parts as somebody saw them. A nil one is nobody's.
type seenStates struct {
	of map[key.Usage]string
	// order is the order of the parts in a form.
	order []key.Usage
	since time.Time
}

// text is what a form keeps of it.
func (s *seenStates) text() string {
	texts := []string{strconv.FormatInt(s.since.UnixMilli(), 10)}
	for _, usage := range s.order {
		texts = append(texts, s.of[usage])
	}
	return strings.Join(texts, ".")
}

// readSeen reads what a form says that it shows of some parts. A caller that does not say it takes them as they are.
func readSeen(text string, usages []key.Usage) *seenStates {
	seen := &seenStates{of: map[key.Usage]string{}}
	texts := strings.Split(text, ".")
	at, err := strconv.ParseInt(texts[0], 10, 64)
	if err != nil || len(texts) != len(usages)+1 {
		return seen
	}
	seen.since = time.UnixMilli(at)
	for i, usage := range usages {
		seen.of[usage] = texts[i+1]
	}
	return seen
}

// mostBetween bounds the changes that a refusal tells of.
const mostBetween = 8

// refuseUnseen tells what was changed of a part since somebody saw what is to be published, instead of publishing it.
func (r *request) refuseUnseen(usages []key.Usage, changed key.Usage, since time.Time) error {
	between, err := r.between(changed, since)
	if err != nil {
		return err
	}
	texts := make([]string, len(usages))
	seen := &seenStates{of: map[key.Usage]string{}, order: usages, since: r.now()}
	for i, usage := range usages {
		texts[i] = usage.String()
		pending, err := r.authoring().Pending(r.ctx(), r.course, usage)
		if err != nil {
			return r.studioFailure(err)
		}
		seen.of[usage] = pending.State
	}
	if !r.wantsData() {
		return r.showChanges(fiber.StatusConflict, texts, false, between...)
	}
	message := r.words.T("studio_between.title") + "\n" + strings.Join(between, "\n") + "\n" + r.words.T("studio_between.again")
	return r.data(fiber.StatusConflict, fiber.Map{"error": message, "was": fiber.Map{"seen": seen.text()}})
}

// between says who changed what of a part since a time, the newest first.
func (r *request) between(within key.Usage, since time.Time) ([]string, error) {
	entries, _, err := r.authoring().History(r.ctx(), r.course, within, "", 10*mostBetween)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e authoring.Entry) bool {
		return e.At.Before(since.Truncate(time.Millisecond)) || e.Kind == authoring.KindConflict
	})
	entries = entries[:min(len(entries), mostBetween)]
	texts, err := r.toldTexts(entries...)
	if err != nil {
		return nil, err
	}
	names, said := map[string]string{}, []string{}
	for i := range entries {
		by, err := r.nameOf(names, entries[i].By)
		if err != nil {
			return nil, err
		}
		said = append(said, r.words.T("studio_between.line", firstOf(by, r.words.T("studio_between.somebody")), texts[i], r.words.Time(entries[i].At)))
	}
	if len(said) == 0 {
		said = append(said, r.words.T("studio_between.elsewhere"))
	}
	return said, nil
}
