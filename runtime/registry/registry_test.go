package registry_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A changed folder is rebuilt and swapped under running requests: those in flight finish on the old version, whose code is
// unloaded after the last of them, and not before.
func TestHotReloadUnderRunningCalls(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "quiz")
	write(t, folder, manifestOf("quiz", "1.0.0", ""), script{Say: "old"}.code())
	r, e := open(t, registry.Config{Folders: []string{folder}})
	var changes int
	r.OnChange(func() { changes++ })
	old, err := r.Lookup("quiz")
	if err != nil {
		t.Fatal(err)
	}
	e.entered, e.leave = make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if said, err := ask(t, old); err != nil || said != "old" {
				t.Errorf("a call in flight says %q, %v", said, err)
			}
		})
		<-e.entered
	}
	write(t, folder, manifestOf("quiz", "1.1.0", ""), script{Say: "new"}.code())
	if swapped := r.Reload(t.Context()); swapped != 1 || changes != 1 {
		t.Fatalf("%d folders were swapped, %d changes told", swapped, changes)
	}
	group.Go(func() { says(t, r, "quiz", "new") })
	<-e.entered
	if n := e.closes.Load(); n != 0 {
		t.Errorf("%d versions were unloaded under running calls", n)
	}
	close(e.leave)
	group.Wait()
	if loaded, _ := old.Loaded(); loaded {
		t.Error("the old code is still in memory though its last call is over")
	}
	if r.Reload(t.Context()) != 0 {
		t.Error("a folder that did not change was built again")
	}
}

// Broken source keeps the last good version and says why; mended, it is taken.
func TestBrokenSourceKeepsTheLastGoodVersion(t *testing.T) {
	good := manifestOf("quiz", "1.0.0", "")
	for _, c := range []struct {
		name           string
		manifest, code []byte
		want           string
	}{
		{"a manifest that is none", []byte(`{"name": "quiz", "allowances": []}`), script{Say: "x"}.code(), "allowances"},
		{"code that is none", good, []byte("not a module"), "no module"},
		{"a block that lies", good, script{Describe: map[string]wire.Description{"quiz": {Kind: wire.KindApp, Schema: 1}}}.code(), "kind"},
		{"no code", manifestOf("quiz", "1.0.0", `, "homepage": "https://example.org/"`), nil, "module"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "quiz")
			write(t, folder, good, script{Say: "good"}.code())
			r, _ := open(t, registry.Config{Folders: []string{filepath.Dir(folder)}})
			write(t, folder, c.manifest, c.code)
			if c.code == nil {
				if err := os.Remove(filepath.Join(folder, "module")); err != nil {
					t.Fatal(err)
				}
			}
			if swapped := r.Reload(t.Context()); swapped != 0 {
				t.Errorf("%d folders were swapped", swapped)
			}
			says(t, r, "quiz", "good")
			if why := status(t, r, "quiz").Broken; !strings.Contains(why, c.want) {
				t.Errorf("the reason is %q, want something of %q", why, c.want)
			}
			if r.Reload(t.Context()) != 0 || status(t, r, "quiz").Broken == "" {
				t.Error("what did not change was looked at again, or the reason is forgotten")
			}
			write(t, folder, good, script{Say: "mended"}.code())
			touched(t, folder)
			r.Reload(t.Context())
			says(t, r, "quiz", "mended")
			if why := status(t, r, "quiz").Broken; why != "" {
				t.Errorf("still broken: %s", why)
			}
		})
	}
}

// The author goes back to what he had: equal code, and nothing is broken any more.
func TestGoingBackMendsToo(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "quiz")
	good := script{Say: "good"}.code()
	write(t, folder, manifestOf("quiz", "1.0.0", ""), good)
	r, _ := open(t, registry.Config{Folders: []string{folder}})
	write(t, folder, manifestOf("quiz", "1.0.0", ""), []byte("oh"))
	r.Reload(t.Context())
	write(t, folder, manifestOf("quiz", "1.0.0", ""), good)
	touched(t, folder)
	r.Reload(t.Context())
	says(t, r, "quiz", "good")
	if s := status(t, r, "quiz"); s.Broken != "" {
		t.Errorf("still broken: %s", s.Broken)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("the author's folder holds %v, %v", entries, err)
	}
}

