package fuel

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// fuzzConfig keeps what a fuzzer may ask for small.
var fuzzConfig = Config{MaxMemoryPages: 32, MaxTableEntries: 10_000, MaxModuleBytes: 1 << 16, MaxLocals: 2000}

// fuzzFuel is what a call may spend; plain modules run only what metered ones came to an end with.
const fuzzFuel = 20_000

// FuzzRewrite feeds arbitrary bytes. What wazero refuses must not pass, neither as it is nor rewritten; what passes must be
// accepted rewritten, and do the same.
func FuzzRewrite(f *testing.F) {
	for _, p := range programs {
		m := &module{}
		p.build(m)
		f.Add(m.encode(), []byte{1, 2, 3})
	}
	for _, build := range endless {
		m := &module{}
		build(m)
		f.Add(m.encode(), []byte{})
	}
	for _, c := range refused {
		f.Add(c.module(), []byte{0})
	}
	f.Fuzz(func(t *testing.T, binary, args []byte) {
		r, err := Rewrite(binary, fuzzConfig)
		if err != nil {
			if codeOf(err) == "" {
				t.Fatalf("not an *Error: %v", err)
			}
			return
		}
		p := newFuzzPair(t)
		defer p.close(t)
		// Without custom sections: they are dropped, and wazero refuses an empty one at the end, which is valid.
		binary = withoutCustom(binary)
		plainErr := p.compile(binary)
		meteredErr := p.compile(r.Module)
		if (plainErr == nil) != (meteredErr == nil) {
			t.Fatalf("compiling the original: %v; the rewritten: %v", plainErr, meteredErr)
		}
		if plainErr == nil {
			p.run(t, r, binary, args)
		}
	})
}

// FuzzPrograms runs generated programs: they must behave alike metered, and cost exactly what the oracle counts.
func FuzzPrograms(f *testing.F) {
	for i := range 40 {
		seed := make([]byte, 100+20*i)
		for j := range seed {
			seed[j] = byte(j*j*(i+3) + j*i + i)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		if len(choices) > 4000 {
			return
		}
		binary := generate(choices)
		r, err := Rewrite(binary, Config{})
		if err != nil {
			t.Fatalf("%v\n%x", err, binary)
		}
		p := newFuzzPair(t)
		p.exact = true
		defer p.close(t)
		p.run(t, r, binary, []byte{7, 3, 200})
	})
}

func withoutCustom(binary []byte) []byte {
	bodies := (&oracleWriter{in: binary, pos: len(header)}).sections()
	out := append([]byte(nil), header...)
	for _, s := range sections {
		if content, ok := bodies[s.id]; ok {
			out = append(appendU32(append(out, s.id), uint32(len(content))), content...)
		}
	}
	return out
}

// fuzzPair runs a module as it is, counted by the oracle, and metered.
type fuzzPair struct {
	ctx     context.Context
	runtime wazero.Runtime
	tank    tank
	exact   bool
}

func newFuzzPair(t *testing.T) *fuzzPair {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	// The interpreter takes modules in at once. The context ends what should have ended by itself.
	cfg := wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(fuzzConfig.MaxMemoryPages).WithCloseOnContextDone(true).
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall)
	return &fuzzPair{ctx: ctx, runtime: wazero.NewRuntimeWithConfig(ctx, cfg)}
}

func (p *fuzzPair) close(t *testing.T) {
	if err := p.runtime.Close(context.WithoutCancel(p.ctx)); err != nil {
		t.Error(err)
	}
}

// compile reports whether wazero accepts a module. A panic is no acceptance.
func (p *fuzzPair) compile(binary []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	_, err = p.runtime.CompileModule(p.ctx, binary)
	return err
}

// start instantiates a module.
func (p *fuzzPair) start(t *testing.T, name string, binary []byte) (api.Module, error) {
	c, err := p.runtime.CompileModule(p.ctx, binary)
	if err != nil {
		t.Fatal(err)
	}
	return p.runtime.InstantiateModule(p.ctx, c, wazero.NewModuleConfig().WithName(name).WithStartFunctions())
}

