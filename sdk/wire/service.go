package wire

import "encoding/json"

// Service names something that a block may read or ask during a call. Services never write. Each needs the permission of
// its name in block.json with the author's reason; the host fixes block, course, caller and subject of every call.
type Service string

// The services.
const (
	ServiceDocuments  Service = "documents"
	ServiceChildren   Service = "children"
	ServiceUsers      Service = "users"
	ServiceFiles      Service = "files"
	ServiceScores     Service = "scores"
	ServiceEnrolments Service = "enrolments"
	ServiceScript     Service = "script"
	ServiceSearch     Service = "search"
	ServiceKeys       Service = "keys"
	ServiceHTTP       Service = "http"
)

// Services lists every service.
func Services() []Service {
	return []Service{
		ServiceDocuments, ServiceChildren, ServiceUsers, ServiceFiles, ServiceScores,
		ServiceEnrolments, ServiceScript, ServiceSearch, ServiceKeys, ServiceHTTP,
	}
}

// ServiceCall is the envelope of a service request; the method's struct is the body.
type ServiceCall struct {
	Service Service `json:"service"`
	Method  string  `json:"method"`
}

// EncodeService lays a service request into a frame. The reply is read by [DecodeReply].
func EncodeService(call ServiceCall, body any) ([]byte, error) { return encode(call, body) }

// DecodeService reads a service request's envelope.
func DecodeService(frame []byte) (ServiceCall, Message, error) {
	var call ServiceCall
	segments, err := splitFrame(frame)
	if err != nil {
		return call, Message{}, err
	}
	if err := unmarshal(segments[segmentEnvelope], &call); err != nil {
		return call, Message{}, Errorf(CodeBadRequest, BlameBlock, "decoding service envelope: %v", err)
	}
	return call, Message{segments}, nil
}

// Document is one of the block's own, as stored.
type Document struct {
	ID      string          `json:"id"`
	Version int64           `json:"version"`
	Body    json.RawMessage `json:"body"`
}

// DocumentGet asks documents.get for one document; the reply is a [DocumentFound].
type DocumentGet struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
}

// DocumentFound holds the document, nil when there is none.
type DocumentFound struct {
	Document *Document `json:"document,omitempty"`
}

// DocumentFind asks documents.find for a stretch of an index; the reply is [DocumentsFound].
type DocumentFind struct {
	Collection string `json:"collection"`
	// Index is a declared one, "" for the id.
	Index string            `json:"index,omitempty"`
	Equal []json.RawMessage `json:"equal,omitempty"`
	// From (inclusive) and To (exclusive) bound the field after Equal; Prefix bounds it to strings that start so.
	From    json.RawMessage `json:"from,omitempty"`
	To      json.RawMessage `json:"to,omitempty"`
	Prefix  string          `json:"prefix,omitempty"`
	Reverse bool            `json:"reverse,omitempty"`
	// Limit is 1 to 1000; 0 is 100.
	Limit int    `json:"limit,omitempty"`
	After string `json:"after,omitempty"`
	// Count asks for the number of matches, up to Limit, instead of the documents.
	Count bool `json:"count,omitempty"`
}

// DocumentsFound is one page.
type DocumentsFound struct {
	Documents []Document `json:"documents,omitempty"`
	Next      string     `json:"next,omitempty"`
	Count     int        `json:"count,omitempty"`
}

// ChildrenList asks children.list for this block's children as published; the reply is [ChildrenFound].
type ChildrenList struct{}

// ChildrenFound lists children.
type ChildrenFound struct {
	Children []Child `json:"children,omitempty"`
}

// UsersGet asks users.get about people of the run; unknown ones are left out of [UsersFound].
type UsersGet struct {
	IDs []string `json:"ids"`
}

// UsersFound lists people.
type UsersFound struct {
	Users []User `json:"users,omitempty"`
}

