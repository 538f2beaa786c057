package kernel

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Events takes events; package events is one.
type Events interface {
	Append(ctx context.Context, events ...wire.Event) error
}

// Enroller changes enrolments for blocks that may; package people, wired by main, is one. A later stamp wins.
type Enroller interface {
	Enrol(ctx context.Context, run, learner, mode string, active bool, stamp string) error
}

// Files keeps what blocks store and names what answers are bound to; package files, wired by main, is one.
type Files interface {
	// Keep stores bytes under their hash, private to the learner and the graders of the usage.
	Keep(ctx context.Context, learner, run, usage, name, contentType string, data []byte) (wire.File, error)
	// Owned refuses hashes that the learner did not store at the usage.
	Owned(ctx context.Context, learner, usage string, hashes []string) error
	// Bind says that a submission needs the files; the learner's others of the usage may be collected. Binding again
	// changes nothing.
	Bind(ctx context.Context, learner, usage, submission string, hashes []string) error
}

// Sanitizer decides how a fragment may be shown; package sanitize, wired by main, is one.
type Sanitizer func(html string) (clean bool)

// Config is what the kernel works with. Store, Registry, Courses and Secret are needed; what else is nil is refused to
// blocks with a clear error.
type Config struct {
	Store    store.Store
	Registry *registry.Registry
	Courses  *course.Courses
	// People tells workers who a learner is.
	People scoring.People
	// Secret is the site's, 16 bytes or more: seeds come from it.
	Secret   []byte
	Queue    ports.Queue
	Bus      ports.Bus
	Events   Events
	Enroller Enroller
	Files    Files
	// Readers finds whom a notice is for; nil files notices under the run's pseudonyms alone.
	Readers  notices.Readers
	Services services.Table
	// Sources tells the digests of interpreters and course files, so that variants follow them; nil knows of none.
	Sources services.Sources
	// Address gives the absolute address below which a usage's mounts are reached; nil tells blocks none.
	Address func(usage string) string
	// Inline reports whether a built-in block's fragment may stand in the page; nil frames nothing.
	Inline Sanitizer
	// CacheBytes bounds remembered renders and prepared values, each; 0 is 32 MiB.
	CacheBytes int64
	// NoRenderCache switches remembering renders off, to compare.
	NoRenderCache bool
	// Observe is told of every call; nil is allowed.
	Observe func(Observation)
	Log     *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// FollowFolder moves open sittings to the newest artifact, while developing.
	FollowFolder bool
}

// Kernel runs blocks. Safe for concurrent use.
//
// What a block did wrong, and what may not be asked of one, is a [*wire.Error]: its code says what, its blame who. Other errors are
// those that a method names, or come from what the kernel works with: the store, the context.
type Kernel struct {
	config    Config
	learners  store.Collection[state.Learner]
	requests  store.Collection[state.Request]
	shared    store.Collection[state.Shared]
	personal  store.Collection[state.Personal]
	completed store.Collection[state.Completion]
	prepared  store.Collection[prepared]
	variants  store.Collection[variant]
	sources   store.Collection[sources]
	tasks     store.Collection[Task]
	notices   *notices.Notices
	indexed   store.Collection[Indexed]
	replies   store.Collection[largeReply]
	acts      store.Collection[Acted]
	choices   appChoices

	sharedMail    state.Mailbox[state.Shared, *state.Shared]
	learnerOutbox state.Outbox[state.Learner, *state.Learner]
	requestOutbox state.Outbox[state.Request, *state.Request]
	steps         state.Steps
	services      services.Table
	scorer        *scoring.Scorer

	renders  *otter.Cache[[32]byte, *Rendered]
	values   *otter.Cache[string, *Prepared]
	named    *otter.Cache[string, []string]
	flight   singleflight.Group
	metrics  metrics
	closing  sync.WaitGroup
	mu       sync.Mutex
	opened   map[string]state.Documents
	ensuring sync.Mutex
	ensured  map[string]bool
}

