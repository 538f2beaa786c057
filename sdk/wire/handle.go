package wire

import "encoding/json"

// HandleRequest is one call of a handler, HTTP-shaped.
type HandleRequest struct {
	Handler string `json:"handler"`
	HTTP
	Fields   Fields   `json:"fields,omitempty"`
	Settings Fields   `json:"settings,omitempty"`
	Newest   *Verdict `json:"newest,omitempty"`
	Counted  *Verdict `json:"counted,omitempty"`
	Access   *Access  `json:"access,omitempty"`
	Public   Blob     `json:"public,omitzero"`
}

// Blobs implements [Blobbed].
func (r *HandleRequest) Blobs() []*Blob { return []*Blob{&r.Body, &r.Public} }

// HTTP is the request as a block sees it: decoded form values, or a raw body.
type HTTP struct {
	Method string `json:"method"`
	// Path is what follows the handler's or mount's own address, "" or starting with "/".
	Path  string              `json:"path,omitempty"`
	Query map[string][]string `json:"query,omitempty"`
	// Form holds the values of a form post; the host's own fields (tokens, ids) are taken out.
	Form map[string][]string `json:"form,omitempty"`
	// Files are uploads, stored already.
	Files []File `json:"files,omitempty"`
	// ContentType and Body are what was sent when it was no form. For role outside they always are, byte for byte, and Form
	// stays empty: signatures are made over bytes.
	ContentType string `json:"content_type,omitempty"`
	Body        Blob   `json:"body,omitzero"`
	// Headers holds, for mounts called from outside, the headers by lower-case name without cookies and credentials of
	// this site; otherwise nothing.
	Headers map[string][]string `json:"headers,omitempty"`
}

// File is a stored file: an upload or a part of an answer.
type File struct {
	// Input is the form field it came in, for uploads.
	Input string `json:"input,omitempty"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Size  int64  `json:"size"`
	// Hash is the SHA-256 of the content in hexadecimal; it names the stored file.
	Hash string `json:"hash"`
}

// HandleReply is the answer and what shall change.
type HandleReply struct {
	// Status is one of 200, 201, 202, 204, 303, 400, 403, 404, 409, 413, 422, 429; 0 is 200.
	Status int `json:"status,omitempty"`
	// ContentType is application/json, text/plain, text/csv, text/html (never served inline) or one that the manifest
	// lists; "" is application/json when there is a body.
	ContentType string `json:"content_type,omitempty"`
	// Headers may set content-disposition, content-language, etag, last-modified, cache-control and retry-after alone.
	Headers map[string]string `json:"headers,omitempty"`
	Body    Blob              `json:"body,omitzero"`
	// Location is where a 303 leads: a path below the block's own address that starts with "/", or "" for the page that the
	// request came from. Addresses elsewhere are Leave's.
	Location string `json:"location,omitempty"`
	// Message is announced to the learner, in the learner's language.
	Message string `json:"message,omitempty"`
	// Effects happen all or not at all.
	Effects []Effect `json:"effects,omitempty"`
	// Commit names the one block document that refusable effects sit on; nil commits on the caller's own document.
	Commit *DocumentRef `json:"commit,omitempty"`
	Await  *Await       `json:"await,omitempty"`
	Leave  *Leave       `json:"leave,omitempty"`
}

// Blobs implements [Blobbed].
func (r *HandleReply) Blobs() []*Blob {
	return append([]*Blob{&r.Body}, effectBlobs(r.Effects)...)
}

// DocumentRef names a document of the block's own.
type DocumentRef struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
}

// Await lets the reply wait for a task, up to 10 s, then shows a page that waits.
type Await struct {
	Task    string          `json:"task"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// Leave sends the browser to a host that the manifest, or a field granted for it, names. The host performs it.
type Leave struct {
	URL string `json:"url"`
	// Fields, when not nil, are posted instead of a plain redirect.
	Fields map[string]string `json:"fields,omitempty"`
}

// MountRequest is a request under an app's own path.
type MountRequest struct {
	Mount string `json:"mount"`
	HTTP
	// Nonce is a one-use value that the host keeps when the mount declared none in its query, for flows such as LTI and
	// OAuth; Spent says that the query's nonce was used before.
	Nonce    string `json:"nonce,omitempty"`
	Spent    bool   `json:"spent,omitempty"`
	Fields   Fields `json:"fields,omitempty"`
	Settings Fields `json:"settings,omitempty"`
}

// Blobs implements [Blobbed].
func (r *MountRequest) Blobs() []*Blob { return []*Blob{&r.Body} }

// MountReply answers a mount; the same as a handler's.
type MountReply = HandleReply

// TaskRequest runs a job that the block asked for by schedule or await.
type TaskRequest struct {
	Task    string          `json:"task"`
	Payload json.RawMessage `json:"payload,omitempty"`
	// Key is equal on every run of the same job: the idempotency key for outside requests.
	Key string `json:"key"`
	// Fields holds the authored fields that are set on the block, secret ones excepted, and the shared ones.
	Fields Fields `json:"fields,omitempty"`
	// Submission is the one that the schedule effect handed over.
	Submission *Submission `json:"submission,omitempty"`
}

// EffectsReply is the answer of task and event.
type EffectsReply struct {
	Effects []Effect     `json:"effects,omitempty"`
	Commit  *DocumentRef `json:"commit,omitempty"`
	// Result is what an await's waiting page gets: the address to go on to, or a message.
	Result json.RawMessage `json:"result,omitempty"`
	// Again asks for another run with this payload (paged work).
	Again json.RawMessage `json:"again,omitempty"`
}

// Blobs implements [Blobbed].
func (r *EffectsReply) Blobs() []*Blob { return effectBlobs(r.Effects) }

// EventRequest delivers events that the block subscribed to, oldest first.
type EventRequest struct {
	Events []Event `json:"events"`
}

// Events that the host writes into the log, beside those that blocks emit. Append-only.
const (
	// EventGraded tells of a verdict that gives points: the actor is the learner, the data are a [GradedEvent].
	EventGraded = "block.graded"
	// EventCompleted tells that the actor has completed the block; once for each.
	EventCompleted = "block.completed"
)

// GradedEvent is what [EventGraded] carries: raw points, as the block gave them.
type GradedEvent struct {
	Submission string  `json:"submission"`
	Earned     float64 `json:"earned"`
	Possible   float64 `json:"possible"`
}

// Event is the one envelope for everything that happens. Analytics, xAPI and audit read only this.
type Event struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version int    `json:"version"`
	// Source is server, browser or mobile.
	Source string `json:"source"`
	// Time is the server's, in milliseconds since 1970 UTC.
	Time     int64           `json:"time"`
	Actor    string          `json:"actor,omitempty"`
	Session  string          `json:"session,omitempty"`
	Agent    string          `json:"agent,omitempty"`
	Run      string          `json:"run,omitempty"`
	Usage    string          `json:"usage,omitempty"`
	Path     []string        `json:"path,omitempty"`
	Revision string          `json:"revision,omitempty"`
	Sitting  string          `json:"sitting,omitempty"`
	Request  string          `json:"request,omitempty"`
	Data     json.RawMessage `json:"data,omitempty"`
}
