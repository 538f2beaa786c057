package registry

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// agree compares what a block says of itself with what its manifest asked for. A block that does more than it asked
// permission for is not loaded; one that does less is `quoin block check`'s business.
func agree(m *manifest.Manifest, t manifest.Type, d *wire.Description) error {
	var p []string
	add := func(format string, args ...any) { p = append(p, fmt.Sprintf(format, args...)) }
	if d.Kind != t.Kind {
		add("the code says kind %q, block.json says %q", d.Kind, t.Kind)
	}
	if d.Schema < 1 {
		add("schema must be 1 or more")
	}
	for _, op := range d.Ops {
		if !slices.Contains(wire.Ops(), op) {
			add("operation %q is unknown to this host", op)
		}
	}
	if len(d.Collections) > 0 && !m.Has(string(wire.ServiceDocuments), "") {
		add("it keeps documents, but block.json does not ask for the permission documents")
	}
	if len(d.Tasks) > 0 && !m.Has("schedule", "") {
		add("it runs tasks, but block.json does not ask for the permission schedule")
	}
	for _, event := range d.Subscribes {
		if !m.Has("events.subscribe", event) {
			add("it subscribes to %q, but block.json does not ask for that under events.subscribe", event)
		}
	}
	for _, mount := range d.Mounts {
		if !m.Has("mount", mount.Name) {
			add("it mounts %q, but block.json does not ask for that under mount", mount.Name)
		}
	}
	slots := map[string]string{}
	for _, view := range d.Views {
		if view.Slot != "" && !m.Has("slot", view.Slot) {
			add("view %q stands in slot %q, but block.json does not ask for that under slot", view.Name, view.Slot)
		}
		switch {
		case view.Slot == "":
		case t.Kind != wire.KindApp:
			add("view %q stands in slot %q, which is for apps: this is a %s", view.Name, view.Slot, t.Kind)
		case !wire.SlotFits(view.Slot, m.Per):
			add("view %q cannot stand in slot %q: this app is per %s", view.Name, view.Slot, m.Per)
		case slots[view.Slot] != "":
			add("views %q and %q both stand in slot %q: one may", slots[view.Slot], view.Name, view.Slot)
		default:
			slots[view.Slot] = view.Name
		}
	}
	p = append(p, names(d)...)
	if len(p) > 0 {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "%s", strings.Join(p, "; "))
	}
	return nil
}

// names checks that declared names are usable and unique.
func names(d *wire.Description) []string {
	var p []string
	check := func(what string, list []string) {
		seen := map[string]bool{}
		for _, name := range list {
			switch {
			case name == "" || len(name) > wire.MaxName:
				p = append(p, fmt.Sprintf("%s %q needs a name of 1 to %d bytes", what, name, wire.MaxName))
			case strings.HasPrefix(name, "@"):
				p = append(p, fmt.Sprintf("%s %q: names that start with @ are the host's", what, name))
			case seen[name]:
				p = append(p, fmt.Sprintf("%s %q is declared twice", what, name))
			}
			seen[name] = true
		}
	}
	var fields, views, handlers, collections, events []string
	for _, f := range d.Fields {
		fields = append(fields, f.Name)
	}
	for _, v := range d.Views {
		views = append(views, v.Name)
	}
	for _, h := range d.Handlers {
		handlers = append(handlers, h.Name)
	}
	for _, c := range d.Collections {
		collections = append(collections, c.Name)
	}
	for _, e := range d.Events {
		events = append(events, e.Name)
	}
	check("field", fields)
	check("view", views)
	check("handler", handlers)
	check("task", d.Tasks)
	check("collection", collections)
	check("event", events)
	return p
}
