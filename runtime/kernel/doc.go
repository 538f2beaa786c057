// Package kernel is all that host and workers see of blocks: Open, Blocks, and calls. It finds the version that a learner's
// sitting is pinned to, asks for what the block declared to read and nothing else, runs it through its engine, remembers
// renders, commits what a call changes, and hands submissions to the workers.
//
// The files: kernel.go sets up; invoke.go runs one operation; prepared.go and variant.go keep what was parsed once;
// visit.go gathers what one person's page needs; render.go, reveal.go show; handle.go, submit.go, commit.go, steps.go change;
// grade.go scores; olx.go brings content in; tasks.go runs what blocks scheduled; sweep.go mends what crashes left.
package kernel
