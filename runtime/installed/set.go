package installed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Config is what a set works with. Store, Files, Registry, Kernel and Folder are needed.
type Config struct {
	Store    store.Store
	Files    *files.Files
	Registry *registry.Registry
	// Kernel rehearses versions.
	Kernel *kernel.Kernel
	// Folder is where this machine unpacks packages. It is made again from the files when it is lost.
	Folder string
	// Temp is for spools without a name; "" is the system's.
	Temp string
	// Bus tells other processes of changes; nil leaves them to look by themselves.
	Bus ports.Bus
	// Poll is how often the document is looked at; 0 is half a second.
	Poll time.Duration
	Log  *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Topic is where changes of the set are told.
const Topic = "blocks"

// Set is the site's set of blocks, as this process follows it. Safe for concurrent use.
type Set struct {
	config Config
	docs   store.Collection[document]
	staged store.Collection[staged]

	mu sync.Mutex // held while following
	// seen is the document's version as followed last, -1 before the first time.
	seen int64
	// applied is what each block looked like when the registry got it.
	applied map[string]applied
	// trouble says why a block could not be followed here.
	trouble map[string]string
	// retry is when what could not be followed is tried again; zero when all was.
	retry time.Time

	processes sync.Mutex
	// allowed are the digests of code that may run as processes.
	allowed map[string]bool
}

// Open makes the set and gives the registry what is installed, so that it is there before anything is served. Packages are not
// loaded before they are needed. One that cannot be had is broken and does not hold up the others.
func Open(ctx context.Context, config Config) (*Set, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = func() time.Time { return time.Now().UTC() }
	}
	if config.Poll == 0 {
		config.Poll = 500 * time.Millisecond
	}
	folder, err := filepath.Abs(config.Folder)
	if err != nil {
		return nil, fmt.Errorf("opening the set of blocks: %w", err)
	}
	config.Folder = folder
	s := &Set{
		config: config, docs: store.Of[document](config.Store, setSpec()), staged: store.Of[staged](config.Store, stagedSpec()),
		seen: -1, applied: map[string]applied{}, trouble: map[string]string{}, allowed: map[string]bool{},
	}
	if err := s.tidy(); err != nil {
		return nil, fmt.Errorf("opening the set of blocks: %w", err)
	}
	if err := s.follow(ctx, false); err != nil {
		return nil, fmt.Errorf("opening the set of blocks: %w", err)
	}
	return s, nil
}

// leftFor is how old a half unpacked package must be to belong to a process that died.
const leftFor = time.Hour

// tidy takes away what processes left that died while they unpacked.
func (s *Set) tidy() error {
	left, err := filepath.Glob(filepath.Join(s.config.Folder, packages.Unpacking+"*"))
	if err != nil {
		return err
	}
	for _, folder := range left {
		info, err := os.Stat(folder)
		if err == nil && time.Since(info.ModTime()) > leftFor {
			err = os.RemoveAll(folder)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process was faster
			return err
		}
	}
	return nil
}

// Run follows the set until ctx ends.
func (s *Set) Run(ctx context.Context) {
	var heard <-chan ports.Message
	if s.config.Bus != nil {
		var err error
		if heard, err = s.config.Bus.Subscribe(ctx, Topic); err != nil {
			s.config.Log.Warn("changes of the set of blocks are noticed by looking alone", "error", err)
		}
	}
	ticker := time.NewTicker(s.config.Poll)
	defer ticker.Stop()
	failed := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case _, open := <-heard:
			if !open {
				heard = nil
			}
		}
		err := s.Follow(ctx)
		switch {
		case err == nil:
			failed = ""
		case ctx.Err() == nil && err.Error() != failed: // told once: a store that is away would fill the log
			failed = err.Error()
			s.config.Log.Warn("the set of blocks cannot be followed now", "error", err)
		}
	}
}

// Follow makes this process serve what the set says now.
func (s *Set) Follow(ctx context.Context) error { return s.follow(ctx, true) }

// read gives the document, the zero value with version 0 before anything was installed.
func (s *Set) read(ctx context.Context) (store.Doc[document], error) {
	doc, err := s.docs.Get(ctx, theSet)
	if errors.Is(err, store.ErrNotFound) {
		return store.Doc[document]{ID: theSet}, nil
	}
	if err != nil {
		return doc, fmt.Errorf("reading the set of blocks: %w", err)
	}
	return doc, nil
}

// change alters the document as one step, and makes every process follow.
func (s *Set) change(ctx context.Context, alter func(*document) error) error {
	_, err := s.docs.Update(ctx, theSet, func(d *document) (bool, error) {
		err := alter(d)
		return err == nil, err
	})
	if err != nil {
		return err
	}
	if s.config.Bus != nil {
		if err := s.config.Bus.Publish(ctx, ports.Message{Topic: Topic, Kind: "changed"}); err != nil {
			s.config.Log.Warn("other processes were not told of a change of the set of blocks; they look by themselves", "error", err)
		}
	}
	return s.Follow(ctx)
}

// Holds tells which of some files are packages' archives, for who collects files.
func (s *Set) Holds(ctx context.Context, hashes []string) (map[string]bool, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	archives := map[string]bool{}
	for _, b := range doc.Body.Blocks {
		for _, v := range b.Versions {
			archives[v.Archive] = true
		}
	}
	held := map[string]bool{}
	for _, hash := range hashes {
		if archives[hash] {
			held[hash] = true
		}
	}
	return held, nil
}

// Allows reports whether code of this SHA-256 may run as a process: an admin allowed it on the server. Package site's process
// engine asks before it loads anything.
func (s *Set) Allows(code string) bool {
	s.processes.Lock()
	defer s.processes.Unlock()
	return s.allowed[code]
}

func (s *Set) allow(code string) {
	s.processes.Lock()
	defer s.processes.Unlock()
	s.allowed[code] = true
}
