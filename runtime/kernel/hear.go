package kernel

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Subscription is what a block type wants to hear, as far as its manifest asks for it.
type Subscription struct {
	Type, Package string
	Names         []string
	// App says that one usage in each run hears the run's events, or with Site that one usage hears those of all runs. Other
	// blocks hear what happens at themselves.
	App, Site bool
}

// Subscriptions lists what blocks subscribe to. unsure are the types of packages that are there but cannot be asked now.
func (k *Kernel) Subscriptions(ctx context.Context) (list []Subscription, unsure []string, err error) {
	for _, name := range k.config.Registry.Types() {
		version, err := k.config.Registry.Lookup(name)
		if errors.Is(err, &wire.Error{Code: wire.CodeMissing}) || err == nil && !version.Manifest.Has("events.subscribe", "") {
			continue
		}
		if err != nil {
			unsure = append(unsure, name)
			continue
		}
		description, err := k.describe(ctx, version, name)
		if err != nil {
			unsure = append(unsure, name)
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			continue
		}
		names := slices.DeleteFunc(slices.Clone(description.Subscribes), func(event string) bool {
			return !version.Manifest.Has("events.subscribe", event)
		})
		if len(names) == 0 || !slices.Contains(description.Ops, wire.OpEvent) {
			continue
		}
		list = append(list, Subscription{
			Type: name, Package: version.Manifest.Name, Names: names,
			App: description.Kind == wire.KindApp, Site: version.Manifest.Per == "site",
		})
	}
	return list, unsure, nil
}

// Delivery is a batch of events for one usage. The same id is the same batch, however often it comes.
type Delivery struct {
	ID         string
	Run, Usage string
	Type       string
	Events     []wire.Event
}

// heardMark begins the ids of requests that are deliveries.
const heardMark = "heard-"

// OfDelivery reports whether a block emitted the event while it heard others. Such events reach no block, or two that answer each
// other would never rest.
func OfDelivery(e *wire.Event) bool { return strings.HasPrefix(e.Request, heardMark) }

// Hear gives a block events and commits what it changes; a delivery that was committed before changes nothing. A block that is not
// in the course any more, or switched off there, hears nothing: that is no error.
func (k *Kernel) Hear(ctx context.Context, d Delivery) error {
	version, err := k.config.Registry.Lookup(d.Type)
	if err != nil {
		return err
	}
	if !k.isOn(d.Type, d.Run) {
		return nil
	}
	description, err := k.describe(ctx, version, d.Type)
	if err != nil {
		return err
	}
	asker, err := k.hearingAsker(ctx, version, &description, &d)
	if err != nil || asker.Block == nil {
		return err
	}
	request := heardMark + digest("heard", d.ID)
	_, err = k.requests.Get(ctx, requestID(version.Manifest.Name, d.Run, request))
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return err
	}
	asker.Key = request
	for range conflicts {
		err = k.hear(ctx, version, &description, asker, &d, request)
		if errors.Is(err, errDone) || !errors.Is(err, errAgain) {
			break
		}
	}
	switch {
	case errors.Is(err, errDone):
		return nil
	case errors.Is(err, errAgain):
		return wire.Errorf(wire.CodeConflict, wire.BlameHost, "%s met a document that others change: it hears this again", d.Type)
	}
	return err
}

// isOn reports whether a type whose package is there is on for the run, or for the site.
func (k *Kernel) isOn(name, run string) bool {
	_, err := k.config.Registry.LookupIn(name, run)
	return err == nil
}

// hear asks the block once and commits; errAgain wants it asked again, errDone says that this delivery was committed before.
func (k *Kernel) hear(
	ctx context.Context, version *registry.Version, description *wire.Description, asker *services.Call, d *Delivery, request string,
) error {
	events := make([]wire.Event, len(d.Events))
	for i, e := range d.Events {
		e.Session, e.Agent, e.Request = "", "", "" // they tell of the person's device, and of other blocks' calls
		events[i] = e
	}
	var reply wire.EffectsReply
	_, err := k.invoke(ctx, question{
		version: version, op: wire.OpEvent, asker: asker, body: &wire.EventRequest{Events: events},
		context: wire.Context{
			Block: d.Type, Run: d.Run, Usage: d.Usage, Address: k.address(d.Usage), Role: wire.RoleHost,
			Now: k.config.Now().UnixMilli(), Random: digest("heard", d.ID),
		},
	}, &reply)
	if err != nil {
		return err
	}
	if failure := wire.CheckEffects(wire.OpEvent, wire.RoleHost, reply.Effects, reply.Commit); failure != nil {
		return refuse(d.Type, wire.OpEvent, failure)
	}
	origin := state.Origin{
		Run: d.Run, Usage: d.Usage, Type: d.Type, Package: version.Manifest.Name, Role: string(wire.RoleHost), Request: request,
	}
	p, err := k.plan(ctx, version, description, origin, reply.Effects, reply.Commit)
	if err != nil {
		return err
	}
	recorded, err := k.remember(ctx, request, "", "", &wire.HandleReply{}, "")
	if err != nil {
		return err
	}
	if reply.Commit != nil {
		return p.onDocument(ctx, recorded)
	}
	err = p.onRequest(ctx, requestID(version.Manifest.Name, d.Run, request), recorded)
	if errors.Is(err, errAgain) { // its document is there already
		return errDone
	}
	return err
}

// hearingAsker is what services know of a delivery: its course and place, and no person. Its block is nil where there is none now.
func (k *Kernel) hearingAsker(ctx context.Context, version *registry.Version, d *wire.Description, delivery *Delivery) (*services.Call, error) {
	asker := &services.Call{
		Op: wire.OpEvent, Role: wire.RoleHost, Manifest: &version.Manifest, Description: d, Type: delivery.Type, Owner: delivery.Run,
	}
	usage, err := key.ParseUsage(delivery.Usage)
	if err != nil {
		return asker, err
	}
	if usage.Course.IsZero() {
		asker.Published = Site()
	} else if asker.Published, err = k.config.Courses.Published(ctx, usage.Course); errors.Is(err, course.ErrNotFound) {
		return asker, nil
	} else if err != nil {
		return nil, err
	}
	asker.Block, err = k.Find(ctx, asker.Published, usage)
	if errors.Is(err, course.ErrNotFound) {
		return asker, nil
	}
	return asker, err
}
