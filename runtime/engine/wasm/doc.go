// Package wasm runs blocks as WebAssembly modules on wazero: metered, bounded, isolated.
//
//   - A module is rewritten once so that it counts what it spends (package fuel), compiled once, and kept in wazero's cache
//     on disk. It may import the contract's three functions and WASI, nothing else, and WASI is our own: no files, no
//     network, no arguments; clock and randomness start afresh from each call, so equal calls are equal to the last bit.
//   - Instances are pooled under one memory budget for all artifacts. After each call memory and globals go back to the image
//     that was taken after initialisation; an instance that cannot be put back is dropped.
//   - A guest runs in slices of about a millisecond. Between two of them it lets other goroutines run, and its deadline and
//     budget are looked at. A call that lasts longer than a few slices takes one of few slots.
package wasm