// hosts makes stand-ins for a module's imports, and refuel.
func (p *fuzzPair) hosts(r Result) bool {
	modules := map[string]map[string]FuncType{}
	for _, im := range r.Imports {
		if modules[im.Module] == nil {
			modules[im.Module] = map[string]FuncType{}
		}
		if _, ok := modules[im.Module][im.Name]; ok {
			return false // imported twice, perhaps with two types
		}
		modules[im.Module][im.Name] = im.Type
	}
	modules[ImportModule] = map[string]FuncType{}
	for module, functions := range modules {
		b := p.runtime.NewHostModuleBuilder(module)
		for name, ft := range functions {
			results := len(ft.Results)
			stand := api.GoFunc(func(_ context.Context, stack []uint64) {
				for i := range min(results, len(stack)) {
					stack[i] = 1
				}
			})
			b = b.NewFunctionBuilder().WithGoFunction(stand, apiTypes(ft.Params), apiTypes(ft.Results)).Export(name)
		}
		if module == ImportModule {
			refuel := api.GoFunc(func(_ context.Context, stack []uint64) { stack[0] = uint64(p.tank.refuel(int64(stack[0]))) })
			b = b.NewFunctionBuilder().WithGoFunction(refuel, apiTypes(types(I64)), apiTypes(types(I64))).Export(ImportName)
		}
		if _, err := b.Instantiate(p.ctx); err != nil {
			return false
		}
	}
	return true
}

func apiTypes(list []ValueType) []api.ValueType {
	out := make([]api.ValueType, len(list))
	for i, t := range list {
		out[i] = api.ValueType(t)
	}
	return out
}

func (p *fuzzPair) run(t *testing.T, r Result, binary, args []byte) {
	if !p.hosts(r) {
		return
	}
	plain, errPlain := p.start(t, "plain", binary)
	counted, errCounted := p.start(t, "counted", oracle(binary))
	metered, errMetered := p.start(t, "metered", r.Module)
	if outcome(nil, errPlain) != outcome(nil, errMetered) {
		t.Fatalf("the original starts with %v, the metered with %v", errPlain, errMetered)
	}
	if errPlain != nil {
		return
	}
	if errCounted != nil {
		t.Fatalf("the oracle's module starts with %v", errCounted)
	}
	p.tank = tank{slice: 500, budget: fuzzFuel}
	g := &guest{Module: metered, tank: &p.tank}
	for _, e := range r.Exports {
		if e.Kind != ExportFunction {
			continue
		}
		before := g.spent()
		p.tank.budget = p.tank.used + fuzzFuel
		values := fuzzArguments(e.Type.Params, args)
		got, gotErr := metered.ExportedFunction(e.Name).Call(p.ctx, values...)
		if spent := g.spent() - before; spent > fuzzFuel+1_000_000_000 || spent < 0 {
			t.Fatalf("%s spent %d", e.Name, spent)
		}
		if p.ctx.Err() != nil {
			t.Fatalf("%s%v did not end: %d units spent", e.Name, values, g.spent()-before)
		}
		if p.tank.used >= p.tank.budget || overflown(gotErr) {
			return // out of fuel, or too deep: the original would go on
		}
		want, wantErr := plain.ExportedFunction(e.Name).Call(p.ctx, values...)
		if overflown(wantErr) {
			return
		}
		if hasReference(e.Type.Results) {
			clear(got) // addresses differ between instances
			clear(want)
		}
		if outcome(got, gotErr) != outcome(want, wantErr) {
			t.Fatalf("%s%v: metered %q, original %q", e.Name, values, outcome(got, gotErr), outcome(want, wantErr))
		}
		if r.Memory.Present {
			sameMemory(t, plain, metered)
		}
		p.sameCount(t, counted, g, e.Name, values, before, gotErr)
	}
}

func sameMemory(t *testing.T, plain, metered api.Module) {
	a, b := plain.Memory(), metered.Memory()
	x, _ := a.Read(0, a.Size())
	y, _ := b.Read(0, b.Size())
	if !bytes.Equal(x, y) {
		t.Fatal("the memories differ")
	}
}

func (p *fuzzPair) sameCount(t *testing.T, counted api.Module, g *guest, name string, values []uint64, before int64, trap error) {
	start := counted.ExportedGlobal(oracleExport).Get()
	_, err := counted.ExportedFunction(name).Call(p.ctx, values...)
	if overflown(err) {
		return
	}
	exact, units := int64(counted.ExportedGlobal(oracleExport).Get()-start), g.spent()-before
	if units < exact || p.exact && trap == nil && units != exact {
		t.Fatalf("%s%v: %d units, the oracle counts %d", name, values, units, exact)
	}
}

func overflown(err error) bool {
	return err != nil && strings.Contains(err.Error(), "stack overflow")
}

func hasReference(list []ValueType) bool {
	for _, t := range list {
		if t.reference() {
			return true
		}
	}
	return false
}

// fuzzArguments makes arguments out of bytes; a vector takes two, and references are null.
func fuzzArguments(params []ValueType, args []byte) []uint64 {
	values := make([]uint64, 0, len(params))
	for i, t := range params {
		v := uint64(i)
		if len(args) > 0 {
			v = uint64(args[i%len(args)])
		}
		switch {
		case t.reference():
			values = append(values, 0)
		case t == V128:
			values = append(values, v, v)
		default:
			values = append(values, v)
		}
	}
	return values
}
