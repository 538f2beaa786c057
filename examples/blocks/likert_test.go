package blocks_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// throughEngine asks a block of the registry in the sandbox, as the kernel does.
func throughEngine(t *testing.T, name string) func(host sdk.Host, frame []byte) []byte {
	t.Helper()
	version, err := blockRegistry.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(host sdk.Host, frame []byte) []byte {
		conn, done, err := version.Use(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		call := engine.Call{Frame: frame, Log: host.Log, Service: func(_ context.Context, frame []byte) []byte { return host.Service(frame) }}
		if request, _, err := wire.DecodeRequest(frame); err == nil {
			call.Now = time.UnixMilli(request.Context.Now)
			if random, err := hex.DecodeString(request.Context.Random); err == nil {
				copy(call.Random[:], random)
			}
		}
		result, err := conn.Call(t.Context(), call)
		if err == nil {
			return result.Frame
		}
		var failure *wire.Error
		if !errors.As(err, &failure) {
			t.Fatal(err)
		}
		reply, err := wire.EncodeReply(nil, failure)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
}

// The Likert scale, written in TypeScript, keeps every promise of the contract.
func TestLikert(t *testing.T) {
	blocktest.Run(t, blocktest.Config{Serve: throughEngine(t, "likert"), Dir: "likert"})
}
