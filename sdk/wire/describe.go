package wire

import "encoding/json"

// DescribeRequest asks a block what it is. The answer must be the same on every call.
type DescribeRequest struct{}

// Description is what a block says of itself. The kernel compares it with the manifest and refuses to load a block that
// does what it did not ask permission for.
type Description struct {
	// SDK names the kit that built the block, for support: "go 1".
	SDK  string `json:"sdk,omitempty"`
	Kind Kind   `json:"kind"`
	// Ops lists the operations that the block implements; describe is understood.
	Ops []Op `json:"ops"`
	// Schema is the number of the shape of what the block stores, from 1. Data of another number goes through migrate.
	Schema      int          `json:"schema"`
	Fields      []Field      `json:"fields,omitempty"`
	Collections []Collection `json:"collections,omitempty"`
	Views       []View       `json:"views,omitempty"`
	Handlers    []Handler    `json:"handlers,omitempty"`
	Mounts      []Handler    `json:"mounts,omitempty"`
	Tasks       []string     `json:"tasks,omitempty"`
	Events      []EventType  `json:"events,omitempty"`
	// Subscribes lists the events that OpEvent wants; each needs the permission "events.subscribe".
	Subscribes []string `json:"subscribes,omitempty"`
	// Rerandomize is the seed rule of a usage that sets none: never (the default), per_student, onreset or always.
	Rerandomize string `json:"rerandomize,omitempty"`
	// Grade says what grade reads beside submission and prepared values.
	Grade GradeReads `json:"grade,omitzero"`
	// Choose says what choose reads.
	Choose ChooseReads `json:"choose,omitzero"`
	// Identity makes vary, grade and reveal get the learner's pseudonym in the course run (CAPA scripts read
	// anonymous_student_id). Variants are then stored per learner, but for contents whose facts say that they are impersonal.
	Identity bool `json:"identity,omitempty"`
	// ClientGraded marks a block whose score a browser computes; shown to author, installer and gradebook.
	ClientGraded bool `json:"client_graded,omitempty"`
}

// FieldType says what a field's JSON value is and how an editor asks for it.
type FieldType string

// The field types.
const (
	TypeString   FieldType = "string"   // one line
	TypeText     FieldType = "text"     // several lines
	TypeHTML     FieldType = "html"     // author's HTML
	TypeXML      FieldType = "xml"      // OLX
	TypeInteger  FieldType = "integer"  // within ±2^53
	TypeNumber   FieldType = "number"   // finite
	TypeBoolean  FieldType = "boolean"  //
	TypeTime     FieldType = "time"     // RFC 3339
	TypeDuration FieldType = "duration" // seconds, a number
	TypeList     FieldType = "list"     // an array
	TypeObject   FieldType = "object"   // an object
	TypeFile     FieldType = "file"     // a course file's name
	TypeUsage    FieldType = "usage"    // a usage key
	TypeKey      FieldType = "key"      // a secret that an author types in: its value reaches no call; keys and http take the field's name as its handle
	TypeAny      FieldType = "any"
	TypeCaptions FieldType = "captions" // an object: the name of a course file with captions for each language (a tag such as "en" or "pt-BR"); an editor takes SubRip, WebVTT and sjson files, and looks at them first
	TypeID       FieldType = "id"       // a member of a list's entries that tells them apart for ever: an editor makes it by chance, keeps it, and shows it to nobody
)

// Field declares one stored value.
type Field struct {
	// Name is lower-case letters, digits and underscores, unique in the block over all scopes.
	Name  string    `json:"name"`
	Scope Scope     `json:"scope"`
	Type  FieldType `json:"type"`
	// Default stands in when the field is unset; absent means null.
	Default json.RawMessage `json:"default,omitempty"`
	// Title and Help are English, and so are the titles of Values; translations stand in the package's catalogues under
	// "field.NAME.title", "field.NAME.help", "field.NAME.value.VALUE", and "field.NAME.items.MEMBER.title" and so on.
	Title string `json:"title,omitempty"`
	Help  string `json:"help,omitempty"`
	// Values lists what an editor offers.
	Values []Value  `json:"values,omitempty"`
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
	Step   *float64 `json:"step,omitempty"`
	// Secret marks an authored field that may hold answer keys: it reaches outline, check, import and export alone.
	Secret bool `json:"secret,omitempty"`
	// Shared says how a user_state_summary field changes: "sum" (increment) or "list" (append, keeping the last Max).
	Shared string `json:"shared,omitempty"`
	// Items says what stands in a list: each entry is an object with these members and no others, so that an editor can draw a
	// row for each. One item without a name says that the entries are plain values of its type. A finding on such a field names
	// the row in Line and the member in Column, both from 1.
	Items []Item `json:"items,omitempty"`
	// Add is what the button says that adds a row: "Add a choice". Its translation stands under "field.NAME.add".
	Add string `json:"add,omitempty"`
	// Rare marks what few authors ever set: a form keeps it folded.
	Rare bool `json:"rare,omitempty"`
	// From says what an editor fills the field from: "FIELD.width" or "FIELD.height" is a side, in pixels, of the course's picture
	// that a field of files names. "FIELD.boxes" at a list says that its entries are boxes on that picture, by their members x, y,
	// width and height, so that an editor can let them be drawn.
	From string `json:"from,omitempty"`
}

