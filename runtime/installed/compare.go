package installed

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Surface is what a change is about. Surfaces are shown in the reader's language: append-only.
type Surface string

// The surfaces that two versions are compared by.
const (
	SurfaceEngine     Surface = "engine"
	SurfaceType       Surface = "type"       // a block type that it serves
	SurfacePermission Surface = "permission" // a permission
	SurfaceValue      Surface = "value"      // a host, slot, mount, event or device of a permission
	SurfaceMemory     Surface = "memory"     // MiB
	SurfaceFuel       Surface = "fuel"
	SurfaceField      Surface = "field"      // a stored value, with its scope
	SurfaceSecret     Surface = "secret"     // that a field holds answer keys or passwords
	SurfaceHandler    Surface = "handler"    // a handler, with the roles that it is open to
	SurfaceMount      Surface = "mount"      // an address of its own, with its roles
	SurfaceView       Surface = "view"       // a view, with its roles
	SurfaceSlot       Surface = "slot"       // a place outside of its own unit
	SurfaceEvent      Surface = "event"      // events that it hears of
	SurfaceTask       Surface = "task"       // what it does later by itself
	SurfaceCollection Surface = "collection" // documents that it keeps
	SurfacePeer       Surface = "peer"       // blocks that may settle its submissions
	SurfaceIdentity   Surface = "identity"   // that it tells learners apart
	SurfaceClient     Surface = "client"     // that a browser computes its scores
)

// There stands in a change for what has no more to say than that it is there.
const There = "there"

// Change is one difference between the installed version and another one. Before and After are "" for what is not there.
type Change struct {
	Surface Surface `json:"surface"`
	Name    string  `json:"name,omitempty"`
	Before  string  `json:"before,omitempty"`
	After   string  `json:"after,omitempty"`
	// Wider says that the block may do or see more by it.
	Wider bool `json:"wider,omitempty"`
}

// String tells the change in a line, for commands.
func (c Change) String() string {
	text := string(c.Surface)
	if c.Name != "" {
		text += " " + c.Name
	}
	switch {
	case c.After == There:
		text += " is new"
	case c.Before == There:
		text += " is gone"
	case c.Before == "":
		text += ": " + c.After + " is new"
	case c.After == "":
		text += ": " + c.Before + " is gone"
	default:
		text += fmt.Sprintf(": from %s to %s", c.Before, c.After)
	}
	return text
}

type changes []Change

func (c *changes) add(surface Surface, name, before, after string, wider bool) {
	if before != after {
		*c = append(*c, Change{surface, plain(name), plain(before), plain(after), wider})
	}
}

// list compares two lists of names. What is new is wider where more says so.
func (c *changes) list(surface Surface, before, after []string, more bool) {
	for _, name := range after {
		if !slices.Contains(before, name) {
			c.add(surface, name, "", There, more)
		}
	}
	for _, name := range before {
		if !slices.Contains(after, name) {
			c.add(surface, name, There, "", false)
		}
	}
}

// compareManifests tells what a version's manifest asks for that the installed one's did not, and the reverse.
func compareManifests(before *Version, m *manifest.Manifest) []Change {
	var c changes
	after := versionManifest(m)
	c.add(SurfaceEngine, "", before.Engine, after.Engine, true)
	c.list(SurfaceType, before.Types, after.Types, true)
	c.add(SurfaceMemory, "", amount(int64(before.Budgets.MemoryMB)), amount(int64(after.Budgets.MemoryMB)), after.Budgets.MemoryMB > before.Budgets.MemoryMB)
	c.add(SurfaceFuel, "", amount(before.Budgets.Fuel), amount(after.Budgets.Fuel), after.Budgets.Fuel > before.Budgets.Fuel)
	for _, p := range after.Permissions {
		was := permission(before.Permissions, p.Name)
		if was == nil {
			c.add(SurfacePermission, p.Name, "", There, true)
			was = &Permission{}
		}
		for _, value := range p.Values {
			if !slices.Contains(was.Values, value) {
				c.add(SurfaceValue, p.Name, "", value, true)
			}
		}
	}
	for _, p := range before.Permissions {
		is := permission(after.Permissions, p.Name)
		if is == nil {
			c.add(SurfacePermission, p.Name, There, "", false)
			continue
		}
		for _, value := range p.Values {
			if !slices.Contains(is.Values, value) {
				c.add(SurfaceValue, p.Name, value, "", false)
			}
		}
	}
	return c
}

func versionManifest(m *manifest.Manifest) Version {
	v := Version{Engine: m.Engine, Budgets: Budgets{m.Limits.MemoryMB, m.Limits.Fuel}, Permissions: permissionsOf(m)}
	for _, t := range m.Types {
		v.Types = append(v.Types, t.Name)
	}
	return v
}

