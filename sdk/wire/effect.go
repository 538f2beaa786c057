package wire

import "encoding/json"

// Effect is one change that a reply asks for; exactly one of its members is set. [Effect.Kind] names it.
type Effect struct {
	Set       *SetField       `json:"set,omitempty"`
	Unset     *UnsetField     `json:"unset,omitempty"`
	Increment *IncrementField `json:"increment,omitempty"`
	Append    *AppendField    `json:"append,omitempty"`
	Submit    *Submit         `json:"submit,omitempty"`
	Settle    *Settle         `json:"settle,omitempty"`
	Score     *SetScore       `json:"score,omitempty"`
	Complete  *Complete       `json:"complete,omitempty"`
	File      *KeepFile       `json:"file,omitempty"`
	Insert    *InsertDoc      `json:"insert,omitempty"`
	Replace   *ReplaceDoc     `json:"replace,omitempty"`
	Add       *AddDoc         `json:"add,omitempty"`
	Delete    *DeleteDoc      `json:"delete,omitempty"`
	Event     *EmitEvent      `json:"event,omitempty"`
	Notify    *Notify         `json:"notify,omitempty"`
	Publish   *Publish        `json:"publish,omitempty"`
	Schedule  *Schedule       `json:"schedule,omitempty"`
	Enrol     *Enrol          `json:"enrol,omitempty"`
	Index     *IndexDoc       `json:"index,omitempty"`
	Redraw    *Redraw         `json:"redraw,omitempty"`
	Sitting   *Sitting        `json:"sitting,omitempty"`
}

// EffectKind names a member of [Effect] as its JSON does. Append-only.
type EffectKind string

// The kinds of effects.
const (
	EffectSet       EffectKind = "set"
	EffectUnset     EffectKind = "unset"
	EffectIncrement EffectKind = "increment"
	EffectAppend    EffectKind = "append"
	EffectSubmit    EffectKind = "submit"
	EffectSettle    EffectKind = "settle"
	EffectScore     EffectKind = "score"
	EffectComplete  EffectKind = "complete"
	EffectFile      EffectKind = "file"
	EffectInsert    EffectKind = "insert"
	EffectReplace   EffectKind = "replace"
	EffectAdd       EffectKind = "add"
	EffectDelete    EffectKind = "delete"
	EffectEvent     EffectKind = "event"
	EffectNotify    EffectKind = "notify"
	EffectPublish   EffectKind = "publish"
	EffectSchedule  EffectKind = "schedule"
	EffectEnrol     EffectKind = "enrol"
	EffectIndex     EffectKind = "index"
	EffectRedraw    EffectKind = "redraw"
	EffectSitting   EffectKind = "sitting"
)

// EffectKinds lists every kind.
func EffectKinds() []EffectKind {
	kinds := make([]EffectKind, 0, len(members))
	for _, member := range members {
		kinds = append(kinds, member.kind)
	}
	return kinds
}

// members pairs each kind with the test for its member, in the order of the struct.
var members = [...]struct {
	kind EffectKind
	set  func(*Effect) bool
}{
	{EffectSet, func(e *Effect) bool { return e.Set != nil }},
	{EffectUnset, func(e *Effect) bool { return e.Unset != nil }},
	{EffectIncrement, func(e *Effect) bool { return e.Increment != nil }},
	{EffectAppend, func(e *Effect) bool { return e.Append != nil }},
	{EffectSubmit, func(e *Effect) bool { return e.Submit != nil }},
	{EffectSettle, func(e *Effect) bool { return e.Settle != nil }},
	{EffectScore, func(e *Effect) bool { return e.Score != nil }},
	{EffectComplete, func(e *Effect) bool { return e.Complete != nil }},
	{EffectFile, func(e *Effect) bool { return e.File != nil }},
	{EffectInsert, func(e *Effect) bool { return e.Insert != nil }},
	{EffectReplace, func(e *Effect) bool { return e.Replace != nil }},
	{EffectAdd, func(e *Effect) bool { return e.Add != nil }},
	{EffectDelete, func(e *Effect) bool { return e.Delete != nil }},
	{EffectEvent, func(e *Effect) bool { return e.Event != nil }},
	{EffectNotify, func(e *Effect) bool { return e.Notify != nil }},
	{EffectPublish, func(e *Effect) bool { return e.Publish != nil }},
	{EffectSchedule, func(e *Effect) bool { return e.Schedule != nil }},
	{EffectEnrol, func(e *Effect) bool { return e.Enrol != nil }},
	{EffectIndex, func(e *Effect) bool { return e.Index != nil }},
	{EffectRedraw, func(e *Effect) bool { return e.Redraw != nil }},
	{EffectSitting, func(e *Effect) bool { return e.Sitting != nil }},
}

// Kind names the one member that is set, or "" when none or several are.
func (e *Effect) Kind() EffectKind {
	var kind EffectKind
	for _, member := range members {
		if !member.set(e) {
			continue
		}
		if kind != "" {
			return ""
		}
		kind = member.kind
	}
	return kind
}

// Refusable reports whether the effect can be refused at commit time and must therefore sit on the commit document.
func (e *Effect) Refusable() bool {
	switch {
	case e.Insert != nil:
		return e.Insert.ID != ""
	case e.Replace != nil, e.Submit != nil:
		return true
	case e.Add != nil:
		return e.Add.Min != nil || e.Add.Max != nil
	}
	return false
}

func effectBlobs(effects []Effect) []*Blob {
	var blobs []*Blob
	for i := range effects {
		if file := effects[i].File; file != nil {
			blobs = append(blobs, &file.Data)
		}
	}
	return blobs
}

