package trials

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// open starts an engine by its name.
func open(ctx context.Context, config Config, name string) (engine.Engine, error) {
	if name == "process" {
		return process.New(process.Config{}), nil
	}
	cache := ""
	if config.Cache != "" {
		cache = filepath.Join(config.Cache, "wasm")
	}
	return wasm.New(ctx, wasm.Config{CacheDir: cache})
}

// load makes an artifact callable within the limits of its manifest.
func load(ctx context.Context, e engine.Engine, m manifest.Manifest, built build.Artifact) (engine.Conn, error) {
	artifact := engine.Artifact{
		Name: m.Name, Version: m.Version, Digest: built.Digest, Path: built.Path,
		Limits: engine.Limits{Memory: int64(m.Limits.MemoryMB) << 20, Fuel: m.Limits.Fuel},
	}
	if m.Engine == "process" {
		return e.Load(ctx, artifact)
	}
	code, err := os.ReadFile(built.Path)
	if err != nil {
		return nil, fmt.Errorf("reading the code of %s: %w", m.Name, err)
	}
	if artifact.Code = code; m.Script() {
		if artifact, err = script.Block(m.Name, m.Version, code, artifact.Limits); err != nil {
			return nil, err
		}
	}
	return e.Load(ctx, artifact)
}

// asked is the call of a request: its clock and its randomness are those of the request's context.
func asked(frame []byte) engine.Call {
	call := engine.Call{Frame: frame}
	if request, _, err := wire.DecodeRequest(frame); err == nil { // what cannot be decoded is the block's to refuse
		call.Now = time.UnixMilli(request.Context.Now)
		if random, err := hex.DecodeString(request.Context.Random); err == nil {
			copy(call.Random[:], random)
		}
	}
	return call
}

// Serve lets a host of the tests ask a loaded block as the kernel does: the clock and the randomness of a call are those of
// its context, and a failure of the engine is an error reply. After ctx ended every call fails.
func Serve(ctx context.Context, conn engine.Conn) fakehost.Serve {
	return func(host sdk.Host, frame []byte) []byte {
		call := asked(frame)
		call.Log, call.Service = host.Log, func(_ context.Context, frame []byte) []byte { return host.Service(frame) }
		result, err := conn.Call(ctx, call)
		if err == nil {
			return result.Frame
		}
		var failure *wire.Error
		if !errors.As(err, &failure) {
			failure = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
		}
		reply, err := wire.EncodeReply(nil, failure)
		if err != nil {
			return nil // no frame at all: the host of the tests tells that
		}
		return reply
	}
}