// Item declares one member of a list's entries. Its members mean what they mean in [Field].
type Item struct {
	Name    string          `json:"name,omitempty"`
	Type    FieldType       `json:"type"`
	Default json.RawMessage `json:"default,omitempty"`
	Title   string          `json:"title,omitempty"`
	Help    string          `json:"help,omitempty"`
	Values  []Value         `json:"values,omitempty"`
	Min     *float64        `json:"min,omitempty"`
	Max     *float64        `json:"max,omitempty"`
	Step    *float64        `json:"step,omitempty"`
	// Secret marks what may hold an answer key, in a list that is secret; the other members of such a list may reach learners by
	// the prepared value.
	Secret bool `json:"secret,omitempty"`
	// Rare marks what few rows have: a form keeps it folded.
	Rare bool `json:"rare,omitempty"`
	// From is "LIST.MEMBER": what stands in that member of the entries of another list of the block is offered here, to be chosen.
	// What is chosen stands one on each line.
	From string `json:"from,omitempty"`
}

// Value is one choice of a field.
type Value struct {
	Value json.RawMessage `json:"value"`
	Title string          `json:"title"`
}

// Reads declares what a view or handler gets. What is not declared is absent from the request, which lets learners whose
// requests are equal share one cached render.
type Reads struct {
	// User adds Context.Subject.
	User bool `json:"user,omitempty"`
	// Seed adds Context.Seed, and the variant instead of the prepared value when the block varies.
	Seed bool `json:"seed,omitempty"`
	// Clock adds Context.Now.
	Clock bool `json:"clock,omitempty"`
	// Locale adds Context.Locale and Context.Zone.
	Locale bool `json:"locale,omitempty"`
	// Role adds Context.Role and Context.Groups.
	Role bool `json:"role,omitempty"`
	// Usage adds Context.Run, Context.Usage and Context.Address.
	Usage bool `json:"usage,omitempty"`
	// Verdict adds the newest and the counted verdict.
	Verdict bool `json:"verdict,omitempty"`
	// Access adds what the host's policy allows now: tries, dates, what may be shown.
	Access bool `json:"access,omitempty"`
	// Children adds the places of the children that this learner has.
	Children bool `json:"children,omitempty"`
	// Prepared adds the public prepared value.
	Prepared bool `json:"prepared,omitempty"`
	// Fields names the learner-side fields wanted (user_state, preferences, user_info, user_state_summary); an author's
	// view and a mount may also name content and settings.
	Fields []string `json:"fields,omitempty"`
	// Settings names the inherited settings wanted, resolved: "graded", "due", ...
	Settings []string `json:"settings,omitempty"`
	// Path adds RenderRequest.Path, Query names the parameters wanted in RenderRequest.Query: what a view with pages goes by.
	// Handlers and mounts get both in HTTP without asking.
	Path  bool     `json:"path,omitempty"`
	Query []string `json:"query,omitempty"`
}

// Names of views that the shells ask for; [ViewGrade] is another. A block may declare others.
const (
	ViewLearner = "learner" // the unit page
	ViewVisitor = "visitor" // the same without a learner; falls back to a word that asks to sign in
	ViewStaff   = "staff"   // below the learner's view, for course staff
	ViewAuthor  = "author"  // Studio's preview; falls back to learner
	ViewEditor  = "editor"  // Studio's form; falls back to one drawn from the fields
)

