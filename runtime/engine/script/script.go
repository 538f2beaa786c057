// Package script makes artifacts of scripts: JavaScript that engine wasm runs in an interpreter (QuickJS-NG), metered,
// bounded and isolated as every other guest.
//
// A script is one file that defines the global function serve. It is evaluated once, when it is loaded; each call begins from
// what it looked like then and leaves nothing behind. serve gets the request's frame as a string and returns the reply's
// frame as a string, or a promise of one; frames must be UTF-8. What it throws is the call's failure. It has the language of
// ECMAScript 2025 and nothing else: no modules, no timers, no console, nothing of the host. The zone is UTC. The clock is the
// call's; Math.random goes on from where evaluation left it, so it repeats itself in each call. Calls that nest too deep (some
// thousand functions) end the call and cannot be caught.
package script

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// Block gives the artifact of a block that is written as a script. Its frames are the contract's as [Text] lays them out, and
// it finds the global object quoin: service(frame) asks a service and gives the reply's frame, log(level, line) writes to the
// block's log, with the level of wire.ImportLog as text.
func Block(name, version string, source []byte, limits engine.Limits) (engine.Artifact, error) {
	artifact, err := Artifact(name, version, source, limits)
	artifact.Contract = true
	return artifact, err
}

// Artifact gives what engine wasm loads. The error wraps [npm.ErrNotBuilt] where the binary carries no interpreter.
func Artifact(name, version string, source []byte, limits engine.Limits) (engine.Artifact, error) {
	code, err := interpreter()
	if err != nil {
		return engine.Artifact{}, err
	}
	digest := sha256.New()
	digest.Write(code.digest[:])
	sum := sha256.Sum256(source)
	digest.Write(sum[:])
	return engine.Artifact{
		Name: name, Version: version, Digest: hex.EncodeToString(digest.Sum(nil)), Code: code.module, Script: source, Limits: limits,
	}, nil
}

// interpreter reads the interpreter once: its bytes are the same for every script.
var interpreter = sync.OnceValues(func() (code struct {
	module []byte
	digest [sha256.Size]byte
}, err error,
) {
	if code.module, err = npm.File(npm.Interpreter); err == nil {
		code.digest = sha256.Sum256(code.module)
	}
	return code, err
})
