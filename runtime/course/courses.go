package course

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Courses gives access to the courses of one store. Safe for concurrent use.
type Courses struct {
	runs      store.Collection[Run]
	heads     store.Collection[headEntry]
	revisions store.Collection[Revision]
	assets    store.Collection[Asset]
	drafts    store.Collection[Draft]
	outlines  store.Collection[outline]
	tables    store.Collection[table]
	texts     store.Collection[texts]
	imports   store.Collection[Import]
	pages     store.Collection[Page]
	aside     store.Collection[asideDoc]
	previews  store.Collection[previewed]
	store     store.Store
	now       func() time.Time
	fresh     time.Duration

	mu     sync.Mutex
	loaded map[key.Course]*cached
	forms  map[key.Course]assetForms

	catalogue catalogue
}

// cached is a published course in memory, and when its head was last looked up.
type cached struct {
	published *Published
	seen      time.Time
	used      time.Time
}

// Config says how courses are kept in memory. The zero value works.
type Config struct {
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// Fresh is how long a head may be used without asking the store whether it is still the newest; 0 is half a second.
	// A publish in this process is seen at once.
	Fresh time.Duration
}

// keptCourses bounds the published courses in memory.
const keptCourses = 64

// New gives access to the courses in s, whose collections (see Specs) must have been ensured.
func New(s store.Store, config Config) *Courses {
	c := &Courses{
		runs: store.Of[Run](s, RunSpec()), heads: store.Of[headEntry](s, HeadSpec()),
		revisions: store.Of[Revision](s, RevisionSpec()), assets: store.Of[Asset](s, AssetSpec()),
		drafts: store.Of[Draft](s, DraftSpec()), outlines: store.Of[outline](s, outlineSpec()),
		tables: store.Of[table](s, tableSpec()), texts: store.Of[texts](s, textsSpec()), imports: store.Of[Import](s, ImportSpec()),
		pages: store.Of[Page](s, PageSpec()), aside: store.Of[asideDoc](s, asideSpec()), previews: store.Of[previewed](s, previewSpec()), store: s,
		now: config.Now, fresh: config.Fresh, loaded: map[key.Course]*cached{}, forms: map[key.Course]assetForms{},
	}
	if c.now == nil {
		c.now = timeNow
	}
	if c.fresh == 0 {
		c.fresh = 500 * time.Millisecond
	}
	return c
}

// Store is where the courses are.
func (c *Courses) Store() store.Store { return c.store }

// ErrNotFound means that there is no such course, or nothing of it is published, or no such block in it.
var ErrNotFound = errors.New("not in the course catalogue")

// Runs lists course runs in the order of their keys, one page at a time.
func (c *Courses) Runs(ctx context.Context, after store.Cursor, limit int) ([]Run, store.Cursor, error) {
	docs, next, err := c.runs.Find(ctx, store.Query{Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing course runs: %w", err)
	}
	runs := make([]Run, len(docs))
	for i, doc := range docs {
		runs[i] = doc.Body
	}
	return runs, next, nil
}

// Run returns one course run, or ErrNotFound.
func (c *Courses) Run(ctx context.Context, course key.Course) (Run, error) {
	doc, err := c.runs.Get(ctx, course.String())
	if errors.Is(err, store.ErrNotFound) {
		return Run{}, fmt.Errorf("%w: %s", ErrNotFound, course)
	}
	return doc.Body, err
}

// Revision returns a revision by its hash, also one that is only looked at before it is published.
func (c *Courses) Revision(ctx context.Context, hash string) (*Revision, error) {
	doc, err := c.revisions.Get(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		preview, other := c.previews.Get(ctx, hash)
		if other == nil {
			return &preview.Body.Revision, nil
		}
		if !errors.Is(other, store.ErrNotFound) {
			err = other
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading revision %s: %w", hash, err)
	}
	return &doc.Body, nil
}

// RevisionsByHash returns those of some revisions that there are, by hash.
func (c *Courses) RevisionsByHash(ctx context.Context, hashes []string) (map[string]*Revision, error) {
	found := make(map[string]*Revision, len(hashes))
	for start := 0; start < len(hashes); start += readPage {
		docs, err := c.revisions.GetMany(ctx, hashes[start:min(start+readPage, len(hashes))])
		if err != nil {
			return nil, fmt.Errorf("reading revisions: %w", err)
		}
		for hash, doc := range docs {
			found[hash] = &doc.Body
		}
	}
	return found, nil
}

// AddRevisions stores revisions; those that exist are left as they are. It returns their hashes.
func (c *Courses) AddRevisions(ctx context.Context, revisions ...*Revision) ([]string, error) {
	hashes := make([]string, len(revisions))
	docs := make([]store.Doc[Revision], len(revisions))
	for i, revision := range revisions {
		hashes[i] = revision.Hash()
		docs[i] = store.Doc[Revision]{ID: hashes[i], Body: *revision}
	}
	for start := 0; start < len(docs); start += readPage {
		if _, err := c.revisions.InsertMany(ctx, docs[start:min(start+readPage, len(docs))]); err != nil {
			return nil, fmt.Errorf("storing revisions: %w", err)
		}
	}
	return hashes, nil
}

// Asset returns a course's file by its name, by one that it had before or by the form of its name in keys, or ErrNotFound.
func (c *Courses) Asset(ctx context.Context, course key.Course, name string) (Asset, error) {
	for asked, hops := name, 0; hops <= maxMoves; hops++ {
		doc, err := c.assets.Get(ctx, AssetID(course.String(), asked))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return Asset{}, err
		}
		if err == nil && !doc.Body.Gone {
			return doc.Body, nil
		}
		if asked = doc.Body.Moved; asked == "" {
			break
		}
	}
	meant, err := c.byForm(ctx, course, name)
	if err != nil {
		return Asset{}, err
	}
	if meant != "" {
		return c.Asset(ctx, course, meant)
	}
	return Asset{}, fmt.Errorf("%w: file %q of %s", ErrNotFound, name, course)
}

// AssetsNamed returns those of a course's files that have one of these names now, by name.
func (c *Courses) AssetsNamed(ctx context.Context, course key.Course, names []string) (map[string]Asset, error) {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = AssetID(course.String(), name)
	}
	docs, err := c.assets.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("looking for files of %s: %w", course, err)
	}
	found := map[string]Asset{}
	for _, doc := range docs {
		if !doc.Body.Gone {
			found[doc.Body.Name] = doc.Body
		}
	}
	return found, nil
}