func TestFolderThatNeverWasGood(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "quiz")
	write(t, folder, manifestOf("quiz", "1.0.0", ""), []byte("oh"))
	r, _ := open(t, registry.Config{Folders: []string{folder}})
	if _, err := r.Lookup("quiz"); code(err) != wire.CodeBroken || !strings.Contains(err.Error(), "no module") {
		t.Errorf("got %v", err)
	}
	if _, err := r.Lookup("unheard-of"); code(err) != wire.CodeMissing {
		t.Errorf("got %v", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	told := 0
	r.OnChange(func() { told++ })
	for range 3 {
		r.Reload(t.Context())
	}
	if told != 1 {
		t.Errorf("a folder that is gone was told of %d times", told)
	}
}

func TestSwitchedOffAndOn(t *testing.T) {
	shipped := fstest.MapFS{}
	old := script{Say: "quiz"}.code()
	ship(t, shipped, "quiz", manifestOf("quiz", "1.0.0", ""), old)
	r, _ := open(t, registry.Config{Shipped: shipped})
	told := 0
	r.OnChange(func() { told++ })
	if err := r.SwitchOff("quiz", "it is being looked into"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Lookup("quiz"); code(err) != wire.CodeBroken || !strings.Contains(err.Error(), "looked into") {
		t.Errorf("got %v", err)
	}
	if r.Pinned("quiz", digestOf(old)) != nil {
		t.Error("a pin still reaches what was switched off")
	}
	// An upgrade does not switch it on.
	if err := r.Install(r.Wasm(status(t, r, "quiz").Version.Manifest, nil, true, script{Say: "newer"}.code())); err != nil {
		t.Fatal(err)
	}
	if s := status(t, r, "quiz"); s.Off == "" {
		t.Error("an upgrade switched it on")
	}
	if err := r.SwitchOff("quiz", ""); err != nil {
		t.Fatal(err)
	}
	says(t, r, "quiz", "newer")
	if r.Pinned("quiz", digestOf(old)) == nil || told != 2 {
		t.Errorf("after it was switched on: old version %v, %d changes told", r.Pinned("quiz", digestOf(old)), told)
	}
	if err := r.SwitchOff("unheard-of", "x"); code(err) != wire.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

// Two versions live side by side: who is pinned to the old one keeps it, loaded once and not for each call.
func TestTwoVersionsSideBySide(t *testing.T) {
	shipped := fstest.MapFS{}
	first := script{Say: "one"}.code()
	ship(t, shipped, "quiz", manifestOf("quiz", "1.0.0", ""), first)
	r, e := open(t, registry.Config{Shipped: shipped})
	says(t, r, "quiz", "one")
	current := status(t, r, "quiz").Version
	if err := r.Install(r.Wasm(current.Manifest, nil, true, script{Say: "two"}.code())); err != nil {
		t.Fatal(err)
	}
	says(t, r, "quiz", "two")
	pinned := r.Pinned("quiz", digestOf(first))
	if pinned == nil {
		t.Fatal("the old version is gone")
	}
	before := e.loads.Load()
	for range 5 {
		if said, err := ask(t, pinned); err != nil || said != "one" {
			t.Fatalf("the old version says %q, %v", said, err)
		}
	}
	if n := e.loads.Load() - before; n != 1 {
		t.Errorf("five calls of the old version loaded it %d times", n)
	}
	if r.Kept("quiz", digestOf(first)) != pinned || r.Kept("other", digestOf(first)) != nil || r.Pinned("quiz", "0123") != nil {
		t.Error("a digest finds what it should not")
	}
}

// Two packages may hold equal code; each pin finds its own.
func TestEqualCodeInTwoPackages(t *testing.T) {
	shipped := fstest.MapFS{}
	same := script{Say: "same"}.code()
	ship(t, shipped, "a", manifestOf("block-a", "1.0.0", ""), same)
	ship(t, shipped, "b", manifestOf("block-b", "1.0.0", ""), same)
	r, _ := open(t, registry.Config{Shipped: shipped})
	for _, name := range []string{"block-a", "block-b"} {
		v := r.Pinned(name, digestOf(same))
		if v == nil || v.Manifest.Name != name {
			t.Fatalf("the pin of %s finds %+v", name, v)
		}
		if _, err := v.Describe(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
}

// Kept packages outlive the binary that carried them.
func TestKeptPackagesOutliveTheBinary(t *testing.T) {
	keep := filepath.Join(t.TempDir(), "kept")
	first, second := script{Say: "one"}.code(), script{Say: "two"}.code()
	before := fstest.MapFS{}
	ship(t, before, "quiz", manifestOf("quiz", "1.0.0", ""), first)
	r, _ := open(t, registry.Config{Shipped: before, Keep: keep})
	says(t, r, "quiz", "one")

	after := fstest.MapFS{}
	ship(t, after, "quiz", manifestOf("quiz", "2.0.0", ""), second)
	r, _ = open(t, registry.Config{Shipped: after, Keep: keep})
	says(t, r, "quiz", "two")
	pinned := r.Pinned("quiz", digestOf(first))
	if pinned == nil {
		t.Fatal("the version of the old binary is gone")
	}
	if said, err := ask(t, pinned); err != nil || said != "one" {
		t.Errorf("the kept version says %q, %v", said, err)
	}
	if pinned.Manifest.Version != "1.0.0" {
		t.Errorf("the kept version is %s", pinned.Manifest.Version)
	}
	// What was damaged meanwhile is passed over, and what is kept never becomes current.
	dir := filepath.Join(keep, digestOf(first))
	if err := os.WriteFile(filepath.Join(dir, registry.CodeFile+".sha256"), []byte("0000"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ = open(t, registry.Config{Keep: keep})
	if r.Pinned("quiz", digestOf(first)) != nil || r.Pinned("quiz", digestOf(second)) == nil {
		t.Error("a damaged kept package is used, or a good one is not")
	}
	if _, err := r.Lookup("quiz"); code(err) != wire.CodeMissing {
		t.Errorf("a kept package became current: %v", err)
	}
}

func TestIdleBlocksAreUnloadedAndComeBack(t *testing.T) {
	shipped := fstest.MapFS{}
	ship(t, shipped, "quiz", manifestOf("quiz", "1.0.0", ""), script{Say: "quiz"}.code())
	c := &clock{now: time.Unix(1000, 0)}
	r, e := open(t, registry.Config{Shipped: shipped, Idle: time.Minute, Poll: time.Millisecond, Now: c.Now})
	if status(t, r, "quiz").Loaded {
		t.Error("loaded before anybody asked")
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { r.Run(ctx) })
	defer group.Wait()
	defer cancel()
	says(t, r, "quiz", "quiz")
	if !status(t, r, "quiz").Loaded {
		t.Error("not loaded after a call")
	}
	c.pass(2 * time.Minute)
	for status(t, r, "quiz").Loaded {
		if t.Context().Err() != nil {
			t.Fatal("still loaded though nobody used it for two minutes")
		}
		time.Sleep(time.Millisecond)
	}
	says(t, r, "quiz", "quiz")
	if n := e.loads.Load(); n != 2 {
		t.Errorf("loaded %d times, want 2", n)
	}
}

// A folder wins over a shipped package of its name; a type belongs to one package.
func TestPrecedenceAndTypes(t *testing.T) {
	shipped := fstest.MapFS{}
	ship(t, shipped, "quiz", manifestOf("quiz", "9.0.0", ""), script{Say: "shipped"}.code())
	ship(t, shipped, "video", manifestOf("video", "1.0.0", ""), script{Say: "video"}.code())
	folders := t.TempDir()
	write(t, filepath.Join(folders, "quiz"), manifestOf("quiz", "1.0.0", ""), script{Say: "folder"}.code())
	thief := `, "types": [{"name": "thief", "title": "T"}, {"name": "video", "title": "V"}]`
	write(t, filepath.Join(folders, "thief"), manifestOf("thief", "1.0.0", thief), script{Say: "thief"}.code())
	r, e := open(t, registry.Config{Shipped: shipped, Folders: []string{folders}})
	says(t, r, "quiz", "folder")
	says(t, r, "video", "video")
	if why := status(t, r, "thief").Broken; !strings.Contains(why, `"video" is served by package video`) {
		t.Errorf("the reason is %q", why)
	}
	if _, err := r.Lookup("thief"); code(err) != wire.CodeBroken {
		t.Errorf("the other type of the refused package: %v", err)
	}
	if got := fmt.Sprint(r.Types()); got != "[quiz thief video]" {
		t.Errorf("types %s", got)
	}
	for e.loads.Load()-e.closes.Load() > 2 { // the folder's and the video; closing is not waited for
		if t.Context().Err() != nil {
			t.Fatal("the refused version stays loaded")
		}
		time.Sleep(time.Millisecond)
	}
}

// A damaged package is broken, says why, and does not hold up the others.
func TestDamagedPackages(t *testing.T) {
	good := script{Say: "good"}.code()
	for _, c := range []struct {
		name   string
		damage func(files fstest.MapFS)
		want   string
		// typed says that the type's lookup names the reason; without a manifest nobody knows of the type.
		typed bool
	}{
		{"other code than the digest says", func(f fstest.MapFS) {
			ship(t, f, "bad", manifestOf("bad", "1.0.0", ""), script{Say: "swapped"}.code())
			f["bad/"+registry.CodeFile+".sha256"].Data = []byte(digestOf(good))
		}, "does not match its digest", true},
		{"no gzip", func(f fstest.MapFS) { f["bad/"+registry.CodeFile].Data = []byte("plain") }, "unpacking", true},
		{"truncated", func(f fstest.MapFS) {
			file := f["bad/"+registry.CodeFile]
			file.Data = file.Data[:len(file.Data)-6]
		}, "unpacking", true},
		{"no code", func(f fstest.MapFS) { delete(f, "bad/"+registry.CodeFile) }, registry.CodeFile, true},
		{"no digest", func(f fstest.MapFS) { delete(f, "bad/"+registry.CodeFile+".sha256") }, "digest", true},
		{"no manifest", func(f fstest.MapFS) { delete(f, "bad/block.json") }, "manifest", false},
		{"a manifest that is none", func(f fstest.MapFS) { f["bad/block.json"].Data = []byte("{") }, "manifest", false},
		{"an engine that packages may not have", func(f fstest.MapFS) {
			f["bad/block.json"].Data = manifestOf("bad", "1.0.0", `, "engine": "process"`)
		}, "engine", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			shipped := fstest.MapFS{}
			ship(t, shipped, "bad", manifestOf("bad", "1.0.0", ""), good)
			ship(t, shipped, "quiz", manifestOf("quiz", "1.0.0", ""), script{Say: "quiz"}.code())
			c.damage(shipped)
			r, _ := open(t, registry.Config{Shipped: shipped})
			says(t, r, "quiz", "quiz")
			v, err := r.Lookup("bad")
			if err == nil {
				_, err = ask(t, v)
			}
			switch {
			case c.typed && (code(err) != wire.CodeBroken || !strings.Contains(err.Error(), c.want)):
				t.Errorf("its type: %v", err)
			case !c.typed && code(err) != wire.CodeMissing:
				t.Errorf("its type: %v", err)
			}
			if why := status(t, r, "bad").Broken; !strings.Contains(why, c.want) {
				t.Errorf("the reason is %q, want something of %q", why, c.want)
			}
		})
	}
}

// A failure of the host's passes: loading is tried again after a while. One of the block's stays.
func TestFailuresThatPass(t *testing.T) {
	shipped := fstest.MapFS{}
	ship(t, shipped, "quiz", manifestOf("quiz", "1.0.0", ""), script{Say: "quiz"}.code())
	for _, c := range []struct {
		blame wire.Blame
		stays bool
	}{{wire.BlameHost, false}, {wire.BlameBlock, true}} {
		now := &clock{now: time.Unix(1000, 0)}
		r, e := open(t, registry.Config{Shipped: shipped, Now: now.Now})
		e.fail.Store(wire.Errorf(wire.CodeUnavailable, c.blame, "no room"))
		v, err := r.Lookup("quiz")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ask(t, v); code(err) != wire.CodeBroken || !strings.Contains(err.Error(), "no room") {
			t.Errorf("got %v", err)
		}
		e.fail.Store(nil)
		if _, err := ask(t, v); code(err) != wire.CodeBroken {
			t.Errorf("at once: %v", err)
		}
		now.pass(time.Minute)
		if _, err := ask(t, v); (err != nil) != c.stays {
			t.Errorf("blamed on %s, after a while: %v", c.blame, err)
		}
	}
}

// A block that does more than its block.json asks permission for is not called at all.
func TestPermissionsBeforeTheFirstCall(t *testing.T) {
	plain := wire.Description{Kind: wire.KindComponent, Schema: 1}
	learner := []wire.Role{wire.RoleLearner}
	for _, c := range []struct {
		name    string
		change  func(d *wire.Description)
		granted string
		want    string
	}{
		{"documents", func(d *wire.Description) { d.Collections = []wire.Collection{{Name: "c"}} }, `{"name": "documents", "reason": "r"}`, "permission documents"},
		{"tasks", func(d *wire.Description) { d.Tasks = []string{"t"} }, `{"name": "schedule", "reason": "r"}`, "permission schedule"},
		{
			"subscription", func(d *wire.Description) { d.Subscribes = []string{"graded"} },
			`{"name": "events.subscribe", "reason": "r", "values": ["graded"]}`, "events.subscribe",
		},
		{
			"another subscription", func(d *wire.Description) { d.Subscribes = []string{"graded", "enrolled"} },
			"!" + `{"name": "events.subscribe", "reason": "r", "values": ["graded"]}`, `"enrolled"`,
		},
		{"mount", func(d *wire.Description) { d.Mounts = []wire.Handler{{Name: "hook", Roles: learner}} }, `{"name": "mount", "reason": "r", "values": ["hook"]}`, `"hook"`},
		{
			"slot", func(d *wire.Description) {
				d.Kind, d.Views = wire.KindApp, []wire.View{{Name: "tab", Slot: "course.tab"}}
			},
			`{"name": "slot", "reason": "r", "values": ["course.tab"]}], "per": "run", "types": [{"name": "greedy", "title": "G", "kind": "app"}`, `"course.tab"`,
		},
		{"schema", func(d *wire.Description) { d.Schema = 0 }, "", "schema"},
		{"operation", func(d *wire.Description) { d.Ops = []wire.Op{"fly"} }, "", `"fly"`},
		{"a name of the host's", func(d *wire.Description) { d.Handlers = []wire.Handler{{Name: "@reset"}} }, "", "@reset"},
		{"a field twice", func(d *wire.Description) { d.Fields = []wire.Field{{Name: "f"}, {Name: "f"}} }, "", "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := plain
			c.change(&d)
			for _, asked := range []bool{false, true} {
				permissions := ""
				granted, never := strings.CutPrefix(c.granted, "!")
				if asked {
					permissions = `, "permissions": [` + granted + `]`
				}
				shipped := fstest.MapFS{}
				ship(t, shipped, "greedy", manifestOf("greedy", "1.0.0", permissions), script{Say: "x", Describe: map[string]wire.Description{"greedy": d}}.code())
				r, e := open(t, registry.Config{Shipped: shipped})
				v, err := r.Lookup("greedy")
				if err != nil {
					t.Fatal(err)
				}
				said, err := ask(t, v)
				if asked && granted != "" && !never {
					if err != nil || said != "x" {
						t.Errorf("with the permission: %q, %v", said, err)
					}
					continue
				}
				if code(err) != wire.CodeBroken || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %q, %v; want a refusal that names %s", said, err, c.want)
				}
				if why := status(t, r, "greedy").Broken; !strings.Contains(why, c.want) {
					t.Errorf("the reason shown is %q", why)
				}
				if e.closes.Load() != 1 {
					t.Error("its code stays in memory")
				}
			}
		})
	}
}

// A block that somebody adds to a watched place is found without a restart.
func TestNewFolderIsFound(t *testing.T) {
	place := t.TempDir()
	r, _ := open(t, registry.Config{Folders: []string{place}})
	if _, err := r.Lookup("quiz"); code(err) != wire.CodeMissing {
		t.Errorf("got %v", err)
	}
	write(t, filepath.Join(place, "quiz"), manifestOf("quiz", "1.0.0", ""), []byte("oh"))
	r.Reload(t.Context())
	if _, err := r.Lookup("quiz"); code(err) != wire.CodeBroken { // its code is none; it was found
		t.Errorf("got %v", err)
	}
}
