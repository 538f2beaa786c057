package wasm

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine/wasm/fuel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var freeze = flag.Bool("freeze", false, "add to the frozen ABI what is new; nothing is ever taken out")

// wireData is where package wire keeps what its own tests hold to its code: golden messages, constants, the table of rules.
const wireData = "../../../sdk/wire/testdata"

// TestABI1IsFrozen holds everything that a guest built for ABI 1 relies on to what it was when the ABI was frozen: imports and
// exports with their types, each member of each message with its kind, constants, who may do what, and what the page about the ABI
// says of all that. Additions pass, and are frozen by -freeze when they are released; a line of the file never changes.
func TestABI1IsFrozen(t *testing.T) {
	now := slices.Concat(hostFunctions(t), goldenMembers(t), frozenConstants(t), frozenRules(t), pageRows(t))
	slices.Sort(now)
	now = slices.Compact(now)
	if len(now) < 1000 {
		t.Fatalf("only %d lines were found", len(now))
	}
	file := filepath.Join(wireData, fmt.Sprintf("abi%d.txt", wire.ABI))
	data, err := os.ReadFile(file)
	if err != nil && !*freeze {
		t.Fatal(err)
	}
	frozen := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if *freeze {
		all := slices.Compact(slices.Sorted(slices.Values(append(slices.DeleteFunc(frozen, func(line string) bool { return line == "" }), now...))))
		if err := os.WriteFile(file, []byte(strings.Join(all, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(frozen) < 1000 {
		t.Fatalf("%s has only %d lines", file, len(frozen))
	}
	for _, line := range frozen {
		if _, there := slices.BinarySearch(now, line); !there {
			t.Errorf("ABI %d is frozen, blocks that are installed rely on it, and this is not so any more: %s", wire.ABI, line)
		}
	}
}

// hostFunctions are what a guest may import, with their types, and what it exports.
func hostFunctions(t *testing.T) []string {
	t.Helper()
	e, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	var lines []string
	for _, module := range []string{wire.ImportModule, wasiModule} {
		for name, f := range e.runtime.Module(module).ExportedFunctionDefinitions() {
			lines = append(lines, fmt.Sprintf("import %s.%s %s -> %s", module, name, types(f.ParamTypes()), types(f.ResultTypes())))
		}
	}
	if fuel.ImportModule == wire.ImportModule {
		t.Error("a guest could import the fuel")
	}
	return lines
}

func types(list []api.ValueType) string {
	names := make([]string, len(list))
	for i, kind := range list {
		names[i] = api.ValueTypeName(kind)
	}
	return "(" + strings.Join(names, " ") + ")"
}

// goldenMembers are the members of every message, from the golden files: a path and the kind of its JSON.
func goldenMembers(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(wireData, "*.golden"))
	if err != nil || len(files) < 60 {
		t.Fatal(len(files), err)
	}
	var lines []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(string(data), "\nsegment: ")
		var message any
		if err := json.Unmarshal([]byte(body), &message); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		lines = members(lines, "message "+strings.TrimSuffix(filepath.Base(file), ".golden"), message)
	}
	return lines
}

func members(lines []string, path string, value any) []string {
	switch v := value.(type) {
	case map[string]any:
		lines = append(lines, path+" object")
		for name, member := range v {
			lines = members(lines, path+"."+name, member)
		}
	case []any:
		lines = append(lines, path+" array")
		for _, member := range v {
			lines = members(lines, path+"[]", member)
		}
	default:
		lines = append(lines, fmt.Sprintf("%s %T", path, value))
	}
	return lines
}

func frozenConstants(t *testing.T) []string {
	t.Helper()
	return prefixed("constant ", linesOf(t, filepath.Join(wireData, "constants.txt")))
}

// frozenRules are the rows of the table of rules, one permission a line, so that another permission is an addition.
func frozenRules(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, row := range linesOf(t, filepath.Join(wireData, "table.txt")) {
		what, list, many := strings.Cut(row, ": ")
		if !many {
			lines = append(lines, "rule "+row)
		}
		for _, one := range strings.Fields(list) {
			lines = append(lines, "rule "+what+": "+one)
		}
	}
	return lines
}

// pageRows are the rows of the tables of the page about the ABI by their first two cells, and the frames that it shows.
func pageRows(t *testing.T) []string {
	t.Helper()
	cells := regexp.MustCompile(`^\| ([^|]+) \| ([^|]+) \|`)
	frame := regexp.MustCompile(`^[0-9a-f]{8}  [0-9a-f]{2} `)
	var lines []string
	for _, line := range linesOf(t, "../../../sdk/guide/abi.md") {
		if row := cells.FindStringSubmatch(line); row != nil && !strings.HasPrefix(row[1], "---") {
			lines = append(lines, "page | "+row[1]+" | "+row[2])
		}
		if frame.MatchString(line) {
			lines = append(lines, "page "+line)
		}
	}
	return lines
}

func linesOf(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func prefixed(prefix string, lines []string) []string {
	for i := range lines {
		lines[i] = prefix + lines[i]
	}
	return lines
}
