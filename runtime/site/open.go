package site

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/asking"
	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/engine"
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
	"github.com/quoin-lms/quoin/runtime/presence"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/sanitize"
	"github.com/quoin-lms/quoin/runtime/scripting"
	"github.com/quoin-lms/quoin/runtime/search"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store/mongostore"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Open opens the site's store, files and blocks. What was opened before an error is closed again.
func Open(ctx context.Context, config Config) (*Site, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = func() time.Time { return time.Now().UTC() }
	}
	if config.BlockMemory == 0 {
		config.BlockMemory = 256 << 20
	}
	if config.Limiter == nil {
		config.Limiter = unlimited{}
	}
	config.Queue = trace.Handing(config.Queue)
	s := &Site{config: config, Log: config.Log}
	s.search = search.NewCache(searchMemory, s.searchEntries)
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the site in %s: %w", config.Data, err), s.Close(ctx))
	}
	return s, nil
}

func (s *Site) open(ctx context.Context) error {
	if err := os.MkdirAll(s.config.Data, 0o700); err != nil {
		return err
	}
	if err := s.openStore(ctx); err != nil {
		return err
	}
	secret, err := s.secret()
	if err != nil {
		return err
	}
	s.People, err = people.New(people.Config{
		Store: s.Store, Secret: secret, Limiter: s.config.Limiter, Ended: s.config.SessionsEnded, Now: s.config.Now,
	})
	if err != nil {
		return err
	}
	s.Lists = lists.New(lists.Config{Store: s.Store, People: s.People, Queue: s.config.Queue, Log: s.config.Log, Now: s.config.Now})
	s.Events = events.New(events.Config{Store: s.Store, Now: s.config.Now})
	s.Bookmarks = bookmarks.New(s.Store)
	s.Remarks = remarks.New(s.Store, s.config.Now, rand.Text)
	s.Presence = presence.New(s.Store)
	s.Claims = marking.New(s.Store, s.config.Now)
	s.Courses = course.New(s.Store, course.Config{Now: s.config.Now})
	s.Beside = beside.New(beside.Config{Courses: s.Courses, Now: s.config.Now})
	s.Allowances = allowance.New(s.Store, s.config.Now)
	if err := s.openBlocks(ctx); err != nil {
		return err
	}
	if err := s.openAsking(secret); err != nil {
		return err
	}
	s.Kernel, err = kernel.Open(ctx, kernel.Config{
		Store: s.Store, Registry: s.Registry, Courses: s.Courses, People: persons{s}, Secret: secret,
		Queue: s.config.Queue, Bus: s.config.Bus, Events: eventLog{s.Events}, Enroller: enroller{s.People}, Files: parts{s.Files}, Readers: s.reader,
		Services: services.Table{
			wire.ServiceUsers: services.Users(s.People), wire.ServiceEnrolments: services.Enrolments(s.People),
			wire.ServiceFiles: services.Files(reader{s}), wire.ServiceSearch: s.find,
			wire.ServiceScript: scripting.Service(s.Scripts, reader{s}),
			wire.ServiceHTTP:   s.Asking.Answer, wire.ServiceKeys: asking.Keys{Secrets: s.Secrets, Typed: s.typedKey}.Answer,
		},
		Sources: scripting.Sources(reader{s}),
		Address: s.config.Address, Inline: inline, NoRenderCache: s.config.NoRenderCache, Log: s.config.Log, Now: s.config.Now,
		FollowFolder: s.config.Development,
	})
	if err != nil {
		return err
	}
	s.Authoring = authoring.New(s.Store, authoring.Config{
		Courses: s.Courses, Blocks: s.Kernel, Beside: s.Beside, Answers: s.Kernel, Answered: s.Kernel.Scorer().Answered, Offered: s.Offered, TempDir: s.config.Data, Now: s.config.Now,
	})
	s.Listening = listening.New(listening.Config{Store: s.Store, Events: s.Events, Blocks: s.Kernel, Log: s.config.Log, Now: s.config.Now})
	s.Blocks, err = installed.Open(ctx, installed.Config{
		Store: s.Store, Files: s.Files, Registry: s.Registry, Kernel: s.Kernel, Folder: filepath.Join(s.config.Data, "installed"),
		Temp: s.config.Data, Bus: s.config.Bus, Log: s.config.Log, Now: s.config.Now,
	})
	if err != nil {
		return err
	}
	s.Transfers = transfer.New(transfer.Config{
		Store: s.Store, Courses: s.Courses, Blocks: s.Kernel, Answers: s.Kernel.Scorer(), Hasher: s.Kernel, Enter: s.Authoring.EnterImport, Files: s.Files,
		Queue: s.config.Queue, Working: s.Authoring.StoreWhole,
		Temp: s.config.Data, Log: s.config.Log, Now: s.config.Now,
	})
	s.Review = review.New(review.Config{
		Store: s.Store, Courses: s.Courses, Copies: s.Authoring, Blocks: reviewed{s.Kernel}, Client: review.LinkClient(s.config.PrivateHosts),
		Log: s.config.Log, Now: s.config.Now,
	})
	s.Gradebook = gradebook.New(gradebook.Config{
		Scorer: s.Kernel.Scorer(), People: s.People, ContentGroups: contentGroups, Log: s.config.Log, Now: s.config.Now,
	})
	return nil
}

