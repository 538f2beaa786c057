// Package blocks holds blocks as strangers would write them. Four are those against which the contract was tried before its
// number was given away: scripted (a problem with variants), seats (bookings that never oversell), forum (unread counts and
// moderation) and external (a grader that answers later). Others show a language and a kind: likert, a scale in TypeScript;
// crossword, typed and dragged, in TypeScript; equation, a chemical equation to balance, in Go on the questions' toolkit; cards,
// a deck that is an app. acid and acid-ts ask the platform from the inside for every promise of the contract. Each is an example
// of its own; the tests here run them as WebAssembly in the real kernel. Packages processes and guests hold blocks that a
// development site does not load by itself.
package blocks
