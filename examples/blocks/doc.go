// Package blocks holds the four blocks against which the contract was tried before its number was given away: a scripted
// problem with variants, a seat booking that never oversells, a forum thread with unread counts and moderation, and a grader
// that answers later; and beside them a scale in TypeScript and a deck of cards that is an app. Each is an example of its own; the tests here run them as WebAssembly in the real kernel.
package blocks
