package fakehost

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// origin is the call that effects came from.
type origin struct {
	role wire.Role
	// learner is "" for tasks, events and calls from outside.
	learner          string
	place            *Place
	request, sitting string
	// submission is the id of what the call hands in, if it does.
	submission string
	// from names who settles.
	from string
}

// plan is what a reply's effects come to: changes of the commit document, and steps for everything else, which cannot fail.
type plan struct {
	world  *World
	origin origin
	commit *wire.DocumentRef
	// fields are user_state changes by name; nil unsets.
	fields        map[string]json.RawMessage
	submit        *wire.Submit
	sittingEffect *wire.Sitting
	// documents are the refusable effects on the commit document.
	documents []wire.Effect
	steps     []func()
}

// plan sorts the effects of a reply. It refuses names that the block did not declare and effects that its manifest does not
// ask permission for, before anything is changed.
func (w *World) plan(o origin, effects []wire.Effect, commit *wire.DocumentRef) (*plan, error) {
	p := &plan{world: w, origin: o, commit: commit, fields: map[string]json.RawMessage{}}
	if commit != nil {
		if _, err := w.collection(commit.Collection); err != nil {
			return nil, err
		}
	}
	for i := range effects {
		if err := p.add(&effects[i]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *plan) apply() {
	for _, step := range p.steps {
		step()
	}
}

func (p *plan) step(do func()) { p.steps = append(p.steps, do) }

func bad(format string, args ...any) *wire.Error {
	return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, format, args...)
}

func (p *plan) add(e *wire.Effect) error {
	w, kind := p.world, e.Kind()
	if needed := effectPermission(kind); needed != "" && !w.config.Permissions.Has(needed, "") {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "%s: block.json does not ask for the permission %q", kind, needed)
	}
	switch {
	case e.Set != nil:
		return p.set(e.Set.Field, e.Set.Value)
	case e.Unset != nil:
		return p.set(e.Unset.Field, nil)
	case e.Increment != nil:
		return p.increment(e.Increment)
	case e.Append != nil:
		return p.append(e.Append)
	case e.Submit != nil:
		p.submit = e.Submit
	case e.Sitting != nil:
		p.sittingEffect = e.Sitting
	case e.File != nil:
		return p.keep(e.File)
	case e.Insert != nil, e.Replace != nil, e.Add != nil, e.Delete != nil:
		return p.document(e)
	case e.Event != nil:
		if !slices.ContainsFunc(w.description.Events, func(t wire.EventType) bool { return t.Name == e.Event.Name }) {
			return bad("event %q is not declared", e.Event.Name)
		}
		p.step(func() { w.emit(p.origin, e.Event) })
	case e.Schedule != nil:
		if !slices.Contains(w.description.Tasks, e.Schedule.Task) {
			return bad("task %q is not declared", e.Schedule.Task)
		}
		p.step(func() { w.schedule(p.origin, e.Schedule) })
	default:
		return p.plain(e)
	}
	return nil
}

func (p *plan) plain(e *wire.Effect) error {
	w, o := p.world, p.origin
	switch {
	case e.Settle != nil:
		p.step(func() { w.settle(o, e.Settle) })
	case e.Score != nil:
		p.step(func() { w.override(o.place, e.Score) })
	case e.Complete != nil:
		p.step(func() { o.place.complete(o.learner, e.Complete.Fraction) })
	case e.Notify != nil:
		for _, to := range e.Notify.To {
			p.step(func() {
				w.Notices = append(w.Notices, Notice{To: to, Title: e.Notify.Title, Text: e.Notify.Text, Path: e.Notify.Path})
			})
		}
	case e.Publish != nil:
		p.step(func() {
			w.Published = append(w.Published, Published{Usage: o.place.Usage, Topic: e.Publish.Topic, ID: e.Publish.ID, To: e.Publish.To})
		})
	case e.Enrol != nil:
		p.step(func() {
			person := w.Person(e.Enrol.Learner)
			person.Mode, person.NotEnrolled = e.Enrol.Mode, !e.Enrol.Active
		})
	case e.Index != nil:
		p.step(func() {
			w.Indexed[e.Index.ID] = *e.Index
			if e.Index.Text == "" {
				delete(w.Indexed, e.Index.ID)
			}
		})
	case e.Redraw != nil:
		p.step(func() { o.place.state(o.learner).drawn = false })
	default:
		return bad("unknown effect")
	}
	return nil
}

