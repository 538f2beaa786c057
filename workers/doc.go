// Package workers does a site's background jobs: it grades submissions, runs blocks' tasks, sweeps up what crashes left, and
// collects what nobody needs any more.
//
// The store is the truth. A job from the queue only names a document; whether there is work, and who does it, is decided by a
// lease in that document. So any number of processes may work and sweep at a time, and a queue that forgets costs a second.
//
// Package queue, below, is where asynq and Redis live.
package workers
