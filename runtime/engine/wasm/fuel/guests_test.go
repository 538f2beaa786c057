package fuel

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// goGuest builds testdata/goguest.
func goGuest(t testing.TB) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildmode=c-shared", "-o", file, "./testdata/goguest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the Go guest: %v\n%s", err, out)
	}
	return readFile(t, file)
}

// cGuest builds testdata/cguest, or skips the test where there is no clang for WebAssembly.
func cGuest(t testing.TB) []byte {
	t.Helper()
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the C guest needs clang and wasm-ld: %v", err)
		}
	}
	file := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.CommandContext(t.Context(), "clang", "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", "-o", file, "testdata/cguest/guest.c")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the C guest: %v\n%s", err, out)
	}
	return readFile(t, file)
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// gradeRequest is what the Go guest grades.
const gradeRequest = `{"title":"Which of these are prime?","choices":[` +
	`{"id":"c1","text":"two","correct":true},{"id":"c2","text":"four","correct":false},` +
	`{"id":"c3","text":"seven","correct":true},{"id":"c4","text":"nine","correct":false}],` +
	`"answer":["c1","c3"],"context":{"locale":"en","seed":"42"}}`

// grade makes the Go guest grade and gives its reply.
func (g *guest) grade(t testing.TB) string {
	t.Helper()
	g.Memory().Write(uint32(g.mustCall(t, "in")), []byte(gradeRequest))
	n := g.mustCall(t, "grade", uint64(len(gradeRequest)))
	out, ok := g.Memory().Read(uint32(g.mustCall(t, "out")), uint32(n))
	if !ok || n == 0 {
		t.Fatal("no reply")
	}
	return string(out)
}

// image is what an instance goes back to between calls.
type image struct {
	memory  []byte
	globals []uint64
}

func (g *guest) take(r Result) image {
	memory, _ := g.Memory().Read(0, g.Memory().Size())
	im := image{memory: append([]byte(nil), memory...)}
	for _, global := range r.Globals {
		im.globals = append(im.globals, g.ExportedGlobal(global.Export).Get())
	}
	return im
}

// restore puts back all that a call leaves behind. The memory must not have grown.
func (g *guest) restore(t testing.TB, r Result, im image) {
	t.Helper()
	if g.Memory().Size() != uint32(len(im.memory)) {
		t.Fatalf("the memory grew from %d to %d bytes", len(im.memory), g.Memory().Size())
	}
	g.Memory().Write(0, im.memory)
	for i, global := range r.Globals {
		g.ExportedGlobal(global.Export).(api.MutableGlobal).Set(im.globals[i])
	}
}

// goTrio starts the Go guest as it is, with the oracle's count, and metered. Only the last is worth compiling.
func goTrio(t *testing.T) (plain, counted, metered *guest) {
	t.Helper()
	binary := goGuest(t)
	plain = newMachine(t, engines()["interpreter"]).mustStart(t, binary)
	counted = newMachine(t, engines()["interpreter"]).mustStart(t, oracle(binary))
	metered = newMachine(t, engines()["compiler"]).mustStart(t, mustRewrite(t, binary, Config{}).Module)
	for _, g := range []*guest{plain, counted, metered} {
		g.mustCall(t, "_initialize")
	}
	return plain, counted, metered
}

// TestGoGuest: a module that Go built behaves as before and counts what the oracle counts.
func TestGoGuest(t *testing.T) {
	plain, counted, metered := goTrio(t)
	// The first call grows the stack, which resumes functions: that may cost more than it runs, but not much. So do goroutines
	// that take turns.
	grade := func(g *guest) string { return g.grade(t) }
	sameCount(t, plain, counted, metered, 1, grade)
	sameCount(t, plain, counted, metered, 0, grade)
	sameCount(t, plain, counted, metered, 0, grade)
	for _, n := range []uint64{1, 10, 100} {
		sameCount(t, plain, counted, metered, 2, func(g *guest) string { return itoa(int(g.mustCall(t, "deep", n))) })
	}
	compareCall(t, program{}, on("spin", 12345), plain, counted, metered)
}

// sameCount runs a step on all three and compares: the units may be up to percent more than the oracle's instructions.
func sameCount(t *testing.T, plain, counted, metered *guest, percent int64, step func(g *guest) string) {
	t.Helper()
	before, spent := counted.ExportedGlobal(oracleExport).Get(), metered.spent()
	want := step(plain)
	if got := step(counted); got != want {
		t.Fatalf("the oracle's module gives %s, the original %s", got, want)
	}
	if got := step(metered); got != want {
		t.Errorf("metered %s, original %s", got, want)
	}
	exact, units := int64(counted.ExportedGlobal(oracleExport).Get()-before), metered.spent()-spent
	if units < exact || units > exact+exact*percent/100 {
		t.Errorf("%d units, the oracle counts %d", units, exact)
	}
}

// TestGoGuestCostsTheSameEveryTime: put back to its image, a guest spends the same on every call.
func TestGoGuestCostsTheSameEveryTime(t *testing.T) {
	r := mustRewrite(t, goGuest(t), Config{MinMemoryPages: 256})
	if r.SingleUse() {
		t.Error("a Go guest must serve more than one call")
	}
	g := newMachine(t, engines()["compiler"]).mustStart(t, r.Module)
	g.mustCall(t, "_initialize")
	im := g.take(r)
	var want string
	var units int64
	for i := range 500 {
		g.restore(t, r, im)
		before := g.spent()
		got := g.grade(t)
		spent := g.spent() - before
		if i == 0 {
			want, units = got, spent
		}
		if got != want || spent != units {
			t.Fatalf("run %d: %s for %d units, the first %s for %d", i, got, spent, want, units)
		}
	}
}

// TestCGuest: a module that clang built behaves as before and counts what the oracle counts.
func TestCGuest(t *testing.T) {
	binary := cGuest(t)
	for engine, cfg := range engines() {
		t.Run(engine, func(t *testing.T) {
			plain := newMachine(t, cfg).mustStart(t, binary)
			counted := newMachine(t, cfg).mustStart(t, oracle(binary))
			metered := newMachine(t, cfg).mustStart(t, mustRewrite(t, binary, Config{}).Module)
			for _, c := range []programCall{
				on("hash", 0), on("hash", 1), on("hash", 10_000), on("fib", 12), on("sort", 0), on("sort", 1000), on("machine", 5000),
			} {
				compareCall(t, program{}, c, plain, counted, metered)
			}
		})
	}
}
