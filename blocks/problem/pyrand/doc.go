// Package pyrand reproduces Python's random numbers, so that a seed gives the same variant of a problem as in Open edX.
//
// [Source] is the Mersenne Twister that every Python since 2.3 uses. [Modern] draws from it as Python 3.2 and later do
// (Open edX shuffles choices and draws answer pools so), [Legacy] as Python 2 did (the module random2, which problem
// scripts get under the name random).
//
// Values of one seed are the same on every machine. Nothing here is fit for secrets.
package pyrand
