// Package seats books seats of a room and never sells one twice. It shows what holds when many people want the last one: the
// room is one document, a booking is two bounded additions to it that are done in one swap or not at all, and the note that
// staff write replaces it only if nobody changed it meanwhile.
package seats

import (
	"fmt"
	"html"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author sets.
type Fields struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Book a seat\"" title:"Name"`
	Seats       int64  `quoin:"seats,settings" default:"10" min:"1" max:"10000" title:"Seats"`
	Each        int64  `quoin:"each,settings" default:"1" min:"1" max:"100" title:"Seats for each learner"`
}

// Public is what views and handlers need of the author's settings.
type Public struct {
	Seats int64 `json:"seats"`
	Each  int64 `json:"each"`
}

// Room is the document of one use of the block. Taken is the sum of By.
type Room struct {
	Taken int64 `json:"taken"`
	// By counts seats by learner.
	By   map[string]int64 `json:"by,omitempty"`
	Note string           `json:"note,omitempty"`
}

const (
	rooms   = "rooms"
	maxNote = 500
)

type block struct{}

// Block is the seat booking.
func Block() sdk.Block {
	learner, staff := []wire.Role{wire.RoleLearner}, []wire.Role{wire.RoleStaff}
	reads := wire.Reads{User: true, Usage: true, Prepared: true}
	return sdk.New[Fields, Public, sdk.None](block{}, sdk.Spec{
		Views: []wire.View{
			{Name: wire.ViewLearner, Reads: wire.Reads{User: true, Usage: true, Prepared: true, Role: true}},
			{Name: wire.ViewStaff, Reads: wire.Reads{Usage: true, Prepared: true}},
		},
		Handlers: []wire.Handler{
			{Name: "book", Roles: learner, Reads: reads},
			{Name: "give_back", Roles: learner, Reads: reads},
			{Name: "note", Roles: staff, Reads: wire.Reads{Usage: true}},
		},
		Collections: []wire.Collection{{Name: rooms, Learners: "by"}},
	})
}

// Outline implements sdk.Outliner.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	if f.Seats < 1 || f.Each < 1 {
		return sdk.Outline[Public, sdk.None]{}, sdk.Refuse("a room has at least one seat, and so has each learner")
	}
	return sdk.Outline[Public, sdk.None]{
		Facts:  wire.Facts{Title: f.DisplayName, Icon: "other", Completion: wire.CompleteByBlock},
		Public: Public{f.Seats, f.Each},
	}, nil
}

// room reads the document of this use; nobody has booked yet where there is none.
func room(c *sdk.Call) (r Room, version int64, found bool, err error) {
	version, found, err = c.Document(rooms, c.Context.Usage, &r)
	return r, version, found, err
}

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	r, _, _, err := room(c)
	if err != nil {
		return sdk.Fragment{}, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<p>%d of %d seats are free.</p>", max(0, v.Public.Seats-r.Taken), v.Public.Seats)
	if r.Note != "" {
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(r.Note))
	}
	if v.Name == wire.ViewStaff {
		fmt.Fprintf(&b, `<p><label>Note for everybody <input name="note" form="quoin:form" value="%s"></label>`+
			`<button form="quoin:form" name="handler" value="note">Save</button></p>`, html.EscapeString(r.Note))
		return sdk.Fragment{HTML: b.String()}, nil
	}
	mine := r.By[c.Context.Subject]
	if mine > 0 {
		fmt.Fprintf(&b, `<p>You have %d.</p><button form="quoin:form" name="handler" value="give_back">Give one back</button>`, mine)
	}
	if mine < v.Public.Each && r.Taken < v.Public.Seats && c.Context.Role == wire.RoleLearner {
		b.WriteString(`<button form="quoin:form" name="handler" value="book">Book a seat</button>`)
	}
	return sdk.Fragment{HTML: b.String()}, nil
}

// Handle implements sdk.Handler.
func (block) Handle(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	stored, version, found, err := room(c)
	if err != nil {
		return nil, err
	}
	id, me := c.Context.Usage, c.Context.Subject
	switch r.Handler {
	case "book":
		reply := sdk.OK().Say("The seat is yours.").Complete(1).Publish("seats", "")
		if !found {
			return reply.Create(rooms, id, Room{Taken: 1, By: map[string]int64{me: 1}}), nil
		}
		return reply.
			TakeKey(rooms, id, "by", me, 1, 0, r.Public.Each).Otherwise("You have as many seats as one learner may have.").
			Take(rooms, id, "taken", 1, 0, r.Public.Seats).Otherwise("All seats are taken."), nil
	case "give_back":
		if !found {
			return nil, sdk.Refuse("you have no seat to give back")
		}
		return sdk.OK().Say("The seat is free again.").Publish("seats", "").
			TakeKey(rooms, id, "by", me, -1, 0, r.Public.Each).Otherwise("You have no seat to give back.").
			Take(rooms, id, "taken", -1, 0, r.Public.Seats), nil
	case "note":
		if stored.Note = strings.TrimSpace(strings.Join(r.Form["note"], " ")); len(stored.Note) > maxNote {
			return nil, sdk.Refuse("a note has at most %d bytes", maxNote)
		}
		if !found {
			return sdk.OK().Create(rooms, id, stored), nil
		}
		return sdk.OK().Replace(rooms, id, version, stored), nil
	}
	return nil, sdk.NotFound("there is no handler %q", r.Handler)
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{
		{Name: "room", Title: "A room of ten", Fields: wire.Fields{}},
		{Name: "chair", Title: "A single chair", Fields: wire.Fields{"seats": sdk.Key(1)}},
	}, nil
}
