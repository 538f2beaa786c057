// Package pyrand reproduces Python's random numbers, so that a seed gives the same variant of a problem as in Open edX.
//
// [Source] is the Mersenne Twister that every Python since 2.3 uses. [Legacy] draws from it as Python 2 did: Open edX keeps
// those algorithms (the module random2) for shuffling choices, for answer pools and for problem scripts.
//
// Values of one seed are the same on every machine. Nothing here is fit for secrets.
package pyrand
