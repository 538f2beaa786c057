// Package enginetest is what every engine must do, as tests that an engine's own tests call:
//
//	e, err := wasm.New(t.Context(), wasm.Config{})
//	enginetest.Run(t, e, enginetest.Built)
//
// It plays every block of the repository (found by folder, so a new one is tested without a word here) and a set of hostile
// ones. The same requests must give the same bytes whatever runs the block, and the same fuel each time they are repeated.
//
// Package enginebench, beside it, measures what tests do not judge.
package enginetest
