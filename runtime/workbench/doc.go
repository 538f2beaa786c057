// Package workbench is what `quoin block run` stands on: a scratch site with the blocks of some source folders, people who
// learn in it, a scratch course whose units are the blocks' samples and stories, a record of every call of those blocks, and
// faults that happen on purpose. The site is a real one: kernel, store, course and workers are those that learners get.
//
// A workbench is for the developer of a block, on one machine. It shows what a site hides, keys to answers included.
package workbench
