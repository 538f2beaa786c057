package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// asksItsEngine are the blocks that say what runs them, and so differ: acid has rows about the sandbox there alone.
var asksItsEngine = map[string]bool{"acid": true}

// Same plays every block of the repository through each of the engines and compares the plays.
func Same(t *testing.T, code Code, engines ...engine.Engine) {
	for _, b := range Blocks(t) {
		t.Run(b.Manifest.Name, func(t *testing.T) {
			var first []Step
			var by string
			for _, e := range engines {
				conn := Load(t, e, code, b)
				if conn == nil {
					continue
				}
				steps := Play(t, conn, b.Manifest)
				repeats(t, e.Name(), steps, Play(t, conn, b.Manifest))
				if first == nil {
					first, by = steps, e.Name()
					continue
				}
				if difference := Difference(first, steps); difference != "" && !asksItsEngine[b.Manifest.Name] {
					t.Errorf("%s and %s: %s", by, e.Name(), difference)
				}
			}
			if first == nil {
				t.Errorf("no engine can host it")
			}
		})
	}
}

// Load loads a block for the time of the test; nil when the engine cannot host it.
func Load(t testing.TB, e engine.Engine, code Code, b Block) engine.Conn {
	t.Helper()
	artifact, ok := code(t, e.Name(), b)
	if !ok {
		return nil
	}
	conn, err := e.Load(t.Context(), artifact)
	if err != nil {
		t.Fatalf("%s through %s: %v", b.Manifest.Name, e.Name(), err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil { // the test's own context has ended
			t.Errorf("unloading %s: %v", b.Manifest.Name, err)
		}
	})
	return conn
}

// repeats holds a second play against the first: not even the fuel may differ.
func repeats(t *testing.T, engineName string, one, two []Step) {
	t.Helper()
	if difference := Difference(one, two); difference != "" {
		t.Errorf("%s, the second time: %s", engineName, difference)
		return
	}
	for i := range one {
		if one[i].Fuel != two[i].Fuel {
			t.Errorf("%s: %s used %d units and then %d", engineName, one[i].Name, one[i].Fuel, two[i].Fuel)
		}
		if engineName == "wasm" && one[i].Fuel <= 0 {
			t.Errorf("%s: %s used no fuel", engineName, one[i].Name)
		}
	}
}

// Difference tells the first step in which two plays differ, "" when they do not.
func Difference(one, two []Step) string {
	for i := range min(len(one), len(two)) {
		a, b := one[i], two[i]
		switch {
		case a.Name != b.Name || !bytes.Equal(a.Request, b.Request):
			return fmt.Sprintf("step %d asks %q and %q with other requests", i+1, a.Name, b.Name)
		case (a.Failure == nil) != (b.Failure == nil) || a.Failure != nil && *a.Failure != *b.Failure:
			return fmt.Sprintf("%s fails with %v and with %v", a.Name, a.Failure, b.Failure)
		case !bytes.Equal(a.Reply, b.Reply):
			return fmt.Sprintf("%s gives\n%s\nand\n%s", a.Name, show(a.Reply), show(b.Reply))
		case len(a.Services) != len(b.Services):
			return fmt.Sprintf("%s asks services %d times and %d times", a.Name, len(a.Services), len(b.Services))
		}
		for n := range a.Services {
			if !bytes.Equal(a.Services[n], b.Services[n]) {
				return fmt.Sprintf("%s asks a service\n%s\nand\n%s", a.Name, show(a.Services[n]), show(b.Services[n]))
			}
		}
	}
	if len(one) != len(two) {
		return fmt.Sprintf("one has %d steps, the other %d", len(one), len(two))
	}
	return ""
}

func show(frame []byte) string {
	segments, err := wire.Segments(frame)
	if err != nil {
		return fmt.Sprintf("%q (%v)", frame, err)
	}
	return string(bytes.Join(segments, []byte("\n")))
}