// User is what a block may know of a person.
type User struct {
	ID       string   `json:"id"` // pseudonym
	Username string   `json:"username"`
	Name     string   `json:"name,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	Locale   string   `json:"locale,omitempty"`
	Zone     string   `json:"zone,omitempty"`
}

// FileRead asks files.read for a course file by Path ("python_lib.zip") or for a part of an answer by Hash; the reply is
// [FileFound].
type FileRead struct {
	Path string `json:"path,omitempty"`
	Hash string `json:"hash,omitempty"`
}

// FileFound holds a file of at most MaxBlob bytes.
type FileFound struct {
	File File `json:"file"`
	Data Blob `json:"data,omitzero"`
}

// Blobs implements [Blobbed].
func (f *FileFound) Blobs() []*Blob { return []*Blob{&f.Data} }

// ScoresGet asks scores.get what learners earned at usages of the run; the reply is [ScoresFound].
type ScoresGet struct {
	Learners []string `json:"learners"`
	Usages   []string `json:"usages"`
}

// ScoresFound holds scores by learner and usage.
type ScoresFound struct {
	Scores map[string]map[string]Score `json:"scores,omitempty"`
}

// EnrolmentsFind asks enrolments.find for the people of the run; the reply is [EnrolmentsFound].
type EnrolmentsFind struct {
	// Group restricts to a course role, cohort or content group; Learner to one person.
	Group   string `json:"group,omitempty"`
	Learner string `json:"learner,omitempty"`
	Limit   int    `json:"limit,omitempty"`
	After   string `json:"after,omitempty"`
}

// EnrolmentsFound is one page.
type EnrolmentsFound struct {
	Enrolments []Enrolment `json:"enrolments,omitempty"`
	Next       string      `json:"next,omitempty"`
}

// Enrolment is one person's.
type Enrolment struct {
	Learner string `json:"learner"`
	Mode    string `json:"mode"`
	Active  bool   `json:"active"`
	// Since is in milliseconds since 1970 UTC.
	Since int64 `json:"since"`
}

// ScriptRun asks script.run to run an author's or a learner's program in the sandbox; the reply is [ScriptDone]. Equal requests
// give equal replies, and the host caches them. A run sees nothing but what stands here and leaves no trace for the next.
type ScriptRun struct {
	// Language is "python", "javascript", or "sql" (SQLite, an empty database for each run).
	Language string `json:"language"`
	// Prelude lays out what the code expects to find: "capa" is what scripts of Open edX's problems find, Python 2's random
	// numbers among it, seeded; "" is plain Python with a seeded random.
	Prelude string `json:"prelude,omitempty"`
	Code    string `json:"code"`
	// Globals are set before the code runs. A number that JSON does not have is {"$float": "nan"}, "inf" or "-inf", here and in
	// the reply.
	Globals json.RawMessage `json:"globals,omitempty"`
	// Want names the globals to give back; empty gives back all that JSON can hold.
	Want []string `json:"want,omitempty"`
	Seed int      `json:"seed"`
	// Files are course files that the program may import from, such as python_lib.zip.
	Files []string `json:"files,omitempty"`
	// Stdin is what the program reads from standard input.
	Stdin string `json:"stdin,omitempty"`
	// Setup runs before Code and is its author's: functions that the code may call, tables that it may ask. It had better print
	// nothing. Lines are counted without it.
	Setup string `json:"setup,omitempty"`
	// Call is an expression that is evaluated after Code, in Python and JavaScript; its value is in the reply as text.
	Call string `json:"call,omitempty"`
	// Fuel bounds the run in steps of about an instruction; 0, or more than the host allows, is the host's bound.
	Fuel int64 `json:"fuel,omitempty"`
	// Output bounds what the program prints, in bytes: one that prints more is stopped, and no globals come back but those of
	// Want. With 0 the beginning of what is printed is kept.
	Output int `json:"output,omitempty"`
}

// Languages of programs.
const (
	LanguagePython     = "python"
	LanguageJavaScript = "javascript"
	LanguageSQL        = "sql"
)

// ScriptDone is what the program left behind.
type ScriptDone struct {
	Globals json.RawMessage `json:"globals,omitempty"`
	Stdout  string          `json:"stdout,omitempty"`
	// Value is what Call came to, as its language writes it.
	Value string `json:"value,omitempty"`
	// Failed says what went wrong, in words for the author; nil when nothing did.
	Failed *ScriptError `json:"failed,omitempty"`
}

// ScriptError is an author's mistake.
type ScriptError struct {
	// Class is the exception's: "NameError".
	Class   string `json:"class"`
	Message string `json:"message"`
	// Line counts from 1 in the author's code; 0 is unknown.
	Line int `json:"line,omitempty"`
	// Limit names the limit that the sandbox stopped the program at, see [LimitTime]; "" when it failed by itself.
	Limit string `json:"limit,omitempty"`
	// Setup says that it was Setup that failed.
	Setup bool `json:"setup,omitempty"`
}

// Limits of a program.
const (
	LimitTime   = "time"
	LimitMemory = "memory"
	LimitOutput = "output"
	// LimitDepth is that of calls within calls.
	LimitDepth = "depth"
)

// SearchQuery asks search.query in the run's texts; the reply is [SearchFound].
type SearchQuery struct {
	Text  string `json:"text"`
	Limit int    `json:"limit,omitempty"`
}

// SearchFound lists hits, best first; only what the caller may see.
type SearchFound struct {
	Hits []SearchHit `json:"hits,omitempty"`
}

// SearchHit is one.
type SearchHit struct {
	Usage string `json:"usage,omitempty"`
	ID    string `json:"id,omitempty"`
	// Path is the block's page on which the text stands, where the block put the text there itself.
	Path    string `json:"path,omitempty"`
	Title   string `json:"title"`
	Excerpt string `json:"excerpt,omitempty"`
}

// KeySign asks keys.sign to sign with a secret that the block names but never sees; the reply is [KeySigned].
type KeySign struct {
	// Secret is a handle: the name of a field of type key, or one that the manifest names.
	Secret string `json:"secret"`
	// Algorithm is HS256, RS256 (JWT of Claims) or hmac-sha256 and hmac-sha1 (of Payload).
	Algorithm string          `json:"algorithm"`
	Claims    json.RawMessage `json:"claims,omitempty"`
	Payload   Blob            `json:"payload,omitzero"`
}

// Blobs implements [Blobbed].
func (k *KeySign) Blobs() []*Blob { return []*Blob{&k.Payload} }

// KeySigned is a JWT, or a signature in base64 (standard alphabet, padded).
type KeySigned struct {
	Signature string `json:"signature"`
}

// KeyVerify asks keys.verify about a signature or JWT; the reply is [KeyVerified].
type KeyVerify struct {
	Secret string `json:"secret,omitempty"`
	// KeySet is the address of an issuer's key set, for RS256; the host fetches and caches it.
	KeySet    string `json:"key_set,omitempty"`
	Algorithm string `json:"algorithm"`
	// Payload is what was signed, byte for byte; JWTs carry their own.
	Payload Blob `json:"payload,omitzero"`
	// Signature is a JWT, or a signature in base64 (standard or URL alphabet, padded or not) or in hexadecimal.
	Signature string `json:"signature"`
}

// Blobs implements [Blobbed].
func (k *KeyVerify) Blobs() []*Blob { return []*Blob{&k.Payload} }

// KeyVerified says whether it holds, and what a JWT claims.
type KeyVerified struct {
	Valid  bool            `json:"valid"`
	Claims json.RawMessage `json:"claims,omitempty"`
}

// KeySetPublish asks keys.publish for the address of the block's own public keys; the reply is [KeySetPublished].
type KeySetPublish struct{}

// KeySetPublished is the address.
type KeySetPublished struct {
	URL string `json:"url"`
}

// HTTPDo asks http.do for an outside request, in task and grade only; the reply is [HTTPDone]. A call that runs again is
// given the recorded reply. Replies by which the other side asks to try again (see [HTTPDone.Passing]) are not recorded, so
// that a call which fails by one and runs again later asks again, under the same key.
type HTTPDo struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	// Headers may hold {{secret:HANDLE}}, which the host fills in for the one host that the secret is for.
	Headers map[string]string `json:"headers,omitempty"`
	Body    Blob              `json:"body,omitzero"`
	// Key identifies the request among those of this call: the idempotency key.
	Key string `json:"key"`
	// Timeout in milliseconds, at most 30 000; 0 is 10 000.
	Timeout int `json:"timeout,omitempty"`
}

// Blobs implements [Blobbed].
func (h *HTTPDo) Blobs() []*Blob { return []*Blob{&h.Body} }

// HTTPDone is what came back.
type HTTPDone struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    Blob              `json:"body,omitzero"`
}

// Passing reports whether the reply says that the request was not done and may be tried again: 408, 425, 429, 500 and above.
func (h *HTTPDone) Passing() bool {
	return h.Status == 408 || h.Status == 425 || h.Status == 429 || h.Status >= 500
}

// Blobs implements [Blobbed].
func (h *HTTPDone) Blobs() []*Blob { return []*Blob{&h.Body} }
