package conform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// describe checks the description alone.
func describe(r *run) {
	w := r.open()
	if w == nil {
		return
	}
	d := w.Description()
	first, err := json.Marshal(d)
	if err != nil {
		r.fail("describe", "", "", "%v", err)
		return
	}
	var again wire.Description
	if err := w.Ask(wire.OpDescribe, wire.Context{Locale: "ar", Now: 1, Random: strings.Repeat("ab", 16)}, wire.DescribeRequest{}, &again); err != nil {
		r.fail("describe", "", w.Last().String(), "%v", err)
	}
	members(r, w.Last().Reply)
	if second, err := json.Marshal(again); err != nil || !bytes.Equal(first, second) {
		r.fail("describe", "a description depends on nothing", w.Last().String(), "the second description is another one")
	}
	c := &contradictions{r, &d}
	c.operations()
	c.fields()
	c.callable()
	c.collections()
	c.rest()
}

// contradictions looks for what in a description does not fit together.
type contradictions struct {
	*run
	d *wire.Description
}

func (c *contradictions) has(op wire.Op) bool { return slices.Contains(c.d.Ops, op) }

func (c *contradictions) wrong(format string, args ...any) {
	c.fail("describe", "", "", format, args...)
}

func (c *contradictions) operations() {
	d := c.d
	if !slices.Contains([]wire.Kind{wire.KindComponent, wire.KindApp, wire.KindGrader}, d.Kind) {
		c.wrong("kind %q is none of component, app, grader", d.Kind)
	}
	if d.Schema < 1 {
		c.wrong("schema %d: numbers start at 1", d.Schema)
	}
	seen := map[wire.Op]bool{}
	for _, op := range d.Ops {
		if seen[op] || !slices.Contains(wire.Ops(), op) {
			c.wrong("operation %q is unknown or stands twice", op)
		}
		seen[op] = true
	}
	grades := slices.ContainsFunc(d.Handlers, func(h wire.Handler) bool { return h.Grades })
	for what, holds := range map[string]bool{
		"views need the operation render":        len(d.Views) == 0 || c.has(wire.OpRender),
		"render needs a view":                    len(d.Views) > 0 || !c.has(wire.OpRender),
		"handlers need the operation handle":     len(d.Handlers) == 0 || c.has(wire.OpHandle),
		"handle needs a handler":                 len(d.Handlers) > 0 || !c.has(wire.OpHandle),
		"mounts need the operation mount":        len(d.Mounts) == 0 || c.has(wire.OpMount),
		"mount needs a mounted path":             len(d.Mounts) > 0 || !c.has(wire.OpMount),
		"tasks need the operation task":          len(d.Tasks) == 0 || c.has(wire.OpTask),
		"task needs a declared task":             len(d.Tasks) > 0 || !c.has(wire.OpTask),
		"subscriptions need the operation event": len(d.Subscribes) == 0 || c.has(wire.OpEvent),
		"event needs a subscription":             len(d.Subscribes) > 0 || !c.has(wire.OpEvent),
		"a handler that takes answers (grades) needs the operation grade, or another grader": !grades || c.has(wire.OpGrade) || d.Kind != wire.KindComponent,
		"grade needs a handler that takes answers (grades)":                                  grades || !c.has(wire.OpGrade) || d.Kind != wire.KindComponent,
		"a grader needs the operation grade":                                                 d.Kind != wire.KindGrader || c.has(wire.OpGrade),
		"reveal, vary and solve need the operation outline, which makes their values":        c.has(wire.OpOutline) || !c.has(wire.OpReveal) && !c.has(wire.OpVary) && !c.has(wire.OpSolve),
		"grade.previous needs the operation grade":                                           !d.Grade.Previous || c.has(wire.OpGrade),
		"choose's reads need the operation choose":                                           d.Choose == wire.ChooseReads{} || c.has(wire.OpChoose),
		"a component needs the view learner":                                                 d.Kind != wire.KindComponent || slices.ContainsFunc(d.Views, func(v wire.View) bool { return v.Name == wire.ViewLearner }),
		"rerandomize is never, per_student, onreset or always":                               slices.Contains([]string{"", "never", "per_student", "onreset", "always"}, d.Rerandomize),
	} {
		if !holds {
			c.wrong("%s", what)
		}
	}
}

