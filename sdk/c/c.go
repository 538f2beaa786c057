// Package c carries the binding for blocks in C: a header and a few source files, which the builder compiles into each such
// block. It stands on the ABI alone, and holds no code of Go.
package c

import "embed"

// Files are the binding, in the folder src.
//
//go:embed src
var Files embed.FS
