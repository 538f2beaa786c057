package kernel_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/listening"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ear keeps a note of each event that it hears, and cannot bear poison.
type ear struct {
	wall
	version string
}

func (e ear) Event(_ *sdk.Call, list []wire.Event) (*sdk.Reply, error) {
	reply := sdk.OK()
	for _, event := range list {
		if strings.Contains(string(event.Data), "poison") {
			return nil, errors.New("it is bitter")
		}
		reply = reply.Insert("notes", note{event.Actor, e.version + string(event.Data) + event.Session + event.Agent + event.Request})
	}
	return reply.Event("told", nil), nil
}

const earManifest = `{"name": %q, "version": "%s.0.0", "title": "Ear", "description": "Hears.", "licence": "Apache-2.0", "per": %q,
	"types": [{"name": %q, "title": "Ear", "kind": %q}],
	"permissions": [{"name": "documents", "reason": "r"}, {"name": "schedule", "reason": "r"},
		{"name": "events.subscribe", "reason": "r", "values": ["said", "told"]}]}`

// addEar installs a block that hears "said" and "told".
func (w *world) addEar(name, per string, kind wire.Kind, version string) {
	w.t.Helper()
	block := sdk.New[sdk.None, sdk.None, sdk.None](ear{version: version}, sdk.Spec{
		Kind: kind, Subscribes: []string{"said", "told"}, Events: []wire.EventType{{Name: "told"}}, Tasks: []string{"tidy"},
		Views:       []wire.View{{Name: wire.ViewLearner}},
		Handlers:    []wire.Handler{{Name: "write", Roles: []wire.Role{wire.RoleLearner}}},
		Mounts:      []wire.Handler{},
		Collections: []wire.Collection{{Name: "notes", Learners: "by"}},
	})
	text := fmt.Sprintf(earManifest, name, cmp.Or(version, "1"), per, name, kind)
	if kind != wire.KindApp {
		text = strings.Replace(text, `"per": "run",`, "", 1)
	}
	m, err := manifest.Parse([]byte(text))
	if err != nil {
		w.t.Fatal(err)
	}
	v := registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
	if err := w.registry.Install(v); err != nil {
		w.t.Fatal(err)
	}
}

// hearing is a world whose kernel writes into a log, and one process that listens.
type hearing struct {
	*world
	log    *events.Log
	listen *listening.Listening
}

type logged struct{ log *events.Log }

func (l logged) Append(ctx context.Context, list ...wire.Event) error {
	_, err := l.log.Append(ctx, list...)
	return err
}

func newHearing(t *testing.T) *hearing {
	t.Helper()
	w := newWorld(t, openStore(t), nil)
	h := &hearing{world: w}
	if err := w.store.Ensure(t.Context(), append(events.Specs(), listening.Specs()...)...); err != nil {
		t.Fatal(err)
	}
	h.log = events.New(events.Config{Store: w.store, Now: w.clock})
	w.tune = func(c *kernel.Config) { c.Events = logged{h.log} }
	w.reopen()
	h.listen = h.listener(w.kernel)
	return h
}

func (h *hearing) listener(blocks listening.Blocks) *listening.Listening {
	return listening.New(listening.Config{Store: h.store, Events: h.log, Blocks: blocks, Now: h.clock})
}

func (h *hearing) say(run, usage string, texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		data, err := json.Marshal(text)
		if err != nil {
			h.t.Fatal(err)
		}
		h.pass(time.Millisecond)
		if _, err := h.log.Append(h.t.Context(), wire.Event{
			Name: "said", Actor: "ann", Run: run, Usage: usage, Data: data, Session: "s-secret", Agent: "a-secret", Request: "r-secret",
		}); err != nil {
			h.t.Fatal(err)
		}
	}
}

// rounds lets some seconds pass, looking each second; errors of blocks are not the test's.
func (h *hearing) rounds(seconds int) {
	h.t.Helper()
	for range seconds {
		h.pass(time.Second)
		_, _ = h.listen.Round(h.t.Context())
	}
}