// Specs lists every collection that the kernel and what stands below it need, blocks' own collections excepted.
func Specs() []store.Spec {
	specs := []store.Spec{
		state.LearnerSpec(), state.RequestSpec(), state.SharedSpec(), state.PersonalSpec(), state.CompletionSpec(),
		state.MailSpec(state.SharedSpec().Name), preparedSpec(), variantSpec(), sourcesSpec(), taskSpec(), indexedSpec(), replySpec(), actSpec(), appChoiceSpec(),
	}
	specs = slices.Concat(specs, course.Specs(), notices.Specs())
	return append(specs, scoring.Specs()...)
}

// Open makes a kernel. It ensures its collections; it starts nothing: see Run.
func Open(ctx context.Context, config Config) (*Kernel, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = func() time.Time { return time.Now().UTC() }
	}
	if config.CacheBytes == 0 {
		config.CacheBytes = 32 << 20
	}
	if len(config.Secret) < 16 {
		return nil, errors.New("opening kernel: the site's secret needs 16 bytes or more")
	}
	if err := config.Store.Ensure(ctx, Specs()...); err != nil {
		return nil, fmt.Errorf("opening kernel: %w", err)
	}
	s := config.Store
	k := &Kernel{
		config: config, opened: map[string]state.Documents{}, ensured: map[string]bool{},
		learners: store.Of[state.Learner](s, state.LearnerSpec()), requests: store.Of[state.Request](s, state.RequestSpec()),
		shared: store.Of[state.Shared](s, state.SharedSpec()), personal: store.Of[state.Personal](s, state.PersonalSpec()),
		completed: store.Of[state.Completion](s, state.CompletionSpec()), prepared: store.Of[prepared](s, preparedSpec()),
		variants: store.Of[variant](s, variantSpec()), sources: store.Of[sources](s, sourcesSpec()), tasks: store.Of[Task](s, taskSpec()),
		notices: notices.New(notices.Config{Store: s, Readers: config.Readers, Secret: config.Secret, Log: config.Log, Now: config.Now}), indexed: store.Of[Indexed](s, indexedSpec()), replies: store.Of[largeReply](s, replySpec()),
		acts: store.Of[Acted](s, actSpec()),
	}
	k.choices = appChoices{docs: store.Of[AppChoice](s, appChoiceSpec()), kept: map[string]keptChoice{}}
	k.sharedMail = state.NewMailbox(s, state.SharedSpec().Name, k.shared, (*state.Shared).Take)
	k.steps = k.applications()
	k.learnerOutbox = state.NewOutbox(k.learners, k.steps)
	k.requestOutbox = state.NewOutbox(k.requests, k.steps)
	k.services = k.builtinServices(config.Services)
	var record func(ctx context.Context, list ...wire.Event) error
	if config.Events != nil {
		record = config.Events.Append
	}
	k.scorer = scoring.New(scoring.Config{
		Events: record,
		Store:  s, Grader: k, Courses: config.Courses, People: config.People, Queue: config.Queue, Bus: config.Bus,
		Log: config.Log, Now: config.Now,
	})
	var err error
	if k.renders, err = otter.New(&otter.Options[[32]byte, *Rendered]{
		MaximumWeight: uint64(config.CacheBytes), Weigher: func(_ [32]byte, r *Rendered) uint32 { return uint32(len(r.HTML)+len(r.Init)) + 512 },
	}); err != nil {
		return nil, fmt.Errorf("opening kernel: %w", err)
	}
	if k.values, err = otter.New(&otter.Options[string, *Prepared]{
		MaximumWeight: uint64(config.CacheBytes), Weigher: func(_ string, p *Prepared) uint32 { return uint32(len(p.Public)+len(p.Secret)) + 1024 },
	}); err != nil {
		return nil, fmt.Errorf("opening kernel: %w", err)
	}
	if k.named, err = otter.New(&otter.Options[string, []string]{MaximumSize: maxNamed}); err != nil {
		return nil, fmt.Errorf("opening kernel: %w", err)
	}
	return k, nil
}

// Scorer gives access to submissions, verdicts, scores and grades.
func (k *Kernel) Scorer() *scoring.Scorer { return k.scorer }

// Notices gives access to the messages that blocks sent to people.
func (k *Kernel) Notices() *notices.Notices { return k.notices }

// Courses gives access to courses.
func (k *Kernel) Courses() *course.Courses { return k.config.Courses }

// BlockStatus is how it stands with a package, for pages that show it.
type BlockStatus = registry.Status

