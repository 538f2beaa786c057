package review

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Blocks are those that are installed; the site's kernel is one with a look at its registry.
type Blocks interface {
	course.Outliner
	// Check lets a block find its author's mistakes; see the kernel.
	Check(ctx context.Context, published *course.Published, blockType string, fields wire.Fields, children []wire.Child) ([]wire.Finding, error)
	// Serving tells which code serves a type in a run. The error says why there is none: a [wire.Error] of CodeMissing or CodeBroken.
	Serving(blockType string, run key.Course) (Served, error)
	// Installed reports whether the type is served anywhere on the site.
	Installed(blockType string) bool
}

// Served is the code that serves a type.
type Served struct {
	// Digest names it.
	Digest string
	// Files says that it may read the course's files, so that what it says depends on them.
	Files bool
	// Ready says that it answers at once. To load code may take many seconds.
	Ready bool
}

// Copies are the working copies of courses.
type Copies interface {
	Whole(ctx context.Context, run key.Course) (*authoring.Whole, error)
}

// Config is what a reviewer works with. Store, Courses, Copies and Blocks are needed.
type Config struct {
	Store   store.Store
	Courses *course.Courses
	Copies  Copies
	Blocks  Blocks
	// Client asks addresses elsewhere; nil asks none. It must refuse private ones.
	Client *http.Client
	// Inline is how long a look may run blocks' own checks itself before it leaves the rest to the background; 0 is half a second.
	Inline time.Duration
	Log    *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Reviewer looks through courses. Safe for concurrent use.
type Reviewer struct {
	config  Config
	scans   *kept[*scan]
	checked *kept[*own]
	links   store.Collection[linkCheck]
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
	// turn lets one course at a time be checked in the background.
	turn chan struct{}
	mu   sync.Mutex
	jobs map[key.Course]*job
	// failed is when checking a course in the background failed last.
	failed map[key.Course]time.Time
}

// keptContents is how many contents are remembered: several large courses.
const keptContents = 60_000

// New prepares a reviewer. What it does in the background ends with [Reviewer.Close].
func New(config Config) *Reviewer {
	if config.Inline == 0 {
		config.Inline = 500 * time.Millisecond
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	r := &Reviewer{
		config: config, scans: newKept[*scan](keptContents), checked: newKept[*own](keptContents), links: store.Of[linkCheck](config.Store, linkSpec),
		turn: make(chan struct{}, 1), jobs: map[key.Course]*job{}, failed: map[key.Course]time.Time{},
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// Close ends what runs in the background.
func (r *Reviewer) Close() {
	r.stop()
	r.running.Wait()
}

// Wait returns when nothing runs in the background.
func (r *Reviewer) Wait() { r.running.Wait() }

// looking is one look under way.
type looking struct {
	*Reviewer
	run    key.Course
	whole  *authoring.Whole
	report *Report
	// byID are the blocks by the id alone, as links name them.
	byID map[string][]*authoring.Part
	// files are the course's, with what was asked for besides.
	files  map[string]bool
	listed string
	pages  []course.Page
	slugs  map[string]bool
	paths  func(path string) bool
	scan   map[*authoring.Part]*scan
	root   *course.Revision
}

// Look looks through a course's working copy. paths tells which pages a course has for learners, by the path below its own; nil
// takes any. Blocks' own checks are run as long as that takes no time; [Report.Waiting] tells how many are left for [Reviewer.Begin].
func (r *Reviewer) Look(ctx context.Context, run key.Course, paths func(path string) bool) (*Report, error) {
	l, err := r.begin(ctx, run)
	if err != nil {
		return nil, err
	}
	l.paths = paths
	if err := l.readPages(ctx); err != nil {
		return nil, err
	}
	outside, err := r.broken(ctx, run)
	if err != nil {
		return nil, err
	}
	l.settings()
	inline, done := context.WithTimeout(ctx, r.config.Inline)
	defer done()
	if err := l.changedFirst(inline); err != nil {
		return nil, err
	}
	links := map[string]bool{}
	for _, part := range l.whole.Parts {
		if err := l.part(inline, part); err != nil {
			return nil, err
		}
		if err := l.contents(ctx, &Finding{}, part, l.scan[part], outside, links); err != nil {
			return nil, err
		}
	}
	for i := range l.pages {
		page := &l.pages[i]
		where := &Finding{Page: page.Kind + "/" + page.Slug, Title: page.Slug}
		if err := l.contents(ctx, where, nil, scanPage(run, page.HTML, page.Fields), outside, links); err != nil {
			return nil, err
		}
	}
	l.report.Outside = len(links)
	return l.report, nil
}

// begin reads the course and all that its contents say.
func (r *Reviewer) begin(ctx context.Context, run key.Course) (*looking, error) {
	whole, err := r.config.Copies.Whole(ctx, run)
	if err != nil {
		return nil, err
	}
	l := &looking{
		Reviewer: r, run: run, whole: whole, byID: map[string][]*authoring.Part{}, files: map[string]bool{},
		report: &Report{Blocks: len(whole.Parts), Types: map[string][]Use{}},
	}
	for _, part := range whole.Parts {
		l.byID[part.Usage.ID] = append(l.byID[part.Usage.ID], part)
		if !course.Structural(part.Usage.Type) {
			l.report.Types[part.Usage.Type] = append(l.report.Types[part.Usage.Type], useOf(part))
		}
	}
	if l.scan, l.root, err = r.scanAll(ctx, whole, run); err != nil {
		return nil, err
	}
	return l, nil
}

func useOf(part *authoring.Part) Use {
	use := Use{Usage: part.Usage, Title: part.Title, Draft: part.State != authoring.StateLive}
	if part.Unit != nil {
		use.Unit = part.Unit.Usage
	}
	return use
}

func titleOf(part *authoring.Part) string {
	if part.Title != "" {
		return part.Title
	}
	return part.Usage.ID
}

// scanAll gives what every content says. Those that are not remembered are read at once.
func (r *Reviewer) scanAll(ctx context.Context, whole *authoring.Whole, run key.Course) (map[*authoring.Part]*scan, *course.Revision, error) {
	out := make(map[*authoring.Part]*scan, len(whole.Parts))
	missing := []string{}
	if whole.Made[whole.Root] == nil {
		missing = append(missing, whole.Root) // whose fields are looked at by themselves
	}
	var unknown []*authoring.Part
	for _, part := range whole.Parts {
		if s, ok := r.scans.get(run.String() + " " + part.Hash); ok {
			out[part] = s
			continue
		}
		unknown = append(unknown, part)
		if whole.Made[part.Hash] == nil && part.Depth > 0 {
			missing = append(missing, part.Hash)
		}
	}
	revisions, err := r.config.Courses.RevisionsByHash(ctx, missing)
	if err != nil {
		return nil, nil, err
	}
	content := func(hash string) *course.Revision {
		if made := whole.Made[hash]; made != nil {
			return made
		}
		return revisions[hash]
	}
	for _, part := range unknown {
		s := &scan{}
		if revision := content(part.Hash); revision != nil {
			s = scanRevision(run, revision)
		}
		out[part] = s
		r.scans.put(run.String()+" "+part.Hash, s)
	}
	root := content(whole.Root)
	if root == nil {
		root = &course.Revision{}
	}
	return out, root, nil
}

// readPages reads the pages beside the tree and the names of files.
func (l *looking) readPages(ctx context.Context) error {
	var err error
	if l.pages, err = l.config.Courses.Pages(ctx, l.run); err != nil {
		return err
	}
	l.slugs = map[string]bool{}
	for i := range l.pages {
		if l.pages[i].Kind == "tabs" {
			l.slugs[l.pages[i].Slug] = true
		}
	}
	l.listed, err = l.config.names(ctx, l.run, l.files)
	return err
}

// mostFiles bounds the files that are looked through.
const mostFiles = 50_000

// names enters the names of a course's files and gives a text that is another one after each change of them.
func (c *Config) names(ctx context.Context, run key.Course, into map[string]bool) (string, error) {
	sum := newSum()
	for after := store.Cursor(""); len(into) < mostFiles; {
		some, next, err := c.Courses.Assets(ctx, run, after, store.MaxPage)
		if err != nil {
			return "", err
		}
		for i := range some {
			into[some[i].Name] = true
			sum.add(some[i].Name, some[i].Hash)
		}
		if after = next; next == "" {
			break
		}
	}
	return sum.text(), nil
}

// add keeps a finding about a block, or about whatever where names.
func (l *looking) add(where Finding, part *authoring.Part, kind Kind, code string, values ...string) *Finding {
	f := where
	f.Kind, f.Code, f.Values = kind, code, values
	if f.Severity = severities[code]; f.Severity == "" {
		f.Severity = Warning
	}
	if part != nil {
		f.Usage, f.Title = part.Usage, part.Title
		if part.Unit != nil {
			f.Unit = part.Unit.Usage
		}
		for above := part.Parent; above != nil && above.Depth > 0; above = above.Parent {
			f.Place = append([]string{titleOf(above)}, f.Place...)
		}
	}
	l.report.Findings = append(l.report.Findings, f)
	return &l.report.Findings[len(l.report.Findings)-1]
}

func instant(value json.RawMessage) *time.Time {
	var t *time.Time
	if json.Unmarshal(value, &t) != nil {
		return nil // what is no date is told where the block is checked
	}
	return t
}