func (p *plan) field(name string) (*wire.Field, error) {
	field := p.world.field(name)
	if field == nil {
		return nil, bad("field %q is not declared", name)
	}
	return field, nil
}

func (p *plan) set(name string, value json.RawMessage) error {
	field, err := p.field(name)
	if err != nil {
		return err
	}
	if !wire.Writable(p.origin.role, field.Scope) {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "field %q of scope %s may not be set for role %s", name, field.Scope, p.origin.role)
	}
	if p.origin.learner == "" && !field.Scope.Authored() {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "field %q belongs to a learner, and this call is about none", name)
	}
	o, w := p.origin, p.world
	switch {
	case field.Scope.Authored():
		p.step(func() { set(o.place.content, name, value) })
	case field.Scope != wire.ScopeUserState:
		p.step(func() {
			key := personalKey{o.learner, field.Scope}
			if w.personal[key] == nil {
				w.personal[key] = wire.Fields{}
			}
			set(w.personal[key], name, value)
		})
	case p.commit != nil:
		p.step(func() { set(o.place.state(o.learner).fields, name, value) })
	default:
		p.fields[name] = value
	}
	return nil
}

// summary finds a shared field of the wanted sort.
func (p *plan) summary(name, want string) (*wire.Field, error) {
	field, err := p.field(name)
	if err != nil {
		return nil, err
	}
	if field.Scope != wire.ScopeSummary || field.Shared != want {
		return nil, bad("field %q is not a shared %s", name, want)
	}
	return field, nil
}

func (p *plan) increment(e *wire.IncrementField) error {
	if _, err := p.summary(e.Field, "sum"); err != nil {
		return err
	}
	shared := p.origin.place.shared
	if _, err := addTo(shared[e.Field], e.Key, e.By); err != nil {
		return bad("field %q: %v", e.Field, err)
	}
	p.step(func() {
		if after, err := addTo(shared[e.Field], e.Key, e.By); err == nil {
			shared[e.Field] = after
		}
	})
	return nil
}

// maxList bounds a shared list that declares no bound of its own.
const maxList = 1000

func (p *plan) append(e *wire.AppendField) error {
	field, err := p.summary(e.Field, "list")
	if err != nil {
		return err
	}
	most, shared := maxList, p.origin.place.shared
	if field.Max != nil {
		most = int(*field.Max)
	}
	p.step(func() {
		var list []json.RawMessage
		_ = json.Unmarshal(shared[e.Field], &list) // what is stored came from here; nothing stored is no list yet
		list = append(list, e.Value)
		list = list[max(0, len(list)-most):]
		if encoded, err := json.Marshal(list); err == nil {
			shared[e.Field] = encoded
		}
	})
	return nil
}

func (p *plan) keep(file *wire.KeepFile) error {
	if p.origin.learner == "" {
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "files belong to a learner, and this call is about none")
	}
	data := slices.Clone(file.Data.Data)
	p.step(func() { p.world.keep(p.origin.learner, "", file.Name, file.Type, data) })
	return nil
}

// stored is a file of the course or a part of an answer.
type stored struct {
	wire.File
	data    []byte
	learner string
}

// keep stores a part of a learner's answer under its hash.
func (w *World) keep(learner, input, name, contentType string, data []byte) wire.File {
	sum := sha256.Sum256(data)
	file := wire.File{Input: input, Name: name, Type: contentType, Size: int64(len(data)), Hash: hex.EncodeToString(sum[:])}
	w.parts[file.Hash] = stored{file, data, learner}
	return file
}

// Upload stores a file as a browser's form would, for Post.HTTP.Files.
func (w *World) Upload(p *Person, input, name, contentType string, data []byte) wire.File {
	return w.keep(p.ID, input, name, contentType, slices.Clone(data))
}

// CourseFile puts a file into the course.
func (w *World) CourseFile(path, contentType string, data []byte) {
	w.files[path] = stored{File: wire.File{Name: path, Type: contentType, Size: int64(len(data))}, data: data}
}

func (p *Place) complete(learner string, fraction float64) {
	s := p.state(learner)
	s.completion = max(s.completion, fraction)
}
