package kernel

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// App is an app block that a course run or the site has. It stands in no tree: its one usage is type@T+block@T.
type App struct {
	Type, Title, Description string
	Version                  *Version
	// Off says that the course team switched it off.
	Off bool
}

// Shows reports whether the app asks for the slot. Which view stands there the code says; see [Kernel.SlotView].
func (a *App) Shows(slot string) bool { return a.Version.Manifest.Has("slot", slot) }

// AppChoice is what a course team decided about blocks. Apps that it does not name are on; so are packages in its palette.
type AppChoice struct {
	Run string   `bson:"run"`
	Off []string `bson:"off,omitempty"`
	// Unoffered are the packages whose components its authors are offered no more. What stands in the course goes on.
	Unoffered []string `bson:"unoffered,omitempty"`
}

func appChoiceSpec() store.Spec { return store.Spec{Name: "app_choices"} }

// choicesFresh is how long a choice may be used without asking the store again; one made in this process is seen at once.
const choicesFresh = time.Second

// keptChoices bounds the choices in memory.
const keptChoices = 4096

// appChoices keeps course teams' choices in memory, since every page of a course asks.
type appChoices struct {
	docs store.Collection[AppChoice]
	mu   sync.Mutex
	kept map[string]keptChoice
}

type keptChoice struct {
	AppChoice
	seen time.Time
}

func (a *appChoices) off(ctx context.Context, run string, now time.Time) ([]string, error) {
	choice, err := a.choice(ctx, run, now)
	return choice.Off, err
}

func (a *appChoices) choice(ctx context.Context, run string, now time.Time) (AppChoice, error) {
	a.mu.Lock()
	kept, ok := a.kept[run]
	a.mu.Unlock()
	if ok && now.Sub(kept.seen) < choicesFresh {
		return kept.AppChoice, nil
	}
	doc, err := a.docs.Get(ctx, run)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return AppChoice{}, err
	}
	a.keep(run, doc.Body, now)
	return doc.Body, nil
}

func (a *appChoices) keep(run string, choice AppChoice, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) >= keptChoices {
		a.kept = map[string]keptChoice{}
	}
	a.kept[run] = keptChoice{choice, now}
}

// Apps lists the apps of a run that are on there, by type; for the zero key those of the site as a whole.
func (k *Kernel) Apps(ctx context.Context, run key.Course) ([]App, error) {
	all, err := k.AllApps(ctx, run)
	return slices.DeleteFunc(all, func(a App) bool { return a.Off }), err
}

// AllApps is Apps with those that the course team switched off.
func (k *Kernel) AllApps(ctx context.Context, run key.Course) ([]App, error) {
	var apps []App
	for _, name := range k.config.Registry.Types() {
		if app, ok := k.app(name, run); ok {
			apps = append(apps, app)
		}
	}
	if len(apps) == 0 || run.IsZero() {
		return apps, nil
	}
	off, err := k.choices.off(ctx, run.String(), k.config.Now())
	if err != nil {
		return nil, err
	}
	for i := range apps {
		apps[i].Off = slices.Contains(off, apps[i].Type)
	}
	return apps, nil
}

// app finds an app of the run by its type, as the site's set of blocks has it.
func (k *Kernel) app(name string, run key.Course) (App, bool) {
	version, err := k.config.Registry.LookupIn(name, run.String())
	if err != nil {
		return App{}, false
	}
	t, ok := version.Manifest.Type(name)
	if !ok || t.Kind != wire.KindApp || (version.Manifest.Per == "site") != run.IsZero() || run.Library() {
		return App{}, false
	}
	return App{Type: name, Title: t.Title, Description: version.Manifest.Description, Version: version}, true
}

// SwitchApp turns an app of a run on or off there. It keeps what the app stored. An app that the run does not have is
// CodeNotFound.
func (k *Kernel) SwitchApp(ctx context.Context, run key.Course, name string, on bool) error {
	if _, ok := k.app(name, run); !ok || run.IsZero() {
		return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "this course has no app %q", name)
	}
	return k.choose(ctx, run, func(c *AppChoice) *[]string { return &c.Off }, name, on)
}

