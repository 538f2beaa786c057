// Package cards is a deck for spaced repetition: an app with a page in its course and a card on the first page, documents of
// its own, and a daily task that tells learners what is due.
package cards

import (
	"embed"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Card is one card of the run's deck.
type Card struct {
	Front string `json:"front"`
	Back  string `json:"back"`
	// Order is when it was written, in milliseconds since 1970 UTC.
	Order int64 `json:"order"`
}

// Study is one learner's way through the deck; the document is named by the learner.
type Study struct {
	Learner string `json:"learner"`
	// Places are by card.
	Places map[string]Place `json:"places"`
	// Due is when the first card comes back, in milliseconds since 1970 UTC.
	Due int64 `json:"due"`
	// Told is the day, since 1970 UTC, on which the learner was told last.
	Told int64 `json:"told"`
	// Done is how many activities of the course the learner completed since the last round.
	Done int64 `json:"done"`
}

const (
	deck    = "deck"
	studies = "studies"
	// maxCards bounds the deck, so that one question reads it.
	maxCards = 500
	maxText  = 1000
	// atOnce is how many learners one run of the task tells: as many as one notify may.
	atOnce = wire.MaxRecipients
	day    = 24 * time.Hour
)

//go:embed locales/*.json
var locales embed.FS

type block struct{}

// Block is the deck.
func Block() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	reads := wire.Reads{User: true, Usage: true, Clock: true, Locale: true, Role: true}
	handler := func(name string) wire.Handler { return wire.Handler{Name: name, Roles: learner, Reads: reads} }
	return sdk.New[sdk.None, sdk.None, sdk.None](block{}, sdk.Spec{
		Kind: wire.KindApp, Catalogue: sdk.Messages(locales),
		Views: []wire.View{
			{Name: "study", Slot: wire.SlotCourseTab, Roles: learner, Reads: reads},
			{Name: "due", Slot: wire.SlotDashboardCard, Roles: learner, Reads: reads},
			{Name: "deck", Roles: []wire.Role{wire.RoleStaff}, Reads: reads},
		},
		Handlers: []wire.Handler{handler(again), handler(hard), handler(good), handler(easy), handler("add"), handler("remove")},
		Tasks:    []string{"remind"}, Subscribes: []string{wire.EventCompleted},
		Collections: []wire.Collection{
			{Name: deck, Indexes: []wire.Index{{Name: "order", Fields: []string{"order"}}}},
			{Name: studies, Learners: "learner", Indexes: []wire.Index{{Name: "due", Fields: []string{"due"}}}},
		},
	})
}

// cards reads the deck in the order of writing.
func cards(c *sdk.Call) ([]sdk.Doc[Card], error) {
	found, _, err := sdk.Find[Card](c, wire.DocumentFind{Collection: deck, Index: "order", Limit: maxCards})
	return found, err
}

// study reads the caller's way through the deck.
func study(c *sdk.Call) (s Study, version int64, err error) {
	version, _, err = c.Document(studies, c.Context.Subject, &s)
	s.Learner = c.Context.Subject
	if s.Places == nil {
		s.Places = map[string]Place{}
	}
	return s, version, err
}

// due are the cards that wait now: those that come back first, then new ones in their order.
func (s *Study) due(all []sdk.Doc[Card], now int64) []sdk.Doc[Card] {
	var list []sdk.Doc[Card]
	for _, card := range all {
		if s.Places[card.ID].Due <= now {
			list = append(list, card)
		}
	}
	slices.SortStableFunc(list, func(a, b sdk.Doc[Card]) int {
		x, y := s.Places[a.ID], s.Places[b.ID]
		switch {
		case (x.Ease == 0) != (y.Ease == 0) && x.Ease == 0:
			return 1
		case (x.Ease == 0) != (y.Ease == 0):
			return -1
		}
		return int(min(max(x.Due-y.Due, -1), 1))
	})
	return list
}

// edits reports whether the caller may write cards: whoever is of the course's team.
func edits(c *sdk.Call) bool {
	return slices.Contains(c.Context.Groups, "staff") || slices.Contains(c.Context.Groups, "instructor")
}

// Handle implements sdk.Handler.
func (block) Handle(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	switch r.Handler {
	case "add", "remove":
		return write(c, r)
	}
	return review(c, r)
}

