// Package listening brings events to the blocks that subscribed to them.
//
// # Two steps
//
// [Listening.Round] first looks at what is new in the log and wakes the listeners that want some of it: one document for each usage
// that hears. Then it works those that are awake. A listener reads the log by itself, from where it stopped, so that what waits
// costs no documents and a long pause loses nothing.
//
// # Once
//
// A batch is written down, with a number, before its block hears of it. Whoever comes after a crash finds the very same batch under
// the same number, and the kernel commits one of each. Two processes that hold the same batch change nothing twice either.
//
// # Trouble
//
// A batch that its block cannot bear is tried again, later each time, and skipped after [Tries] with a record that operators see. A
// package that is broken or away costs no tries: its events wait for it.
package listening