// choose takes a name off one of a team's lists, or puts it there.
func (k *Kernel) choose(ctx context.Context, run key.Course, list func(*AppChoice) *[]string, name string, on bool) error {
	doc, err := k.choices.docs.Update(ctx, run.String(), func(c *AppChoice) (bool, error) {
		names := list(c)
		if slices.Contains(*names, name) != on {
			return false, nil
		}
		c.Run = run.String()
		if on {
			*names = slices.DeleteFunc(*names, func(other string) bool { return other == name })
		} else {
			*names = append(*names, name)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	k.choices.keep(run.String(), doc.Body, k.config.Now())
	return nil
}

// Unoffered are the packages whose components a run's authors are offered no more.
func (k *Kernel) Unoffered(ctx context.Context, run key.Course) ([]string, error) {
	choice, err := k.choices.choice(ctx, run.String(), k.config.Now())
	return choice.Unoffered, err
}

// Offer says whether a run's authors are offered the components of a package. It takes nothing away from learners, and gives nothing
// that the site's administrators did not: a package that the run does not have is CodeNotFound.
func (k *Kernel) Offer(ctx context.Context, run key.Course, pack string, on bool) error {
	for _, name := range k.config.Registry.Types() {
		version, err := k.config.Registry.LookupIn(name, run.String())
		if err != nil || version.Manifest.Name != pack {
			continue
		}
		if t, ok := version.Manifest.Type(name); !ok || t.Kind == "" || t.Kind == wire.KindComponent {
			return k.choose(ctx, run, func(c *AppChoice) *[]string { return &c.Unoffered }, pack, on)
		}
	}
	return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "this course has no components of a package %q", pack)
}

// Find returns a block of a course by its usage key, like [course.Published.Find], or the one usage of an app that is on.
// Whatever is neither is course.ErrNotFound.
func (k *Kernel) Find(ctx context.Context, published *course.Published, usage key.Usage) (*course.Block, error) {
	block, err := published.Find(ctx, usage)
	if !errors.Is(err, course.ErrNotFound) || usage.ID != usage.Type || usage.Course != published.Key {
		return block, err
	}
	found, unknown := k.AppBlock(ctx, published, usage.Type)
	if errors.Is(unknown, course.ErrNotFound) {
		return nil, err
	}
	return found, unknown
}

// AppBlock returns the one usage of an app that is on in the run, or on the site; course.ErrNotFound when it is not.
func (k *Kernel) AppBlock(ctx context.Context, published *course.Published, name string) (*course.Block, error) {
	app, ok := k.app(name, published.Key)
	if !ok {
		return nil, course.ErrNotFound
	}
	if !published.Key.IsZero() {
		off, err := k.choices.off(ctx, published.Key.String(), k.config.Now())
		if err != nil {
			return nil, err
		}
		if slices.Contains(off, name) {
			return nil, course.ErrNotFound
		}
	}
	// An app opens with its course: what holds for the course's root holds for it.
	settings := course.Settings{DisplayName: app.Title, Start: published.Root.Settings.Start, DaysEarlyBeta: published.Root.Settings.DaysEarlyBeta}
	return &course.Block{
		Usage: published.Key.Usage(name, name), Hash: bare(name).Hash(), Facts: wire.Facts{Title: app.Title}, Settings: &settings,
		Fields: wire.Fields{}, Parent: published.Root,
	}, nil
}

// IsApp reports whether a block is an app's usage, which stands in no tree.
func IsApp(block *course.Block) bool {
	return block.Usage.ID == block.Usage.Type && block.Subsection == nil && block.Parent != nil && !course.Structural(block.Usage.Type)
}

// Site is the place of apps of the whole site: a course without key and content, open since ever.
func Site() *course.Published {
	var since time.Time
	return &course.Published{
		Run:  course.Run{Settings: store.Map[string]{"course_visibility": `"public"`}},
		Root: &course.Block{Settings: &course.Settings{Start: &since}},
	}
}

// SlotView tells which view of an app stands in a slot; CodeNotFound when none does. It loads the app.
func (k *Kernel) SlotView(ctx context.Context, published *course.Published, name, slot string) (string, error) {
	app, ok := k.app(name, published.Key)
	if !ok || !app.Shows(slot) {
		return "", wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no such app")
	}
	description, err := k.describe(ctx, app.Version, name)
	if err != nil {
		return "", err
	}
	for _, view := range description.Views {
		if view.Slot == slot {
			return view.Name, nil
		}
	}
	return "", wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "%s shows nothing in %s", name, slot)
}

// bare is the content of an app's usage: no author writes any.
func bare(name string) *course.Revision {
	return &course.Revision{Type: name, Fields: store.Map[string]{}}
}

// revision reads the content by its hash. What an app stands for was never stored.
func (k *Kernel) revision(ctx context.Context, version *registry.Version, hash string) (*course.Revision, error) {
	at := slices.IndexFunc(version.Manifest.Types, func(t manifest.Type) bool {
		return t.Kind == wire.KindApp && bare(t.Name).Hash() == hash
	})
	if at >= 0 {
		return bare(version.Manifest.Types[at].Name), nil
	}
	return k.config.Courses.Revision(ctx, hash)
}
