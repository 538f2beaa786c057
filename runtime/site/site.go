package site

import (
	"context"
	"io/fs"
	"log/slog"
	"maps"
	"time"

	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/asking"
	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/formula"
	"github.com/quoin-lms/quoin/runtime/gradebook"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/listening"
	"github.com/quoin-lms/quoin/runtime/marking"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/presence"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scripting"
	"github.com/quoin-lms/quoin/runtime/search"
	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Config says where a site is and what it is made of. Only Data must be set.
type Config struct {
	// Data is the site's folder: the embedded store, files, compiled blocks, the site's secret. Mode 0700.
	Data string
	// MongoURL stores in MongoDB instead of the folder.
	MongoURL string
	// FilesURL keeps files elsewhere than in the folder; see package files.
	FilesURL string
	// Cache keeps what can be made again, compiled blocks foremost; "" is a folder in Data. Sites may share one.
	Cache string
	// Secret is the site's, 32 bytes or more; "" is read from the folder, and made there the first time.
	Secret []byte
	// Queue, Bus and Limiter come from package workers/queue; a site without them grades by sweeping and limits nothing.
	Queue   ports.Queue
	Bus     ports.Bus
	Limiter ports.Limiter
	// Shipped holds the blocks that the binary carries, Folders the source folders of development.
	Shipped fs.FS
	Folders []string
	// Framed shows the blocks of Folders as installed ones are, in frames.
	Framed bool
	// Development builds folders, follows them with open sittings, and trusts them.
	Development bool
	// AllowProcess names the packages that may run as processes. A process is trusted code: it is confined by what the
	// system offers (see process.Engine.Confinement), not by a sandbox. Empty, the default, allows none.
	AllowProcess []string
	// PrivateHosts lets blocks ask addresses of private networks, and by http, where their manifests name them: for tests.
	PrivateHosts bool
	// BlockMemory bounds all instances of blocks together, in bytes; 0 is 256 MiB.
	BlockMemory int64
	// NoRenderCache switches remembering renders off, to compare.
	NoRenderCache bool
	// Watch and Break wrap each engine that runs blocks, and the store, for a workbench; nil leaves them as they are.
	Watch func(engine.Engine) engine.Engine
	Break func(store.Store) store.Store
	// Early lets blocks answer before they are compiled, for somebody who waits for them after each save.
	Early bool
	// Poll is how often source folders are looked at; 0 is half a second.
	Poll time.Duration
	// Address gives the absolute address below which a usage's mounts are reached; nil tells blocks none.
	Address func(usage string) string
	// SessionsEnded hears of users whose sessions have ended; nil is allowed.
	SessionsEnded func(ctx context.Context, user string)
	Log           *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Site is an open site. Safe for concurrent use.
type Site struct {
	Store  store.Store
	Files  *files.Files
	People *people.People
	// Lists enrol and move many people at once.
	Lists   *lists.Lists
	Events  *events.Log
	Courses *course.Courses
	// Authoring changes what of courses is not published yet.
	Authoring *authoring.Authoring
	// Beside changes courses' files and pages and keeps their history.
	Beside *beside.Beside
	// Review looks through courses before they are published.
	Review *review.Reviewer
	// Transfers bring archives in and take courses out.
	Transfers *transfer.Transfers
	// Listening brings events to the blocks that subscribed to them.
	Listening *listening.Listening
	// Bookmarks are the places that learners marked for themselves.
	Bookmarks *bookmarks.Bookmarks
	// Remarks are what course teams say to each other about their courses.
	Remarks *remarks.Remarks
	// Presence says who works on what just now.
	Presence *presence.Presence
	// Claims say who grades what by hand just now.
	Claims *marking.Claims
	// Gradebook keeps runs' grades as tables.
	Gradebook *gradebook.Gradebook
	// Allowances are learners' own due dates and times.
	Allowances *allowance.Allowances
	Registry   *registry.Registry
	Kernel     *kernel.Kernel
	Wasm       *wasm.Engine
	// Secrets are those that packages use and never see, Asking their outside requests.
	Secrets *secrets.Secrets
	Asking  *asking.HTTP
	// Formulas typesets the TeX in texts, Scripts runs programs of authors and learners.
	Formulas *formula.Typesetter
	Scripts  scripting.Languages
	// Blocks are those that admins installed.
	Blocks *installed.Set
	// Process is nil when the configuration lets no package run as a process.
	Process *process.Engine
	Log     *slog.Logger

	config  Config
	engines []engine.Engine
	search  *search.Cache
	texts   blockTexts
}

// unlimited allows everything, for commands that run beside no server.
type unlimited struct{}

// Allow implements ports.Limiter.
func (unlimited) Allow(context.Context, string, ports.Rate) (bool, time.Duration, error) {
	return true, 0, nil
}

// Data is the site's folder.
func (s *Site) Data() string { return s.config.Data }

// Run does what the site needs in the background until ctx ends: it follows the set of installed blocks, watches source folders
// and unloads idle blocks.
func (s *Site) Run(ctx context.Context) {
	followed := make(chan struct{})
	go func() { defer close(followed); s.Blocks.Run(ctx) }()
	s.Registry.Run(ctx)
	<-followed
}

// Holds tells which of some files somebody refers to, for who collects files: courses with their history, and the set of installed blocks.
func (s *Site) Holds(ctx context.Context, hashes []string) (map[string]bool, error) {
	held, err := s.Courses.Holds(ctx, hashes)
	if err != nil {
		return nil, err
	}
	for _, holder := range []func(context.Context, []string) (map[string]bool, error){s.Blocks.Holds, s.Beside.Holds, s.Transfers.Holds} {
		more, err := holder(ctx, hashes)
		if err != nil {
			return nil, err
		}
		maps.Copy(held, more)
	}
	return held, nil
}

// Course parses a course key.
func Course(text string) (key.Course, error) { return key.ParseCourse(text) }
