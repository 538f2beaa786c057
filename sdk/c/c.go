// Package c carries the binding for blocks in C: a header and one source file, which the builder compiles into each such
// block. It stands on the ABI alone, and holds no code of Go.
package c

import "embed"

// Files are src/quoin.h and src/quoin.c.
//
//go:embed src
var Files embed.FS