// heard is what was kept by the package in the run, in the order of the deliveries' documents.
func (h *hearing) heard(name, run string) []string {
	h.t.Helper()
	var out []string
	docs := state.OpenDocuments(h.store, name, wire.Collection{Name: "notes", Learners: "by"}).Docs
	err := docs.Each(h.t.Context(), store.Query{Limit: 1000}, func(doc store.Doc[state.Document]) error {
		var n note
		if doc.Body.Owner != run {
			return nil
		}
		if err := json.Unmarshal([]byte(doc.Body.Body), &n); err != nil {
			return err
		}
		out = append(out, n.Text)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (h *hearing) wants(name, run string, texts ...string) {
	h.t.Helper()
	if got := h.heard(name, run); strings.Join(got, " ") != strings.Join(texts, " ") {
		h.t.Errorf("%s in %q heard %v, want %v", name, run, got, texts)
	}
}

// TestBlocksHearWhatTheySubscribedTo: an app hears its run, the site's app all runs, another block what happens at itself; from its
// installation on, without the device that an event came from, and never what a block emitted while it heard.
func TestBlocksHearWhatTheySubscribedTo(t *testing.T) {
	h := newHearing(t)
	h.addEar("ear", "run", wire.KindApp, "")
	h.addEar("all", "site", wire.KindApp, "")
	h.addEar("own", "run", wire.KindComponent, "")
	h.publish(place{blockType: "own", id: "one"}, place{blockType: "own", id: "two"})
	run, other := h.run.String(), "course-v1:Test+One+then"
	h.say(run, "", "before")
	h.rounds(10)
	h.say(run, "", "a")
	h.say(other, "", "b")
	h.say(run, h.run.Usage("own", "two").String(), "c")
	h.say(run, h.run.Usage("own", "gone").String(), "d")
	h.rounds(30)
	h.wants("ear", run, `"a"`, `"c"`, `"d"`)
	h.wants("ear", other)
	h.wants("all", "", `"a"`, `"b"`, `"c"`, `"d"`)
	h.wants("own", run, `"c"`)
}

// TestAnUpgradedBlockHearsOn, and one that was taken away and came back begins anew.
func TestAnUpgradedBlockHearsOn(t *testing.T) {
	h := newHearing(t)
	h.addEar("ear", "run", wire.KindApp, "1")
	h.publish()
	run := h.run.String()
	h.rounds(5)
	h.say(run, "", "a")
	h.rounds(10)
	h.say(run, "", "b")
	h.addEar("ear", "run", wire.KindApp, "2")
	h.rounds(10)
	h.wants("ear", run, `1"a"`, `2"b"`)
	h.registry.Drop("ear")
	h.rounds(70)
	h.say(run, "", "c")
	h.rounds(70)
	h.addEar("ear", "run", wire.KindApp, "3")
	h.rounds(5)
	h.say(run, "", "d")
	h.rounds(10)
	h.wants("ear", run, `1"a"`, `2"b"`, `3"d"`)
}

// TestASwitchedOffBlockHearsLater: what waits for a package that is off, or broken, is not lost and costs no tries.
func TestASwitchedOffBlockHearsLater(t *testing.T) {
	h := newHearing(t)
	h.addEar("ear", "run", wire.KindApp, "")
	h.publish()
	h.rounds(5)
	if err := h.registry.SwitchOff("ear", "an operator wished it"); err != nil {
		t.Fatal(err)
	}
	h.say(h.run.String(), "", "a")
	h.rounds(1000)
	h.wants("ear", h.run.String())
	if err := h.registry.SwitchOff("ear", ""); err != nil {
		t.Fatal(err)
	}
	h.rounds(90)
	h.wants("ear", h.run.String(), `"a"`)
}

// TestPoisonIsSkipped: after some tries the batch is left out, with a record, and what comes later is heard.
func TestPoisonIsSkipped(t *testing.T) {
	h := newHearing(t)
	h.addEar("ear", "run", wire.KindApp, "")
	h.publish()
	h.rounds(5)
	h.say(h.run.String(), "", "poison")
	h.rounds(20)
	h.say(h.run.String(), "", "later")
	h.wants("ear", h.run.String())
	h.rounds(400)
	h.wants("ear", h.run.String(), `"later"`)
	list, err := h.listen.Troubled(t.Context(), 10)
	if err != nil || len(list) != 1 || len(list[0].Skipped) != 1 {
		t.Fatalf("what was skipped: %+v, %v", list, err)
	}
	if s := list[0].Skipped[0]; s.Events != 1 || s.First != "said" || !strings.Contains(s.Failure, "bitter") {
		t.Errorf("the record is %+v", s)
	}
}

// dying commits a delivery and dies before anybody learns of it.
type dying struct {
	*kernel.Kernel
	die context.CancelFunc
}

func (d dying) Hear(ctx context.Context, delivery kernel.Delivery) error {
	if err := d.Kernel.Hear(ctx, delivery); err != nil {
		return err
	}
	d.die()
	return errors.New("killed")
}

// TestADeliveryIsCommittedOnce though the process dies between the commit and its noting it.
func TestADeliveryIsCommittedOnce(t *testing.T) {
	h := newHearing(t)
	h.addEar("ear", "run", wire.KindApp, "")
	h.publish()
	h.rounds(5)
	h.say(h.run.String(), "", "a", "b")
	h.pass(5 * time.Second)
	ctx, die := context.WithCancel(t.Context())
	if _, err := h.listener(dying{h.kernel, die}).Round(ctx); err == nil {
		t.Fatal("the process lived")
	}
	h.wants("ear", h.run.String(), `"a"`, `"b"`)
	h.reopen()
	h.listen = h.listener(h.kernel)
	h.rounds(90)
	h.say(h.run.String(), "", "c")
	h.rounds(10)
	h.wants("ear", h.run.String(), `"a"`, `"b"`, `"c"`)
}

// ordered notes the order in which events of a usage come.
type ordered struct {
	*kernel.Kernel
	mu  *sync.Mutex
	all map[string][]string
}

func (o ordered) Hear(ctx context.Context, d kernel.Delivery) error {
	o.mu.Lock()
	for _, e := range d.Events {
		o.all[d.Usage] = append(o.all[d.Usage], string(e.Data))
	}
	o.mu.Unlock()
	return o.Kernel.Hear(ctx, d)
}

// TestManyProcessesHearOnce: several listen at the same time; each event has one effect, in order.
func TestManyProcessesHearOnce(t *testing.T) {
	h := newHearing(t)
	h.addEar("ear", "run", wire.KindApp, "")
	h.publish()
	h.rounds(5)
	o := ordered{h.kernel, &sync.Mutex{}, map[string][]string{}}
	listeners := []*listening.Listening{h.listener(o), h.listener(o), h.listener(o)}
	var want []string
	for turn := range 12 {
		for i := range 20 {
			text := fmt.Sprintf("%02d-%02d", turn, i)
			h.say(h.run.String(), "", text)
			want = append(want, `"`+text+`"`)
		}
		h.pass(2 * time.Second)
		var wait sync.WaitGroup
		for _, l := range listeners {
			wait.Go(func() {
				if _, err := l.Round(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
	h.rounds(20)
	h.wants("ear", h.run.String(), want...)
	got := o.all[h.run.Usage("ear", "ear").String()]
	if !slices.IsSorted(got) {
		t.Errorf("the order was %v", got)
	}
}

// TestVerdictsAndCompletionAreEvents that a block can subscribe to: once each.
func TestVerdictsAndCompletionAreEvents(t *testing.T) {
	h := newHearing(t)
	usage := key.Course{Org: "Test", Number: "One", Run: "now"}.Usage("x", "y")
	h.publish()
	for range 2 {
		h.pass(time.Second)
		if _, err := h.log.Append(t.Context(), state.CompletedEvent("ann", h.run.String(), usage.String(), h.clock())); err != nil {
			t.Fatal(err)
		}
	}
	list, _, err := h.log.Find(t.Context(), events.Query{Run: h.run.String()})
	if err != nil || len(list) != 1 || list[0].Name != wire.EventCompleted || list[0].Actor != "ann" {
		t.Errorf("completed twice: %+v, %v", list, err)
	}
}