func permission(list []Permission, name string) *Permission {
	i := slices.IndexFunc(list, func(p Permission) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}

func amount(n int64) string {
	if n == 0 {
		return "the default"
	}
	return strconv.FormatInt(n, 10)
}

// compareDescriptions tells what a type's code declares that the installed one's did not, and the reverse.
func compareDescriptions(before, after *wire.Description) []Change {
	var c changes
	c.fields(before.Fields, after.Fields)
	c.handlers(SurfaceHandler, before.Handlers, after.Handlers, false)
	c.handlers(SurfaceMount, before.Mounts, after.Mounts, true)
	c.views(before.Views, after.Views)
	c.list(SurfaceEvent, before.Subscribes, after.Subscribes, true)
	c.list(SurfaceTask, before.Tasks, after.Tasks, true)
	c.list(SurfaceCollection, collectionNames(before), collectionNames(after), false)
	c.add(SurfaceIdentity, "", yes(before.Identity), yes(after.Identity), after.Identity)
	c.add(SurfaceClient, "", yes(before.ClientGraded), yes(after.ClientGraded), after.ClientGraded)
	return c
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func collectionNames(d *wire.Description) []string {
	var names []string
	for _, collection := range d.Collections {
		names = append(names, collection.Name)
	}
	return names
}

// farther are scopes whose values are seen beyond one learner's work at one place.
func farther(s wire.Scope) bool {
	return s == wire.ScopeSummary || s == wire.ScopePrefs || s == wire.ScopeUserInfo
}

func (c *changes) fields(before, after []wire.Field) {
	for i := range after {
		f := &after[i]
		at := slices.IndexFunc(before, func(o wire.Field) bool { return o.Name == f.Name })
		if at < 0 {
			c.add(SurfaceField, f.Name, "", string(f.Scope), farther(f.Scope))
			continue
		}
		was := &before[at]
		c.add(SurfaceField, f.Name, string(was.Scope), string(f.Scope), true)
		hidden, hides := was.Secret || was.Type == wire.TypeKey, f.Secret || f.Type == wire.TypeKey
		c.add(SurfaceSecret, f.Name, yes(hidden), yes(hides), hidden && !hides)
		if hidden && hides { // a password that becomes a key to answers reaches the code
			c.add(SurfaceSecret, f.Name, string(was.Type), string(f.Type), was.Type == wire.TypeKey)
		}
	}
	for i := range before {
		f := &before[i]
		if !slices.ContainsFunc(after, func(o wire.Field) bool { return o.Name == f.Name }) {
			c.add(SurfaceField, f.Name, string(f.Scope), "", false)
		}
	}
}

// handlers compares handlers or mounts. A new one is wider where more says so, or if it is open to somebody to whom nothing was.
func (c *changes) handlers(surface Surface, before, after []wire.Handler, more bool) {
	var known []wire.Role
	for i := range before {
		known = append(known, before[i].Roles...)
	}
	for i := range after {
		h := &after[i]
		at := slices.IndexFunc(before, func(o wire.Handler) bool { return o.Name == h.Name })
		if at < 0 {
			c.add(surface, h.Name, "", roles(h.Roles), more || added(known, h.Roles))
			continue
		}
		c.add(surface, h.Name, roles(before[at].Roles), roles(h.Roles), added(before[at].Roles, h.Roles))
		c.list(SurfacePeer, before[at].Peers, h.Peers, true)
	}
	for i := range before {
		h := &before[i]
		if !slices.ContainsFunc(after, func(o wire.Handler) bool { return o.Name == h.Name }) {
			c.add(surface, h.Name, roles(h.Roles), "", false)
		}
	}
}

func (c *changes) views(before, after []wire.View) {
	for i := range after {
		v := &after[i]
		at := slices.IndexFunc(before, func(o wire.View) bool { return o.Name == v.Name })
		if at < 0 {
			c.add(SurfaceView, v.Name, "", roles(v.Roles), false)
			c.add(SurfaceSlot, v.Name, "", v.Slot, true)
			continue
		}
		was := &before[at]
		// None named is the rule by the view's name; naming some may only narrow it.
		c.add(SurfaceView, v.Name, roles(was.Roles), roles(v.Roles), len(was.Roles) > 0 && (len(v.Roles) == 0 || added(was.Roles, v.Roles)))
		c.add(SurfaceSlot, v.Name, was.Slot, v.Slot, v.Slot != "")
	}
	for i := range before {
		v := &before[i]
		if !slices.ContainsFunc(after, func(o wire.View) bool { return o.Name == v.Name }) {
			c.add(SurfaceView, v.Name, roles(v.Roles), "", false)
		}
	}
}

func added(before, after []wire.Role) bool {
	return slices.ContainsFunc(after, func(r wire.Role) bool { return !slices.Contains(before, r) })
}

// roles lists who something is open to, in a fixed order.
func roles(list []wire.Role) string {
	if len(list) == 0 {
		return "who may by its name"
	}
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = string(r)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
