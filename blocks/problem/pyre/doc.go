// Package pyre answers one question as Python's re module does for str patterns: does a text contain a match? Authors of
// CAPA problems write Python regular expressions; Go's own package has another syntax and lacks look-around and back
// references.
//
// Patterns without look-around, back references, conditions and atomic groups are matched by simulating all threads at
// once, in time proportional to pattern times text. The others need backtracking, which counts its steps. Both give up
// with [ErrTooSlow] rather than stall.
//
// Known differences from Python 3.11: flags like (?i) may stand anywhere and then hold for the whole pattern (as before
// Python 3.11); \N{...} and the flags L and u with bytes are not known; a repeated group never matches an empty round.
package pyre