// SetField sets a field of the caller's own scopes (user_state, preferences, user_info), or an authored one in author role.
type SetField struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
	// Base is, for authored fields, the hash of the value that the editor started from; another stored value refuses.
	Base string `json:"base,omitempty"`
}

// UnsetField makes a field unset again.
type UnsetField struct {
	Field string `json:"field"`
	Base  string `json:"base,omitempty"`
}

// IncrementField adds to a user_state_summary field; it commutes and cannot fail.
type IncrementField struct {
	Field string `json:"field"`
	// Key chooses a counter inside an object field, "" for a plain number.
	Key string `json:"key,omitempty"`
	By  int64  `json:"by"`
}

// AppendField adds one entry to a user_state_summary list.
type AppendField struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
}

// Submit hands in an answer: one try.
type Submit struct {
	Answers json.RawMessage `json:"answers"`
	// Files names stored files by hash, from uploads or file effects; they are bound to the submission.
	Files []File `json:"files,omitempty"`
}

// Settle appends evidence to a pending submission of this usage and has it graded again.
type Settle struct {
	Submission string          `json:"submission"`
	Data       json.RawMessage `json:"data"`
}

// SetScore gives a score to a named learner; course staff only, with a reason, audited.
type SetScore struct {
	Learner  string  `json:"learner"`
	Earned   float64 `json:"earned"`
	Possible float64 `json:"possible"`
	Reason   string  `json:"reason"`
	// Run names the course run, from an app of the whole site.
	Run string `json:"run,omitempty"`
}

// Complete raises the learner's completion of this block; it never lowers.
type Complete struct {
	Fraction float64 `json:"fraction"`
}

// KeepFile stores bytes under their hash, private to the learner and the graders until a submission binds them.
type KeepFile struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data Blob   `json:"data"`
}

// InsertDoc adds a document. Without an id the host gives one and the insert cannot fail; with one it is insert-if-absent
// and must be the commit document.
type InsertDoc struct {
	Collection string          `json:"collection"`
	ID         string          `json:"id,omitempty"`
	Body       json.RawMessage `json:"body"`
	// Refusal is what the caller is told when a unique index has the body's values already; "" is the host's own words.
	Refusal string `json:"refusal,omitempty"`
}

// ReplaceDoc replaces the commit document if it is at this version.
type ReplaceDoc struct {
	Collection string          `json:"collection"`
	ID         string          `json:"id"`
	Version    int64           `json:"version"`
	Body       json.RawMessage `json:"body"`
	// Refusal is as for InsertDoc.
	Refusal string `json:"refusal,omitempty"`
}

// AddDoc adds to an integer of a document. With a bound it is refusable and must sit on the commit document, where a reply
// may hold several: all are done in the one swap, or none. Without a bound it commutes.
type AddDoc struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
	Field      string `json:"field"`
	// Key chooses a counter inside an object field, "" for a plain integer. A missing field or counter is 0.
	Key string `json:"key,omitempty"`
	By  int64  `json:"by"`
	Min *int64 `json:"min,omitempty"`
	Max *int64 `json:"max,omitempty"`
	// Refusal is what the caller is told when a bound refuses; "" is the host's own words.
	Refusal string `json:"refusal,omitempty"`
}

// DeleteDoc removes a document; a missing one is no error.
type DeleteDoc struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
}

// EmitEvent writes to the event log.
type EmitEvent struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data,omitempty"`
}

// Notify sends a message to people: on the page and, as they choose, by e-mail. More than 100 are a paged task.
type Notify struct {
	// To are pseudonyms of the run.
	To    []string `json:"to"`
	Title string   `json:"title"`
	Text  string   `json:"text,omitempty"`
	// Path is where the message leads: "/view/NAME" and what may follow for one of the block's views, another path for a page below
	// its mounts, "" for where the block stands.
	Path string `json:"path,omitempty"`
	// Run names whose people To are, from an app of the whole site.
	Run string `json:"run,omitempty"`
}

// Publish tells open pages that something changed. It carries an id only; pages ask for the view again.
type Publish struct {
	Topic string `json:"topic"`
	ID    string `json:"id,omitempty"`
	// To restricts the audience to roles, groups or pseudonyms; the host checks it at delivery.
	To []string `json:"to,omitempty"`
}

// Schedule asks for a task. The name and key identify it: scheduling the same again replaces it.
type Schedule struct {
	Task    string          `json:"task"`
	Key     string          `json:"key,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
	// At is when, in milliseconds since 1970 UTC; 0 or a past instant is now.
	At int64 `json:"at,omitempty"`
	// Every repeats it, in seconds, at least 60; 0 is once.
	Every int64 `json:"every,omitempty"`
	// Submission hands the task the submission that this reply submits, whose id the block cannot know yet. It then takes
	// part in the key, so that each submission has a task of its own.
	Submission bool `json:"submission,omitempty"`
	// Cancel takes it back instead.
	Cancel bool `json:"cancel,omitempty"`
}

// Enrol changes an enrolment; a permission of its own.
type Enrol struct {
	Learner string `json:"learner"`
	Run     string `json:"run,omitempty"`
	Mode    string `json:"mode"`
	Active  bool   `json:"active"`
	Reason  string `json:"reason,omitempty"`
}

// IndexDoc puts a text into the course search, or takes it out when Title and Text are "". A search knows the newest 10 000
// texts of a run, and of these the newest 16 MiB.
type IndexDoc struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	// Text has at most 32 KiB, the others 1 KiB.
	Text string `json:"text,omitempty"`
	Path string `json:"path,omitempty"`
	// To restricts who finds it, as Publish.To.
	To []string `json:"to,omitempty"`
}

// Redraw asks that this learner's choice of children be made anew.
type Redraw struct{}

// Sitting opens or closes the learner's sitting of this block.
type Sitting struct {
	Open bool `json:"open"`
}
