package fuel

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// The test suite of the specification, which wazero carries in its module.

type specScript struct {
	Commands []specCommand `json:"commands"`
}

type specCommand struct {
	Type       string     `json:"type"`
	Line       int        `json:"line"`
	Filename   string     `json:"filename"`
	ModuleType string     `json:"module_type"`
	Text       string     `json:"text"`
	As         string     `json:"as"`
	Action     specAction `json:"action"`
}

type specAction struct {
	Type   string      `json:"type"`
	Module string      `json:"module"`
	Field  string      `json:"field"`
	Args   []specValue `json:"args"`
}

type specValue struct {
	Type     string `json:"type"`
	LaneType string `json:"lane_type"`
	Value    any    `json:"value"`
}

func specFolder(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		t.Skipf("the specification's test suite is not in the module cache: %v", err)
	}
	return dir
}

// specLimits are wide enough for the suite's largest modules.
var specLimits = Config{MaxMemoryPages: pageLimit, MaxBrTable: 100_000}

func specConfig() wazero.RuntimeConfig {
	return engines()["compiler"].WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall)
}

// TestSpecification runs the suite: valid modules pass and behave alike, invalid ones are refused.
func TestSpecification(t *testing.T) {
	dir := specFolder(t)
	for _, part := range []string{"v1", "v2", "tail-call"} {
		scripts, err := filepath.Glob(filepath.Join(dir, part, "testdata", "*.json"))
		if err != nil || len(scripts) == 0 {
			t.Fatalf("no scripts in %s: %v", part, err)
		}
		for _, script := range scripts {
			t.Run(part+"/"+strings.TrimSuffix(filepath.Base(script), ".json"), func(t *testing.T) {
				t.Parallel()
				runSpecScript(t, script, part)
			})
		}
	}
}

func runSpecScript(t *testing.T, path, part string) {
	var script specScript
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &script)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &specPair{plain: newMachine(t, specConfig()), metered: newMachine(t, specConfig())}
	lib, err := os.ReadFile(filepath.Join(filepath.Dir(path), "..", "..", "testdata", "spectest.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*machine{p.plain, p.metered} {
		if _, err := m.InstantiateWithConfig(t.Context(), lib, wazero.NewModuleConfig().WithName("spectest")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range script.Commands {
		switch c.Type {
		case "module":
			p.load(t, c, filepath.Dir(path))
		case "assert_invalid", "assert_malformed":
			if c.ModuleType == "binary" {
				refusedToo(t, c, filepath.Join(filepath.Dir(path), c.Filename), part)
			}
		case "assert_return", "assert_trap", "action":
			p.act(t, c)
		}
	}
}

// refusedToo: what the suite or wazero refuses, Rewrite refuses. The first version's suite calls some modules invalid that
// the second allows.
func refusedToo(t *testing.T, c specCommand, path, part string) {
	binary, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Rewrite(binary, specLimits); err != nil {
		return
	}
	_, err = newMachine(t, specConfig()).CompileModule(t.Context(), binary)
	if part != "v1" || err != nil {
		t.Errorf("line %d: %s passes, though %q; wazero: %v", c.Line, c.Filename, c.Text, err)
	}
}

// specPair holds the current module of a script as it is and metered, both nil when it cannot be metered.
type specPair struct {
	plain, metered *machine
	a, b           *guest
}

// deliberate are the refusals of valid modules.
var deliberate = []Code{CodeStart, CodeImportKind}

func (p *specPair) load(t *testing.T, c specCommand, dir string) {
	p.a, p.b = nil, nil
	binary, err := os.ReadFile(filepath.Join(dir, c.Filename))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Rewrite(binary, specLimits)
	if slices.Contains(deliberate, codeOf(err)) {
		return
	}
	if err != nil {
		t.Errorf("line %d: %s: %v", c.Line, c.Filename, err)
		return
	}
	if _, err := p.metered.CompileModule(t.Context(), r.Module); err != nil {
		t.Errorf("line %d: %s: rewritten: %v", c.Line, c.Filename, err)
		return
	}
	a, errA := p.plain.start(t, binary)
	b, errB := p.metered.start(t, r.Module)
	if outcome(nil, errA) != outcome(nil, errB) {
		t.Errorf("line %d: %s starts with %v, metered with %v", c.Line, c.Filename, errA, errB)
	}
	if errA == nil && errB == nil {
		p.a, p.b = a, b
	}
}

func (p *specPair) act(t *testing.T, c specCommand) {
	if p.a == nil || c.Action.Module != "" || c.Action.Type != "invoke" {
		return
	}
	var args []uint64
	for _, v := range c.Action.Args {
		args = append(args, v.bits(t)...)
	}
	before := p.b.spent()
	want, wantErr := p.a.call(t, c.Action.Field, args...)
	got, gotErr := p.b.call(t, c.Action.Field, args...)
	if references(p.a.ExportedFunction(c.Action.Field)) {
		clear(want) // pointers differ between instances
		clear(got)
	}
	if outcome(got, gotErr) != outcome(want, wantErr) {
		t.Errorf("line %d: %s%v: metered %q, plain %q", c.Line, c.Action.Field, args, outcome(got, gotErr), outcome(want, wantErr))
	}
	if p.b.spent() < before {
		t.Errorf("line %d: %s%v gave units back: %d", c.Line, c.Action.Field, args, p.b.spent()-before)
	}
}

func references(f api.Function) bool {
	return slices.ContainsFunc(f.Definition().ResultTypes(), func(t api.ValueType) bool {
		return ValueType(t).reference()
	})
}

// bits encodes an argument as wazero takes it.
func (v specValue) bits(t *testing.T) []uint64 {
	switch value := v.Value.(type) {
	case nil:
		return []uint64{0}
	case string:
		return []uint64{scalarBits(t, v.Type, value)}
	case []any:
		width := map[string]int{"i8": 8, "i16": 16, "i32": 32, "f32": 32, "i64": 64, "f64": 64}[v.LaneType]
		var lanes [2]uint64
		for i, lane := range value {
			bit := i * width
			lanes[bit/64] |= scalarBits(t, v.LaneType, fmt.Sprint(lane)) << (bit % 64)
		}
		return lanes[:]
	}
	t.Fatalf("argument %v", v)
	return nil
}

func scalarBits(t *testing.T, kind, s string) uint64 {
	switch {
	case s == "null":
		return 0
	case strings.HasPrefix(s, "nan"):
		if kind == "f32" {
			return 0x7fc00000
		}
		return 0x7ff8000000000000
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return n
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(kind, "32") {
		return uint64(uint32(n))
	}
	return uint64(n)
}
