package script_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func newEngine(t testing.TB) *wasm.Engine {
	t.Helper()
	e, err := wasm.New(t.Context(), wasm.Config{CacheDir: filepath.Join(os.TempDir(), "quoin-test-wazero")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if used := e.Usage(); used.Instances != 0 || used.Memory != 0 {
			t.Errorf("after closing the engine holds %+v", used)
		}
	})
	return e
}

func artifact(t testing.TB, source string, limits engine.Limits) engine.Artifact {
	t.Helper()
	a, err := script.Artifact("test", "1", []byte(source), limits)
	if errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func load(t testing.TB, source string, limits engine.Limits) engine.Conn {
	t.Helper()
	conn, err := newEngine(t).Load(t.Context(), artifact(t, source, limits))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func call(t testing.TB, conn engine.Conn, request string) (string, engine.Result, error) {
	t.Helper()
	result, err := conn.Call(t.Context(), engine.Call{Frame: []byte(request)})
	return string(result.Frame), result, err
}

func TestServe(t *testing.T) {
	const source = `
		const greeting = "سلام, ";
		let calls = 0;
		globalThis.serve = request => {
			const asked = JSON.parse(request);
			switch (asked.what) {
			case "greet": return greeting + asked.word;
			case "count": return String(++calls);
			case "global": globalThis.left ??= 0; return String(++globalThis.left);
			case "random": return String(Math.random());
			case "now": return String(Date.now());
			case "zone": return String(new Date(0).getTimezoneOffset());
			case "later": return Promise.resolve().then(() => "later " + asked.word);
			case "host": return Object.keys(globalThis).join() + typeof host_call + typeof console + typeof setTimeout + typeof require;
			case "length": return String(asked.word.length);
			}
			return "?";
		};`
	conn := load(t, source, engine.Limits{})
	for _, test := range []struct{ request, want string }{
		{`{"what":"greet","word":"Ada"}`, "سلام, Ada"},
		{`{"what":"count"}`, "1"},
		{`{"what":"count"}`, "1"}, // nothing of a call is visible to the next
		{`{"what":"global"}`, "1"},
		{`{"what":"global"}`, "1"},
		{`{"what":"zone"}`, "0"},
		{`{"what":"now"}`, "0"},
		{`{"what":"later","word":"on"}`, "later on"},
		{`{"what":"host"}`, "performance,serveundefinedundefinedundefinedundefined"},
		{`{"what":"greet","word":"a\u0000b"}`, "سلام, a\x00b"},
		{`{"what":"length","word":"` + strings.Repeat("x", 100_000) + `"}`, "100000"},
	} {
		got, result, err := call(t, conn, test.request)
		if err != nil || got != test.want {
			t.Errorf("%.60s gave %.100q, %v", test.request, got, err)
		}
		again, repeated, err := call(t, conn, test.request)
		if err != nil || again != got || repeated.Fuel != result.Fuel || result.Fuel == 0 {
			t.Errorf("%.60s gave %.100q with fuel %d, and again %.100q with %d, %v", test.request, got, result.Fuel, again, repeated.Fuel, err)
		}
	}
	first, _, _ := call(t, conn, `{"what":"random"}`)
	if second, _, _ := call(t, conn, `{"what":"random"}`); first != second || first == "" {
		t.Errorf("random gave %q and %q", first, second)
	}
}

// TestFailures: what a script does wrong is its own failure, has a code, and the next call works.
func TestFailures(t *testing.T) {
	const source = `
		function deep(n) { return 1 + deep(n + 1); }
		function serve(what) {
			switch (what) {
			case "ok": return "ok";
			case "throw": throw new TypeError("no good");
			case "throw null": throw null;
			case "throw liar": throw { toString() { throw 1; } };
			case "throw loop": throw { toString() { for (;;); } };
			case "catch": for (;;) try { deep(0); } catch {}
			case "loop": for (;;);
			case "regexp": return String(/^(a+)+$/.test("a".repeat(40) + "b"));
			case "jobs": { const again = () => Promise.resolve().then(again); return again(); }
			case "never": return new Promise(() => {});
			case "reject": return Promise.reject(new Error("not today"));
			case "deep": return String(deep(0));
			case "bomb": { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); }
			case "string": { let s = "x"; for (;;) s += s; }
			case "number": return 42;
			case "nothing": return;
			case "surrogate": return "\ud800";
			case "long": return "x".repeat(200000);
			case "eval": return String(new Function("return 6 * 7")());
			case "import": return import("fs");
			}
		}`
	conn := load(t, source, engine.Limits{Memory: 24 << 20, Fuel: 300_000_000, Reply: 100_000})
	for what, want := range map[string]struct {
		code wire.Code
		says string
	}{
		"throw": {wire.CodeTrap, "TypeError: no good"}, "throw null": {wire.CodeTrap, "null"}, "throw liar": {wire.CodeTrap, ""},
		"throw loop": {wire.CodeFuel, ""}, "catch": {wire.CodeTrap, "nest too deep"}, "loop": {wire.CodeFuel, ""}, "regexp": {wire.CodeFuel, ""},
		"jobs": {wire.CodeFuel, ""}, "never": {wire.CodeBadReply, "never comes"}, "reject": {wire.CodeTrap, "not today"},
		"deep": {wire.CodeTrap, "nest too deep"}, "bomb": {wire.CodeMemory, "24 MiB"}, "string": {wire.CodeTrap, ""},
		"number": {wire.CodeBadReply, "else than text"}, "nothing": {wire.CodeBadReply, ""}, "surrogate": {wire.CodeBadReply, "Unicode"},
		"long": {wire.CodeTooLarge, ""}, "import": {wire.CodeTrap, ""},
	} {
		t.Run(what, func(t *testing.T) {
			got, result, err := call(t, conn, what)
			var failure *wire.Error
			if !errors.As(err, &failure) || failure.Code != want.code || !strings.Contains(failure.Message, want.says) {
				t.Errorf("gave %.50q, %v", got, err)
			}
			_, again, _ := call(t, conn, what)
			if again.Fuel != result.Fuel {
				t.Errorf("fuel %d, and again %d", result.Fuel, again.Fuel)
			}
			if got, _, err := call(t, conn, "ok"); err != nil || got != "ok" {
				t.Errorf("the next call gave %q, %v", got, err)
			}
		})
	}
	if got, _, err := call(t, conn, "eval"); err != nil || got != "42" {
		t.Errorf("eval gave %q, %v", got, err)
	}
}

func TestLoadingFails(t *testing.T) {
	e := newEngine(t)
	for source, want := range map[string]wire.Code{
		"":                        wire.CodeABI,
		"const serve = 1":         wire.CodeABI,
		"function serve( {":       wire.CodeTrap,
		"throw new Error('lost')": wire.CodeTrap,
		"for (;;);":               wire.CodeFuel,
		"const a = []; for (;;) a.push(new Uint8Array(1 << 20))": wire.CodeMemory,
	} {
		_, err := e.Load(t.Context(), artifact(t, source, engine.Limits{Memory: 24 << 20}))
		var failure *wire.Error
		if !errors.As(err, &failure) || failure.Code != want {
			t.Errorf("%q: %v", source, err)
		}
	}
	if used := e.Usage(); used.Instances != 0 || used.Memory != 0 || used.Loaded != 0 {
		t.Errorf("what was not loaded holds %+v", used)
	}
}

// TestManyAtOnce: calls in parallel do not see each other, and instances that grow are made anew with room to spare.
func TestManyAtOnce(t *testing.T) {
	conn := load(t, `let seen = ""; function serve(word) { if (seen) return seen; seen = word; return new Array(300000).fill(word).length + seen; }`, engine.Limits{})
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			word := strings.Repeat(string(rune('a'+n)), 10)
			for range 20 {
				result, err := conn.Call(t.Context(), engine.Call{Frame: []byte(word)})
				if err != nil || string(result.Frame) != "300000"+word {
					t.Errorf("gave %q, %v", result.Frame, err)
				}
			}
		})
	}
	group.Wait()
}

func BenchmarkCall(b *testing.B) {
	conn := load(b, `function serve(t) { const q = JSON.parse(t); return JSON.stringify({score: q.answer === "choice_2" ? 1 : 0}); }`, engine.Limits{})
	for b.Loop() {
		if _, err := conn.Call(b.Context(), engine.Call{Frame: []byte(`{"answer":"choice_2","try":3}`)}); err != nil {
			b.Fatal(err)
		}
	}
}