// maxMoves bounds how often a file that is looked for may have been renamed.
const maxMoves = 8

// PutAsset stores or replaces a course's file entry.
func (c *Courses) PutAsset(ctx context.Context, asset Asset) error {
	_, err := c.assets.Update(ctx, AssetID(asset.Course, asset.Name), func(a *Asset) (bool, error) {
		if a.Hash == asset.Hash && a.Type == asset.Type && a.Locked == asset.Locked && !a.Gone {
			return false, nil
		}
		*a = asset
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("storing file %q of %s: %w", asset.Name, asset.Course, err)
	}
	return nil
}

// Assets lists a course's files by name, one page at a time.
func (c *Courses) Assets(ctx context.Context, course key.Course, after store.Cursor, limit int) ([]Asset, store.Cursor, error) {
	docs, next, err := c.assets.Find(ctx, store.Query{Index: "course", Equal: []any{course.String()}, Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing files of %s: %w", course, err)
	}
	assets := make([]Asset, 0, len(docs))
	for i := range docs {
		if !docs[i].Body.Gone {
			assets = append(assets, docs[i].Body)
		}
	}
	return assets, next, nil
}

// Published returns the course as learners see it now, or ErrNotFound.
func (c *Courses) Published(ctx context.Context, course key.Course) (*Published, error) {
	return c.current(ctx, course, c.fresh)
}

// Newest returns the course as it is published at this moment, whoever published it, or ErrNotFound.
func (c *Courses) Newest(ctx context.Context, course key.Course) (*Published, error) {
	return c.current(ctx, course, 0)
}

func (c *Courses) current(ctx context.Context, course key.Course, fresh time.Duration) (*Published, error) {
	now := c.now()
	c.mu.Lock()
	entry := c.loaded[course]
	if entry != nil {
		entry.used = now
		if now.Sub(entry.seen) < fresh {
			c.mu.Unlock()
			return entry.published, nil
		}
	}
	c.mu.Unlock()
	run, err := c.Run(ctx, course)
	if err != nil {
		return nil, err
	}
	if run.Head.Root == "" {
		return nil, fmt.Errorf("%w: nothing of %s is published", ErrNotFound, course)
	}
	if entry != nil && entry.published.Head.Number == run.Head.Number {
		c.mu.Lock()
		entry.seen = now
		c.mu.Unlock()
		return entry.published, nil
	}
	published, err := c.load(ctx, course, run)
	if err != nil {
		return nil, err
	}
	c.remember(course, &cached{published, now, now})
	return published, nil
}

func (c *Courses) remember(course key.Course, entry *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loaded[course] = entry
	if len(c.loaded) <= keptCourses {
		return
	}
	oldest, at := course, entry.used
	for k, e := range c.loaded {
		if e.used.Before(at) {
			oldest, at = k, e.used
		}
	}
	delete(c.loaded, oldest)
}

// forget makes the next reader look the head up.
func (c *Courses) forget(course key.Course) {
	c.forgetEntry(course)
	c.mu.Lock()
	defer c.mu.Unlock()
	if entry := c.loaded[course]; entry != nil {
		entry.seen = time.Time{}
	}
}
