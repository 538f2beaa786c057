// Command generate writes what follows from the Go source of the contract (package wire), so that it cannot drift: the types for
// TypeScript authors, and the codec that spares Go guests reflection. `go run ./sdk/generate` from the project's root; tests hold
// the committed files to it.
package main

import (
	"fmt"
	"os"
)

// source is the contract's, seen from the project's root.
const source = "sdk/wire"

// targets are the files that are written.
var targets = map[string]func(folder string) ([]byte, error){
	"sdk/typescript/wire.ts": Types,
	"sdk/wire/codec.go":      Codec,
}

func main() {
	for target, generate := range targets {
		text, err := generate(source)
		if err == nil {
			err = os.WriteFile(target, text, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "generating %s: %v\n", target, err)
			os.Exit(1)
		}
	}
}
