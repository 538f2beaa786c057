// Package wire is the contract between Quoin and its blocks: every operation, every message, every effect, every error
// code, the frame they travel in, and the tables that say who may do what. Engines carry its frames as bytes; the SDK and
// the kernel are the only readers.
//
// Rules of this package:
//
//   - Each operation takes one request struct and gives one reply struct, so fields can be added for ever.
//   - Names and codes are append-only: a name that was released keeps its meaning and is never used again for another.
//   - Prepared values and other large things travel as [Blob] segments beside the JSON; the host never looks into them.
//   - The standard library only: this package is compiled into every Go guest.
//
// Golden JSON for each message stands in testdata; a test there goes red when a field is added and not carried.
package wire
