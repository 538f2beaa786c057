package course

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Run is a course run as the site lists it: its published head and what the catalogue shows.
type Run struct {
	Key    string `bson:"key"`
	Org    string `bson:"org"`
	Number string `bson:"number"`
	Name   string `bson:"name"`
	Title  string `bson:"title"`
	// Head is what learners see; its Root is "" before the first publish.
	Head Head `bson:"head"`
	// Settings are the course block's fields as published, as JSON.
	Settings store.Map[string] `bson:"settings,omitempty"`
	// Grading is grading_policy.json; "" is Open edX's default policy.
	Grading string    `bson:"grading,omitempty"`
	Created time.Time `bson:"created"`
	// By is whose course it is while it is being made: nobody else goes on with what a call that died left.
	By string `bson:"by,omitempty"`
	// Archived says that its team is done with it: catalogues do not list it, its members keep it.
	Archived bool `bson:"archived,omitempty"`
	// Import names the record of the last archive import, "" when there was none.
	Import string `bson:"import,omitempty"`
	// Libraries are the libraries that content of it came from at any time, by key.
	Libraries []string `bson:"libraries,omitempty"`
}

// Head is one published state of a course.
type Head struct {
	// Root is the hash of the course block's revision, Outline the id of its derived outline.
	Root    string    `bson:"root"`
	Outline string    `bson:"outline"`
	Number  int       `bson:"number"`
	At      time.Time `bson:"at"`
	By      string    `bson:"by"`
	Note    string    `bson:"note,omitempty"`
}

// RunSpec is the collection of course runs, by key.
func RunSpec() store.Spec {
	return store.Spec{Name: "runs", Indexes: []store.Index{
		{Name: "org", Fields: []string{"org", "number"}}, {Name: "libraries", Fields: []string{"libraries"}, Multi: true},
	}}
}

// headEntry is one line of a course's history.
type headEntry struct {
	Course string `bson:"course"`
	Head   Head   `bson:"head"`
	// Settings and Grading are what was published with it.
	Settings store.Map[string] `bson:"settings,omitempty"`
	Grading  string            `bson:"grading,omitempty"`
}

// HeadSpec is the history of heads, by (course, number).
func HeadSpec() store.Spec {
	return store.Spec{Name: "heads", Indexes: []store.Index{{Name: "course", Fields: []string{"course", "head.number"}}}}
}

// GraderLibrary is the file of a course that holds the Python by which its problems are checked, as Open edX names it.
const GraderLibrary = "python_lib.zip"

// Asset is an uploaded file of a course.
type Asset struct {
	Course string `bson:"course"`
	// Name is as in "/static/NAME".
	Name string `bson:"name"`
	// Hash names the file's content in package files.
	Hash string    `bson:"hash"`
	Size int64     `bson:"size"`
	Type string    `bson:"type"`
	At   time.Time `bson:"at"`
	// Locked files need an enrolment.
	Locked bool `bson:"locked,omitempty"`
	// Alt are a picture's words for who does not see it.
	Alt string `bson:"alt,omitempty"`
	// By is the user who made it so, Op the change that did; see package beside.
	By string `bson:"by,omitempty"`
	Op string `bson:"op,omitempty"`
	// Width and Height are a picture's, in pixels; Smaller are copies of it, narrowest first.
	Width   int       `bson:"width,omitempty"`
	Height  int       `bson:"height,omitempty"`
	Smaller []Smaller `bson:"smaller,omitempty"`
	// Gone says that the file was deleted; Moved is the name that it has now, where it was renamed, so that old links hold.
	Gone  bool   `bson:"gone,omitempty"`
	Moved string `bson:"moved,omitempty"`
}

// Smaller is a smaller copy of a picture.
type Smaller struct {
	Width int    `bson:"width"`
	Hash  string `bson:"hash"`
	Size  int64  `bson:"size"`
	Type  string `bson:"type"`
}

// AssetSpec is the collection of assets, by (course, name).
func AssetSpec() store.Spec {
	return store.Spec{Name: "assets", Indexes: []store.Index{
		{Name: "course", Fields: []string{"course", "name"}}, {Name: "hash", Fields: []string{"hash"}},
	}}
}

// AssetID names an asset's document.
func AssetID(course, name string) string { return store.ID(course, name) }

// BesideSpec is the collection of changes of files and pages; see package beside.
func BesideSpec() store.Spec {
	return store.Spec{Name: "beside_changes", Indexes: []store.Index{
		{Name: "course", Fields: []string{"course", "at"}},
		{Name: "one", Fields: []string{"course", "kind", "name", "at"}},
		{Name: "op", Fields: []string{"course", "op"}},
		{Name: "hashes", Fields: []string{"hashes"}, Multi: true},
	}}
}

// Specs lists every collection of this package.
func Specs() []store.Spec {
	return []store.Spec{RunSpec(), HeadSpec(), RevisionSpec(), AssetSpec(), DraftSpec(), outlineSpec(), tableSpec(), textsSpec(), ImportSpec(), PageSpec(), BesideSpec(), asideSpec(), previewSpec()}
}

// Text reads a course setting that is a string, or gives otherwise.
func (r *Run) Text(name, otherwise string) string {
	if value := text(r.Settings[name]); value != "" {
		return value
	}
	return otherwise
}

// Bool reads a course setting that is a boolean.
func (r *Run) Bool(name string) bool { return r.Settings[name] == "true" }

// Time reads a course setting that is an instant, zero when unset.
func (r *Run) Time(name string) time.Time {
	at, err := time.Parse(time.RFC3339, text(r.Settings[name]))
	if err != nil {
		return time.Time{}
	}
	return at
}

// Text reads a course setting that is a string, or gives otherwise.
func (p *Published) Text(name, otherwise string) string { return p.Run.Text(name, otherwise) }

// NeedsReview is the setting of a course that somebody else approves what is published.
const NeedsReview = "publish_needs_review"
