// Command generate writes the contract's types for TypeScript authors from the Go source of package wire, so that the two
// cannot drift: `go run ./sdk/typescript/generate` from the project's root. A test holds the committed file to it.
package main

import (
	"fmt"
	"os"
)

// The contract's source and the file that is written, seen from the project's root.
const (
	source = "sdk/wire"
	target = "sdk/typescript/wire.ts"
)

func main() {
	text, err := Types(source)
	if err == nil {
		err = os.WriteFile(target, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generating the types:", err)
		os.Exit(1)
	}
}
