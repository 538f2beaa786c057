package registry

import (
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Version is one version of a package: its manifest, its code, and what it says of itself once it was loaded. Safe for
// concurrent use.
type Version struct {
	Manifest manifest.Manifest
	// Digest names the code: the SHA-256 of the artifact in hexadecimal, or of an installed package's index.
	Digest string
	// BuiltIn says that the version is part of this binary or of a development folder (see Config.Framed): its views run inline.
	BuiltIn bool
	// Files holds the package's assets.
	Files fs.FS

	engine engine.Engine
	serve  func(host engine.Host, frame []byte) []byte // native
	path   string                                      // process
	// artifact is the SHA-256 of the code where Digest names a whole package.
	artifact string
	code     func() ([]byte, error) // wasm
	now      func() time.Time
	// words are the catalogues that were read, by language.
	words sync.Map

	mu           sync.Mutex
	conn         engine.Conn
	descriptions map[string]wire.Description
	failed       error
	failedAt     time.Time
	uses         int
	used         time.Time
	retired      bool
}

// again is how long after a failure that blames the host loading is tried once more.
const again = 10 * time.Second

// Use gives the loaded version's connection, loading it when needed. done must be called when the call is over. The error is
// a *wire.Error: CodeBroken with the reason when the block cannot be loaded or lies about itself.
func (v *Version) Use(ctx context.Context) (conn engine.Conn, done func(), err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.load(ctx); err != nil {
		return nil, nil, err
	}
	v.uses++
	v.used = v.now()
	return v.conn, sync.OnceFunc(v.release), nil
}

// Describe returns what the version says of one of its types, loading it when needed.
func (v *Version) Describe(ctx context.Context, blockType string) (wire.Description, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.descriptions == nil {
		if err := v.load(ctx); err != nil {
			return wire.Description{}, err
		}
	}
	description, ok := v.descriptions[blockType]
	if !ok {
		return description, wire.Errorf(wire.CodeMissing, wire.BlameHost, "package %s has no block type %q", v.Manifest.Name, blockType)
	}
	return description, nil
}

// load makes the code callable and compares what it says of itself with the manifest. v.mu is held.
func (v *Version) load(ctx context.Context) error {
	if v.conn != nil {
		return nil
	}
	if v.failed != nil {
		var failure *wire.Error
		if !errors.As(v.failed, &failure) || failure.Blame != wire.BlameHost || v.now().Sub(v.failedAt) < again {
			return v.failed
		}
	}
	conn, err := v.open(ctx)
	if err == nil && v.descriptions == nil {
		var descriptions map[string]wire.Description
		if descriptions, err = v.ask(ctx, conn); err != nil {
			_ = conn.Close(ctx) // the reason why it is broken matters more
		} else {
			v.descriptions = descriptions
		}
	}
	if ctx.Err() != nil && err != nil {
		return wire.Errorf(wire.CodeDeadline, wire.BlameHost, "loading block %s took too long: %v", v.Manifest.Name, err)
	}
	if err != nil {
		v.failed, v.failedAt = broken(v.Manifest.Name, err), v.now()
		return v.failed
	}
	// What was retired and is asked for again, by a pin, stays until it is idle: it must not be loaded for each call.
	v.conn, v.failed, v.retired, v.used = conn, nil, false, v.now()
	return nil
}

// broken is the error of a block that is switched off. A failure that blames the host stays one, since it may pass.
func broken(name string, err error) error {
	blame := wire.BlameBlock
	var failure *wire.Error
	if errors.As(err, &failure) {
		blame = failure.Blame
	}
	return wire.Errorf(wire.CodeBroken, blame, "block %s is switched off: %v", name, err)
}

func (v *Version) open(ctx context.Context) (engine.Conn, error) {
	artifact := engine.Artifact{
		Name: v.Manifest.Name, Version: v.Manifest.Version, Digest: cmp.Or(v.artifact, v.Digest), Serve: v.serve, Path: v.path,
		Limits: engine.Limits{Memory: int64(v.Manifest.Limits.MemoryMB) << 20, Fuel: v.Manifest.Limits.Fuel},
	}
	if v.code != nil {
		code, err := v.code()
		if err != nil {
			return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "reading the code of %s: %v", v.Manifest.Name, err)
		}
		if artifact.Code = code; v.Manifest.Script() {
			if artifact, err = script.Block(artifact.Name, artifact.Version, code, artifact.Limits); err != nil {
				return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
			}
		}
	}
	return v.engine.Load(ctx, artifact)
}

// ask calls describe for each type of the package.
func (v *Version) ask(ctx context.Context, conn engine.Conn) (map[string]wire.Description, error) {
	descriptions := map[string]wire.Description{}
	for _, t := range v.Manifest.Types {
		frame, err := wire.EncodeRequest(
			wire.Request{ABI: wire.ABI, Op: wire.OpDescribe, Context: wire.Context{Block: t.Name}}, wire.DescribeRequest{})
		if err != nil {
			return nil, fmt.Errorf("asking %s to describe itself: %w", t.Name, err)
		}
		result, err := conn.Call(ctx, engine.Call{Frame: frame})
		if err != nil {
			return nil, err
		}
		var description wire.Description
		if err := wire.DecodeReply(result.Frame, &description); err != nil {
			return nil, fmt.Errorf("describe of %s: %w", t.Name, err)
		}
		if err := agree(&v.Manifest, t, &description); err != nil {
			return nil, fmt.Errorf("describe of %s: %w", t.Name, err)
		}
		descriptions[t.Name] = description
	}
	return descriptions, nil
}

func (v *Version) release() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.uses--
	v.used = v.now()
	if v.retired && v.uses == 0 {
		v.unload()
	}
}

// retire lets the running calls finish and then unloads. A retired version that is asked again (by a pin) loads again.
func (v *Version) retire() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.retired = true
	if v.uses == 0 {
		v.unload()
	}
}

// idle unloads a version that nobody used since the given instant.
func (v *Version) idle(since time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.uses == 0 && v.used.Before(since) {
		v.unload()
	}
}

// unload frees the code. v.mu is held and nobody uses it.
func (v *Version) unload() {
	if v.conn == nil {
		return
	}
	conn := v.conn
	v.conn = nil
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	go func() { // closing may wait for the engine; nobody waits for it
		defer cancel()
		_ = conn.Close(ctx) // nothing runs any more, so there is nothing to lose
	}()
}

// Loaded reports whether the code is in memory, and the reason when it cannot be.
func (v *Version) Loaded() (loaded bool, failed error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.conn != nil, v.failed
}

// inflate reads a gzipped artifact.
func inflate(files fs.FS, name string, limit int64) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("unpacking %s: %w", name, err)
	}
	data, err := io.ReadAll(io.LimitReader(unpacked, limit+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking %s: %w", name, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("unpacking %s: more than %d bytes", name, limit)
	}
	return data, nil
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
