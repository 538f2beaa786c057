// Package wasm runs blocks as WebAssembly modules on wazero: metered, bounded, isolated.
//
//   - A module is rewritten once so that it counts what it spends (package fuel), compiled once, and kept in wazero's cache
//     on disk. It may import the contract's three functions and WASI, nothing else, and WASI is our own: no files, no
//     network, no arguments; clock and randomness start afresh from each call, so equal calls are equal to the last bit.
//   - Instances are pooled under one memory budget for all artifacts, which counts what calls grow by too. After each call
//     memory and globals go back to the image that was taken after initialisation; an instance that cannot be put back is
//     dropped. On Linux the memory is a private mapping of the image, and only the pages that were written are put back.
//   - What the host does for a guest (randomness, output, services) is charged to the guest's fuel by its size.
//   - A guest runs in slices of about a millisecond. Between two of them it lets other goroutines run, and its deadline and
//     budget are looked at. A call that lasts longer than a few slices takes one of few slots; modules that initialise have
//     slots of their own.
//
// One thing is not counted: the machine's stack of a call, which wazero keeps on Go's heap and lets grow to 80 MB. It goes
// with the call.
package wasm
