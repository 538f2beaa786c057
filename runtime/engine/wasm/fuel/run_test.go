package fuel

import (
	"context"
	"errors"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// tank plays the host: it grants slices until the budget is used up.
type tank struct {
	slice  int64
	budget int64 // zero: without end
	given  int64 // granted to the current slice
	used   int64 // of slices that are over
	calls  int   // how often the guest asked
}

func (k *tank) refuel(left int64) int64 {
	k.calls++
	k.used += k.given - left
	k.given = 0
	if k.budget > 0 && k.used >= k.budget {
		return -1
	}
	k.given = k.slice
	return k.slice
}

// guest is an instance.
type guest struct {
	api.Module
	tank *tank
}

// spent gives the units used since the guest was made.
func (g *guest) spent() int64 {
	return g.tank.used + g.tank.given - int64(g.ExportedGlobal(CounterExport).Get())
}

// machine is a runtime that modules run in.
type machine struct {
	wazero.Runtime
	tank tank
}

// engines are the configurations that tests run modules with.
func engines() map[string]wazero.RuntimeConfig {
	return map[string]wazero.RuntimeConfig{
		"compiler":    wazero.NewRuntimeConfigCompiler(),
		"interpreter": wazero.NewRuntimeConfigInterpreter(),
	}
}

func newMachine(t testing.TB, cfg wazero.RuntimeConfig) *machine {
	t.Helper()
	m := &machine{Runtime: wazero.NewRuntimeWithConfig(t.Context(), cfg.WithMemoryLimitPages(4096)), tank: tank{slice: 1 << 20}}
	t.Cleanup(func() { m.Close(context.WithoutCancel(t.Context())) })
	fn := api.GoFunc(func(_ context.Context, stack []uint64) {
		stack[0] = uint64(m.tank.refuel(int64(stack[0])))
	})
	i64 := []api.ValueType{api.ValueTypeI64}
	if _, err := m.NewHostModuleBuilder(ImportModule).NewFunctionBuilder().WithGoFunction(fn, i64, i64).Export(ImportName).Instantiate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := wasi_snapshot_preview1.Instantiate(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// start compiles and instantiates a module, metered or not.
func (m *machine) start(t testing.TB, binary []byte) (*guest, error) {
	t.Helper()
	c, err := m.CompileModule(t.Context(), binary)
	if err != nil {
		return nil, err
	}
	g := &guest{tank: &m.tank}
	g.Module, err = m.InstantiateModule(t.Context(), c, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	return g, err
}

// mustStart is start for modules that must be good.
func (m *machine) mustStart(t testing.TB, binary []byte) *guest {
	t.Helper()
	g, err := m.start(t, binary)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// call calls an export.
func (g *guest) call(t testing.TB, name string, args ...uint64) ([]uint64, error) {
	t.Helper()
	f := g.ExportedFunction(name)
	if f == nil {
		t.Fatalf("no export %q", name)
	}
	return f.Call(t.Context(), args...)
}

// mustCall is call for calls that must succeed; it gives the first result, or zero.
func (g *guest) mustCall(t testing.TB, name string, args ...uint64) uint64 {
	t.Helper()
	r, err := g.call(t, name, args...)
	if err != nil {
		t.Fatalf("%s%v: %v", name, args, err)
	}
	if len(r) == 0 {
		return 0
	}
	return r[0]
}

// mustRewrite is Rewrite for modules that must pass.
func mustRewrite(t testing.TB, binary []byte, cfg Config) Result {
	t.Helper()
	r, err := Rewrite(binary, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// codeOf gives the code of an error of this package, or nothing.
func codeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
