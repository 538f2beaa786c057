package wasm

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Whatever pages of an area are written to, restoring makes all of it equal to the image again.
func TestAreaGoesBackToItsImage(t *testing.T) {
	content := make([]byte, 20*pageSize)
	random := rand.New(rand.NewPCG(1, 2))
	for at := 0; at < len(content); at += 1000 {
		if at/pageSize%3 > 0 { // every third of WebAssembly's pages stays zero
			content[at] = byte(1 + random.IntN(255))
		}
	}
	i, err := newImage(content)
	if err != nil {
		t.Fatal(err)
	}
	defer i.free()
	if held := i.bytes(); held <= 0 || held >= int64(len(content)) {
		t.Errorf("an image of %d bytes, a third of them zero, takes %d", len(content), held)
	}
	a, err := newArea(int64(len(content)), 64*pageSize)
	if err != nil {
		t.Fatal(err)
	}
	defer a.free()
	memory := a.resize(int64(len(content)))
	if err := a.adopt(i); err != nil {
		t.Fatal(err)
	}
	for turn := range 50 {
		if string(memory) != string(content) {
			t.Fatalf("turn %d begins with other bytes than the image has", turn)
		}
		for range random.IntN(40) {
			memory[random.IntN(len(memory))] ^= byte(1 + random.IntN(255))
		}
		if turn == 40 { // all of it
			for at := range memory {
				memory[at]++
			}
		}
		if !a.restore(i) {
			t.Fatal("it cannot be put back")
		}
	}
	if a.resize(30*pageSize) == nil || a.restore(i) {
		t.Error("an area that grew was put back as if it had not")
	}
}

// A damaged file in the cache of compiled code is made anew.
func TestDamagedCache(t *testing.T) {
	dir := t.TempDir()
	code := enginetest.Polite([]byte("reply")).Bytes()
	loadOnce := func() error {
		e, err := New(t.Context(), Config{CacheDir: dir})
		if err != nil {
			return err
		}
		defer func() {
			if err := e.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		_, err = e.Load(t.Context(), engine.Artifact{Name: "guest", Code: code})
		return err
	}
	if err := loadOnce(); err != nil {
		t.Fatal(err)
	}
	damaged := 0
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == spareSuffix {
			return err
		}
		damaged++
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.Truncate(path, info.Size()/2)
	})
	if err != nil || damaged == 0 {
		t.Fatalf("%d files were damaged, %v", damaged, err)
	}
	if err := loadOnce(); err != nil {
		t.Errorf("with a damaged cache: %v", err)
	}
}

// What a call grows by counts against the one budget: guests that want more than there is are refused, and the blame is the
// host's where all together took it.
func TestGrowthCountsAgainstTheBudget(t *testing.T) {
	conn := load(t, Config{Memory: 40 << 20, Instances: 4}, engine.Limits{Memory: 64 << 20})
	e := inner(t, conn).engine
	for range 2 {
		_, result, err := do(t, conn, "memory", "", engine.Call{})
		if codeOf(err) != wire.CodeUnavailable || result.Memory > 40<<20 {
			t.Errorf("one guest of %d MiB: %v", result.Memory>>20, err)
		}
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				if _, _, err := do(t, conn, "memory", "", engine.Call{}); codeOf(err) != wire.CodeUnavailable {
					t.Errorf("four guests: %v", err)
				}
			})
		}
		callers.Wait()
		if used := e.Usage(); used.Memory > used.Limit {
			t.Errorf("%+v is over the budget", used)
		}
		if text, _, err := do(t, conn, "leak", "x", engine.Call{}); err != nil || text != "[sx]x" {
			t.Errorf("afterwards: %q, %v", text, err)
		}
	}
}

// A call that lasts takes a slot and gives it back while it waits for a service, so that another may have it.
func TestServicesGiveTheSlotBack(t *testing.T) {
	conn := load(t, Config{LongCalls: 1}, engine.Limits{})
	reply, err := wire.EncodeReply(wire.ChildrenFound{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = do(t, conn, "service", "", engine.Call{Long: true, Service: func(context.Context, []byte) []byte {
		if _, _, err := do(t, conn, "leak", "y", engine.Call{Long: true}); err != nil {
			t.Errorf("a second long call while the first waits: %v", err)
		}
		return reply
	}})
	if err != nil {
		t.Error(err)
	}
}

// A block can be loaded while the calls of others hold every slot.
func TestLoadingNeedsNoSlotOfCalls(t *testing.T) {
	conn := load(t, Config{LongCalls: 1}, engine.Limits{})
	reply, err := wire.EncodeReply(wire.ChildrenFound{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := inner(t, conn).engine
	e.slots <- struct{}{}
	other, err := e.Load(t.Context(), engine.Artifact{Name: "other", Code: inner(t, conn).artifact.Code})
	if err != nil {
		t.Fatal(err)
	}
	<-e.slots
	text, _, err := do(t, other, "service", "", engine.Call{Service: func(context.Context, []byte) []byte { return reply }})
	if err != nil || text != "<nil>" {
		t.Errorf("got %q, %v", text, err)
	}
}

// Closing the engine ends a guest that would never end.
func TestCloseStopsGuests(t *testing.T) {
	code, err := guestCode()
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(t.Context(), Config{CacheDir: filepath.Join(os.TempDir(), "quoin-test-wazero")})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := e.Load(t.Context(), engine.Artifact{Name: "guest", Code: code})
	if err != nil {
		t.Fatal(err)
	}
	began := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		close(began)
		_, _, err := do(t, conn, "loop", "", engine.Call{Fuel: 1 << 60})
		ended <- err
	}()
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = e.Close(ctx) // it tells that a call was cut off, where the call had begun
	if err := <-ended; codeOf(err) != wire.CodeStopping {
		t.Errorf("the guest ended with %v", err)
	}
	if used := e.Usage(); used.Memory != 0 || used.Instances != 0 || used.Loaded != 0 {
		t.Errorf("the closed engine holds %+v", used)
	}
}