func write(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	if !edits(c) {
		return nil, sdk.Forbid("%s", c.T("not_yours"))
	}
	if r.Handler == "remove" {
		return sdk.OK().Delete(deck, one(r, "card")).Say(c.T("removed")), nil
	}
	card := Card{Front: strings.TrimSpace(one(r, "front")), Back: strings.TrimSpace(one(r, "back")), Order: c.Context.Now}
	if card.Front == "" || card.Back == "" || len(card.Front) > maxText || len(card.Back) > maxText {
		return nil, sdk.Refuse("%s", c.T("both_sides", maxText))
	}
	all, err := cards(c)
	if err != nil {
		return nil, err
	}
	if len(all) >= maxCards {
		return nil, sdk.Refuse("%s", c.T("full", maxCards))
	}
	return sdk.OK().Insert(deck, card).Say(c.T("added")), nil
}

func one(r *sdk.Request[sdk.None, sdk.None], name string) string {
	return strings.Join(r.Form[name], "")
}

// review notes how well a card was known, and makes sure that the day's look at what is due is scheduled.
func review(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	all, err := cards(c)
	if err != nil {
		return nil, err
	}
	id := one(r, "card")
	if !slices.ContainsFunc(all, func(card sdk.Doc[Card]) bool { return card.ID == id }) {
		return nil, sdk.NotFound("there is no such card any more")
	}
	s, version, err := study(c)
	if err != nil {
		return nil, err
	}
	s.Places[id] = s.Places[id].after(r.Handler, c.Now())
	s.Due, s.Done = 0, 0
	for _, card := range all { // what is new waits for the learner, and reminds nobody
		if place := s.Places[card.ID]; place.Ease > 0 && (s.Due == 0 || place.Due < s.Due) {
			s.Due = place.Due
		}
	}
	reply := sdk.OK()
	if version == 0 {
		reply.Create(studies, s.Learner, s)
	} else {
		reply.Replace(studies, s.Learner, version, s)
	}
	next := c.Now().Truncate(day).Add(day + 6*time.Hour)
	return reply.Effect(wire.Effect{Schedule: &wire.Schedule{Task: "remind", Key: "daily", At: next.UnixMilli(), Every: int64(day / time.Second)}}), nil
}

// Event implements sdk.Listener: it counts what learners who study here completed in the course.
func (block) Event(c *sdk.Call, events []wire.Event) (*sdk.Reply, error) {
	done := map[string]int64{}
	for _, e := range events {
		done[e.Actor]++
	}
	reply := sdk.OK()
	for _, learner := range slices.Sorted(maps.Keys(done)) {
		var s Study
		version, _, err := c.Document(studies, learner, &s)
		if err != nil {
			return nil, err
		}
		if version > 0 {
			reply.Add(studies, learner, "done", done[learner])
		}
	}
	return reply, nil
}

// page says where a run of the task goes on.
type page struct {
	After string `json:"after"`
}

// Task implements sdk.Worker: it tells everybody once a day who has something due, a hundred people at a time.
func (block) Task(c *sdk.Call, _ *sdk.None, task wire.TaskRequest) (*sdk.Reply, error) {
	if task.Task != "remind" {
		return nil, errors.New("there is no task " + task.Task)
	}
	var from page
	if len(task.Payload) > 0 {
		if err := json.Unmarshal(task.Payload, &from); err != nil {
			return nil, err
		}
	}
	waiting, next, err := sdk.Find[Study](c, wire.DocumentFind{
		Collection: studies, Index: "due", From: sdk.Key(1), To: sdk.Key(c.Context.Now + 1), Limit: atOnce, After: from.After,
	})
	if err != nil {
		return nil, err
	}
	today := c.Context.Now / day.Milliseconds()
	reply := sdk.OK()
	var to []string
	for _, doc := range waiting {
		if doc.Body.Told < today {
			to = append(to, doc.Body.Learner)
			reply.Add(studies, doc.ID, "told", today-doc.Body.Told)
		}
	}
	if err := tell(c, reply, to); err != nil {
		return nil, err
	}
	if next != "" {
		reply.Again(page{next})
	}
	return reply, nil
}

// tell writes to each in his own language.
func tell(c *sdk.Call, reply *sdk.Reply, to []string) error {
	if len(to) == 0 {
		return nil
	}
	users, err := c.Users(to...)
	if err != nil {
		return err
	}
	byLanguage := map[string][]string{}
	for _, user := range users { // who left the course is told nothing
		language, _, _ := strings.Cut(user.Locale, "-")
		byLanguage[language] = append(byLanguage[language], user.ID)
	}
	var languages []string
	for language := range byLanguage {
		languages = append(languages, language)
	}
	slices.Sort(languages)
	for _, language := range languages {
		c.Context.Locale = language
		reply.Notify(byLanguage[language], c.T("notice_title"), c.T("notice_text"), "")
	}
	return nil
}
