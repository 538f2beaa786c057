package wasm

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
)

// The page about the ABI names the functions of WASI that do something, every one and no other, and the engine's limits.
func TestTheABIPageNamesWASI(t *testing.T) {
	text, err := os.ReadFile("../../../sdk/guide/abi.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n## What there is of WASI\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatal("the page has no part about WASI")
	}
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(table, -1) {
		for _, name := range strings.Split(row[1], ", ") {
			told[strings.Trim(name, "`")] = true
		}
	}
	for name, f := range wasiFunctions {
		if does := f.do != nil && !ofPrograms[name] || name == "proc_exit"; does != told[name] {
			t.Errorf("%s: it does something: %v, the page tells of it: %v", name, does, told[name])
		}
		delete(told, name)
	}
	for name := range told {
		t.Errorf("the page tells of %s, which there is not", name)
	}
	for _, want := range []string{
		fmt.Sprintf("services asked by one call | %d |", engine.DefaultServices), fmt.Sprintf("one call logs | %d bytes |", engine.DefaultLogs),
		fmt.Sprintf("says otherwise | %d |", engine.DefaultFuel), fmt.Sprintf("(%d MiB, or `limits.memory_mb`", engine.DefaultMemory>>20),
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