// inline reports whether sanitising a fragment changes nothing (security R2).
func inline(html string) bool {
	_, changes := sanitize.Clean(sanitize.Block, html)
	return len(changes) == 0
}

func (s *Site) openStore(ctx context.Context) error {
	if s.config.MongoURL != "" {
		opened, err := mongostore.Open(ctx, mongostore.Config{URL: s.config.MongoURL})
		if err != nil {
			return err
		}
		s.Store = opened
	} else {
		opened, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: filepath.Join(s.config.Data, "store"), Logger: s.config.Log})
		if err != nil {
			return err
		}
		s.Store = opened
	}
	if s.config.Break != nil {
		s.Store = s.config.Break(s.Store)
	}
	if err := s.Store.Ensure(ctx, Specs()...); err != nil {
		return err
	}
	url := s.config.FilesURL
	if url == "" {
		folder, err := filepath.Abs(filepath.Join(s.config.Data, "files"))
		if err != nil {
			return err
		}
		url = "file://" + filepath.ToSlash(folder)
	}
	var err error
	s.Files, err = files.Open(ctx, files.Config{URL: url, Store: s.Store, Spool: s.config.Data, Now: s.config.Now})
	return err
}

func (s *Site) openBlocks(ctx context.Context) error {
	var err error
	cache := s.config.Cache
	if cache == "" {
		cache = filepath.Join(s.config.Data, "cache")
	}
	workers := 1
	if s.config.Development { // somebody waits for the block; there are no learners whose calls must not
		workers = runtime.GOMAXPROCS(0)
	}
	s.Wasm, err = wasm.New(ctx, wasm.Config{CacheDir: filepath.Join(cache, "wasm"), Memory: s.config.BlockMemory, Workers: workers})
	if err != nil {
		return err
	}
	processes := &trusted{site: s}
	engines := map[string]engine.Engine{s.Wasm.Name(): s.Wasm, processes.Name(): processes}
	s.engines = []engine.Engine{s.Wasm, processes}
	if s.config.Early {
		early, err := wasm.NewEarly(ctx, s.Wasm)
		if err != nil {
			return err
		}
		engines[early.Name()], s.engines = early, []engine.Engine{early, s.Wasm, processes}
	}
	if s.Formulas, err = formula.New(formula.Config{Engine: s.Wasm, Log: s.config.Log, Now: s.config.Now}); err != nil {
		return err
	}
	if s.Scripts, err = scripting.All(scripting.Config{Engine: s.Wasm, Log: s.config.Log, Now: s.config.Now}); err != nil {
		return err
	}
	if len(s.config.AllowProcess) > 0 {
		s.Process = processes.engine()
	}
	if s.config.Watch != nil {
		for name, e := range engines {
			engines[name] = s.config.Watch(e)
		}
	}
	config := registry.Config{
		Engines: engines, Shipped: s.config.Shipped, Folders: s.config.Folders, Framed: s.config.Framed,
		Keep: filepath.Join(s.config.Data, "blocks"), Poll: s.config.Poll, Log: s.config.Log, Now: s.config.Now,
	}
	if s.config.Development {
		config.Builder = &build.Builder{Cache: filepath.Join(cache, "build")}
	}
	s.Registry, err = registry.Open(ctx, config)
	return err
}

// Close waits for what runs and closes everything that is open.
func (s *Site) Close(ctx context.Context) error {
	var failed []error
	if s.Review != nil {
		s.Review.Close()
	}
	if s.Kernel != nil {
		s.Kernel.Wait()
	}
	if s.Gradebook != nil {
		s.Gradebook.Wait()
	}
	failed = append(failed, s.Scripts.Close(ctx))
	for _, e := range s.engines {
		failed = append(failed, e.Close(ctx))
	}
	if s.Files != nil {
		failed = append(failed, s.Files.Close())
	}
	if s.Store != nil {
		failed = append(failed, s.Store.Close())
	}
	return errors.Join(failed...)
}