// View declares one view.
type View struct {
	Name  string `json:"name"`
	Reads Reads  `json:"reads"`
	// Roles may see it; empty means every role that may see the block (visitor, learner, staff, author, admin) for the
	// views visitor, learner; staff and above for staff and grade; author and admin for the others.
	Roles []Role `json:"roles,omitempty"`
	// Slot is where an app's view is shown, one of [Slots], "" for nowhere by itself. One view stands in a slot. What the page
	// of a slot knows comes as the path: beside a unit "/" and the unit's block id.
	Slot string `json:"slot,omitempty"`
	// Edits names the authored fields that the view editor edits, so that the form of all fields puts them last, as what is stored.
	Edits []string `json:"edits,omitempty"`
	// Settle names a handler for the role author that brings the fields of Edits into agreement where they were changed without the
	// editor: in the form without scripts, or in the block's element. It is sent {"was": {...}, "now": {...}}, both with all of Edits,
	// null for unset, and answers {"fields": {...}} with those that have to change then.
	Settle string `json:"settle,omitempty"`
}

// Places of the platform's pages where an app's view may stand; each needs the permission "slot" with its name. Append-only.
const (
	SlotCourseTab     = "course.tab"     // a page of its own in the course's navigation; apps per run
	SlotUnitSidebar   = "unit.sidebar"   // beside each unit, loaded after it; apps per run
	SlotSitePage      = "site.page"      // a page of the site at /apps/TYPE; apps per site
	SlotStudioPage    = "studio.page"    // a page of Studio; no host shows it yet
	SlotDashboardCard = "dashboard.card" // on the first page of who is signed in, loaded after it
)

// Slots lists every slot.
func Slots() []string {
	return []string{SlotCourseTab, SlotUnitSidebar, SlotSitePage, SlotStudioPage, SlotDashboardCard}
}

// SlotFits reports whether the apps of a run ("run") or of the site ("site") may stand in a slot.
func SlotFits(slot, per string) bool {
	switch slot {
	case SlotCourseTab, SlotUnitSidebar:
		return per == "run"
	case SlotSitePage:
		return per == "site"
	case SlotStudioPage, SlotDashboardCard:
		return true
	}
	return false
}

// Handler declares one handler or mounted path.
type Handler struct {
	// Name is what a button's value or a script's call names; for a mount the path prefix below the block's own path.
	Name  string `json:"name"`
	Roles []Role `json:"roles"`
	Reads Reads  `json:"reads"`
	// Grades marks the handler that takes a learner's answer: it may submit.
	Grades bool `json:"grades,omitempty"`
	// Peers lists block types whose handle may name this block's submissions in settle.
	Peers []string `json:"peers,omitempty"`
}

// Handlers that the host itself serves for every block that grades; a button's value may name them.
const (
	HandlerReset  = "@reset"  // ends the sitting
	HandlerReveal = "@reveal" // shows the answer when access says so
)

// EventType declares an event that the block emits.
type EventType struct {
	// Name is dotted, below the block's own name: "quoin.problem.hint_shown" or Open edX's where one exists.
	Name string `json:"name"`
	// Browser marks events that the block's script sends; the host takes them in batches, without a call.
	Browser bool `json:"browser,omitempty"`
	// Schema lists the data's fields; what a browser sends beside them is dropped.
	Schema []EventField `json:"schema,omitempty"`
}

// EventField is one field of an event's data.
type EventField struct {
	Name string    `json:"name"`
	Type FieldType `json:"type"`
	// Max bounds a string in bytes and a list in entries; 0 is 256.
	Max int `json:"max,omitempty"`
}

// Collection declares one of the block's own document collections.
type Collection struct {
	Name    string  `json:"name"`
	Indexes []Index `json:"indexes,omitempty"`
	// Learners is the field that names the pseudonyms whom a document concerns, for export and erasure: a string, an array of
	// strings or an object whose keys they are; "" when a document concerns nobody.
	Learners string `json:"learners,omitempty"`
}

// Index declares an index over fields of a document; values are strings, integers or booleans.
type Index struct {
	Name   string   `json:"name"`
	Fields []string `json:"fields"`
	Unique bool     `json:"unique,omitempty"`
	Multi  bool     `json:"multi,omitempty"`
}

// GradeReads says what grade reads beside submission and prepared values.
type GradeReads struct {
	// Previous adds the verdict before; such submissions are graded in order.
	Previous bool `json:"previous,omitempty"`
}

// ChooseReads says what choose reads beside its fields.
type ChooseReads struct {
	Seed   bool `json:"seed,omitempty"`
	Groups bool `json:"groups,omitempty"`
	// Scores names a field that lists usage keys whose score and completion are wanted.
	Scores string `json:"scores,omitempty"`
}