var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (c *contradictions) fields() {
	seen := map[string]bool{}
	for i := range c.d.Fields {
		f := &c.d.Fields[i]
		if !fieldName.MatchString(f.Name) || len(f.Name) > wire.MaxName || seen[f.Name] {
			c.wrong("field %q: names are lower-case letters, digits and underscores, each once", f.Name)
		}
		seen[f.Name] = true
		for what, holds := range map[string]bool{
			"is secret, but no author writes it":                         !f.Secret || f.Scope.Authored(),
			"is shared between learners and needs sum or list":           f.Scope != wire.ScopeSummary || f.Shared == "sum" || f.Shared == "list",
			"has shared, which is for user_state_summary alone":          f.Scope == wire.ScopeSummary || f.Shared == "",
			"has bounds that leave nothing":                              f.Min == nil || f.Max == nil || *f.Min <= *f.Max,
			"has an unknown type":                                        knownType(f.Type),
			"has an unknown scope":                                       slices.Contains(scopes(), f.Scope),
			"has items that no row can be drawn of":                      len(f.Items) == 0 || f.Type == wire.TypeList && rows(f),
			"has a default that does not fit its type " + string(f.Type): fits(f.Type, f.Default),
		} {
			if !holds {
				c.wrong("field %q %s", f.Name, what)
			}
		}
	}
}

// rows reports whether a list's items can be drawn: members with a name each, or one without for plain values; none is a list or
// an object itself, and none is secret in a list that is not.
func rows(f *wire.Field) bool {
	names := map[string]bool{}
	for _, item := range f.Items {
		named := fieldName.MatchString(item.Name) && len(item.Name) <= wire.MaxName || item.Name == "" && len(f.Items) == 1
		flat := knownType(item.Type) && item.Type != wire.TypeList && item.Type != wire.TypeObject && item.Type != wire.TypeCaptions && item.Type != wire.TypeKey
		if !named || !flat || names[item.Name] || item.Secret && !f.Secret || !fits(item.Type, item.Default) {
			return false
		}
		names[item.Name] = true
	}
	return true
}

func scopes() []wire.Scope {
	return []wire.Scope{wire.ScopeContent, wire.ScopeSettings, wire.ScopeUserState, wire.ScopePrefs, wire.ScopeUserInfo, wire.ScopeSummary}
}

func knownType(t wire.FieldType) bool {
	return slices.Contains([]wire.FieldType{
		wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML, wire.TypeInteger, wire.TypeNumber, wire.TypeBoolean, wire.TypeTime,
		wire.TypeDuration, wire.TypeList, wire.TypeObject, wire.TypeFile, wire.TypeUsage, wire.TypeKey, wire.TypeAny,
		wire.TypeID, wire.TypeCaptions,
	}, t)
}

// fits reports whether a default is absent, null or of its type.
func fits(t wire.FieldType, raw json.RawMessage) bool {
	if len(raw) == 0 || string(raw) == "null" {
		return true
	}
	var into any
	switch t {
	case wire.TypeInteger:
		into = new(int64)
	case wire.TypeNumber, wire.TypeDuration:
		into = new(float64)
	case wire.TypeBoolean:
		into = new(bool)
	case wire.TypeList:
		into = new([]any)
	case wire.TypeObject:
		into = new(map[string]any)
	case wire.TypeCaptions:
		into = new(map[string]string)
	case wire.TypeAny:
		into = new(any)
	default:
		into = new(string)
	}
	return json.Unmarshal(raw, into) == nil
}

// callable checks views, handlers and mounts.
func (c *contradictions) callable() {
	seen := map[string]bool{}
	for _, v := range c.d.Views {
		c.name("view", v.Name, seen)
		c.roles("view "+v.Name, v.Roles, true)
		c.reads("view "+v.Name, &v.Reads, v.Name == wire.ViewAuthor || v.Name == wire.ViewEditor)
		if v.Slot != "" && c.d.Kind != wire.KindApp {
			c.wrong("view %q stands in the slot %q, which only an app's views may", v.Name, v.Slot)
		}
		c.edits(&v)
	}
	seen = map[string]bool{}
	for _, h := range c.d.Handlers {
		c.name("handler", h.Name, seen)
		c.roles("handler "+h.Name, h.Roles, false)
		c.reads("handler "+h.Name, &h.Reads, slices.Contains(h.Roles, wire.RoleAuthor))
		if slices.Contains(h.Roles, wire.RoleOutside) {
			c.wrong("handler %q: requests from outside come to mounts", h.Name)
		}
	}
	seen = map[string]bool{}
	for _, m := range c.d.Mounts {
		c.name("mount", m.Name, seen)
		c.roles("mount "+m.Name, m.Roles, false)
		c.reads("mount "+m.Name, &m.Reads, true)
		if m.Grades {
			c.wrong("mount %q is declared with grades: answers come by handlers", m.Name)
		}
	}
}

// edits checks what an editor says that it edits.
func (c *contradictions) edits(v *wire.View) {
	if len(v.Edits) > 0 && v.Name != wire.ViewEditor {
		c.wrong("view %q edits fields, which only the view %q may", v.Name, wire.ViewEditor)
	}
	if v.Settle != "" && !slices.ContainsFunc(c.d.Handlers, func(h wire.Handler) bool { return h.Name == v.Settle && slices.Contains(h.Roles, wire.RoleAuthor) }) {
		c.wrong("view %q settles by %q, which is no handler for the role author", v.Name, v.Settle)
	}
	for _, name := range v.Edits {
		i := slices.IndexFunc(c.d.Fields, func(f wire.Field) bool { return f.Name == name })
		if i < 0 || !c.d.Fields[i].Scope.Authored() || c.d.Fields[i].Type == wire.TypeKey {
			c.wrong("view %q edits %q, which is no authored field that an editor gets", v.Name, name)
		}
	}
}