// Blocks tells which packages there are and how they are.
func (k *Kernel) Blocks() []BlockStatus { return k.config.Registry.List() }

// Registry gives access to the blocks for install pages and the workbench.
func (k *Kernel) Registry() *registry.Registry { return k.config.Registry }

// Wait returns when what calls left to do in the background is done.
func (k *Kernel) Wait() { k.closing.Wait() }

// newID makes a random 128-bit id of 32 hexadecimal digits.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// builtinServices adds what the kernel answers itself.
func (k *Kernel) builtinServices(more services.Table) services.Table {
	table := services.Table{
		wire.ServiceDocuments: services.Documents(k.documents),
		wire.ServiceChildren:  services.Children,
		wire.ServiceScores:    services.Scores(points{k}),
	}
	for service, answer := range more {
		table[service] = answer
	}
	return table
}

// points reads scores for the service of that name.
type points struct{ k *Kernel }

// Points implements services.Points. Learners of another run have no scores at this run's usages, and another run's usages
// are left out. A usage that is completed in part has an entry, graded or not.
func (p points) Points(ctx context.Context, run string, learners, usages []string) (map[string]map[string]wire.Score, error) {
	var mine []string
	var of key.Course
	for _, usage := range usages {
		if parsed, err := key.ParseUsage(usage); err == nil && parsed.Course.String() == run {
			mine, of = append(mine, usage), parsed.Course
		}
	}
	out := map[string]map[string]wire.Score{}
	for _, learner := range learners {
		scores, err := p.k.scorer.Scores(ctx, learner, mine)
		if err != nil {
			return nil, err
		}
		done := map[string]float64{}
		if len(mine) > 0 {
			if done, err = p.k.Completion(ctx, learner, of); err != nil {
				return nil, err
			}
		}
		out[learner] = map[string]wire.Score{}
		for _, usage := range mine {
			entry := wire.Score{Completion: done[usage]}
			points, scored := grading.Score{}, false
			if score := scores[usage]; score != nil {
				points, scored = score.Points()
			}
			if entry.Earned, entry.Possible = points.Earned, points.Possible; scored || entry.Completion > 0 {
				out[learner][usage] = entry
			}
		}
	}
	return out, nil
}

// ensure creates the collections of a block's own documents, once per process and version.
func (k *Kernel) ensure(ctx context.Context, version *registry.Version, d *wire.Description) error {
	if len(d.Collections) == 0 {
		return nil
	}
	k.ensuring.Lock()
	defer k.ensuring.Unlock()
	id := store.ID(version.Digest, version.Manifest.Name)
	if k.ensured[id] {
		return nil
	}
	for _, collection := range d.Collections {
		if err := k.config.Store.Ensure(ctx, state.DocumentsSpecs(version.Manifest.Name, collection)...); err != nil {
			return fmt.Errorf("making the collections of %s: %w", version.Manifest.Name, err)
		}
		k.documents(version.Manifest.Name, collection)
	}
	k.ensured[id] = true
	return nil
}

// describe tells what a version says of a type; its collections exist afterwards.
func (k *Kernel) describe(ctx context.Context, version *registry.Version, blockType string) (wire.Description, error) {
	description, err := version.Describe(ctx, blockType)
	if err != nil {
		return description, err
	}
	return description, k.ensure(ctx, version, &description)
}

// documents gives access to a package's collection.
func (k *Kernel) documents(pack string, declared wire.Collection) state.Documents {
	id := store.ID(pack, declared.Name)
	k.mu.Lock()
	defer k.mu.Unlock()
	documents, ok := k.opened[id]
	if !ok {
		documents = state.OpenDocuments(k.config.Store, pack, declared)
		k.opened[id] = documents
	}
	return documents
}

// address is where a usage's mounts are reached, "" when the host did not say.
func (k *Kernel) address(usage string) string {
	if k.config.Address == nil {
		return ""
	}
	return k.config.Address(usage)
}

// Person is the person type of access, named here because every call takes one.
type Person = access.Person

// Version is a block's version, named here for hosts, which know no registry.
type Version = registry.Version

// VersionOf returns the version of a package whose code has this digest, or nil.
func (k *Kernel) VersionOf(pack, digest string) *Version {
	return k.config.Registry.Kept(pack, digest)
}