func (c *contradictions) name(what, name string, seen map[string]bool) {
	if name == "" || len(name) > wire.MaxName || strings.HasPrefix(name, "@") || strings.ContainsAny(name, " /?#\"'<>&") || seen[name] {
		c.wrong("%s %q: names have 1 to %d bytes without spaces, quotes and slashes, start with no @, and stand once", what, name, wire.MaxName)
	}
	seen[name] = true
}

func (c *contradictions) roles(what string, roles []wire.Role, mayBeEmpty bool) {
	if len(roles) == 0 && !mayBeEmpty {
		c.wrong("%s names no role, so nobody may call it", what)
	}
	for _, role := range roles {
		if !slices.Contains(wire.Roles(), role) || role == wire.RoleHost {
			c.wrong("%s names the role %q, which no caller has", what, role)
		}
	}
}

func (c *contradictions) reads(what string, reads *wire.Reads, authored bool) {
	for _, name := range reads.Fields {
		i := slices.IndexFunc(c.d.Fields, func(f wire.Field) bool { return f.Name == name })
		switch {
		case i < 0:
			c.wrong("%s reads the field %q, which is not declared", what, name)
		case c.d.Fields[i].Secret:
			c.wrong("%s reads the field %q, which is secret: it reaches outline, check, import and export alone", what, name)
		case c.d.Fields[i].Scope.Authored() && !authored:
			c.wrong("%s reads the authored field %q: what learners see comes through outline's public value", what, name)
		}
	}
	if reads.Prepared && !c.has(wire.OpOutline) {
		c.wrong("%s reads the prepared value, but there is no operation outline that makes it", what)
	}
}

func (c *contradictions) collections() {
	seen := map[string]bool{}
	for _, collection := range c.d.Collections {
		c.name("collection", collection.Name, seen)
		indexes := map[string]bool{}
		for _, index := range collection.Indexes {
			c.name("index of "+collection.Name, index.Name, indexes)
			const most = 4 // what every store can do
			if len(index.Fields) == 0 || len(index.Fields) > most-1 {
				c.wrong("index %q of %s has %d fields: 1 to %d", index.Name, collection.Name, len(index.Fields), most-1)
			}
		}
	}
}

func (c *contradictions) rest() {
	tasks, events := map[string]bool{}, map[string]bool{}
	for _, task := range c.d.Tasks {
		c.name("task", task, tasks)
	}
	for _, e := range c.d.Events {
		c.name("event", e.Name, events)
		if !strings.Contains(e.Name, ".") {
			c.wrong("event %q: names are dotted, below the block's own, such as quoin.problem.hint_shown", e.Name)
		}
		if e.Browser && len(e.Schema) == 0 {
			c.wrong("event %q comes from browsers and declares no schema, so all its data is dropped", e.Name)
		}
	}
	if name := c.d.Choose.Scores; name != "" && !slices.ContainsFunc(c.d.Fields, func(f wire.Field) bool { return f.Name == name && f.Scope.Authored() }) {
		c.wrong("choose reads the scores of the usages in field %q, which is no authored field", name)
	}
}

// names asks for what is not declared.
func names(r *run) {
	w := r.open()
	if w == nil {
		return
	}
	const other = "quoin-no-such-thing"
	for op, body := range map[wire.Op]any{
		wire.OpRender: &wire.RenderRequest{View: other},
		wire.OpHandle: &wire.HandleRequest{Handler: other, HTTP: wire.HTTP{Method: "POST"}},
		wire.OpTask:   wire.TaskRequest{Task: other},
		wire.OpMount:  &wire.MountRequest{Mount: other, HTTP: wire.HTTP{Method: "POST"}},
	} {
		if !w.Implements(op) {
			continue
		}
		if err := w.Ask(op, wire.Context{}, body, nil); !hasCode(err, wire.CodeNotFound) {
			r.fail(string(op), "answer with sdk.NotFound", w.Last().String(), "a name that is not declared is answered with %s, want %s", outcome(err), wire.CodeNotFound)
		}
	}
	for _, op := range append(wire.Ops(), "quoin_no_such_operation") {
		if w.Implements(op) || op == wire.OpDescribe {
			continue
		}
		if err := w.Ask(op, wire.Context{}, struct{}{}, nil); !hasCode(err, wire.CodeUnsupported) {
			r.fail(string(op), "declare it, or do not implement it", w.Last().String(), "an operation that is not declared is answered with %s, want %s", outcome(err), wire.CodeUnsupported)
		}
	}
}

func outcome(err error) string {
	if err == nil {
		return "a reply"
	}
	return fmt.Sprint(err)
}
