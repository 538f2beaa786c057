// Package queue does ports.Queue, ports.Bus and ports.Limiter: on Redis for a site of many processes, inside the process for
// a site of one. Both are asynq, the second on miniredis, reached through pipes in memory. [Open] connects, [Queue.Start]
// works.
//
// # What it promises
//
// The store is the truth and the queue may forget, so this package promises little and says what. A job that was accepted
// runs at least once, unless Redis or a worker dies; then the store's sweeper hands it over again. A job whose id waits or
// runs is not accepted again; the id is free as soon as its handler has returned. After a worker's death the id stays taken
// for up to ten seconds ([room]), so a sweeper gives a new id to each try that had begun (submission#try), and the same id to
// one that had not: while the job waits behind others, handing it over again costs nothing and changes nothing.
//
// The handler's error decides what follows, see [Handler]. Tries, leases and back-off live in the store: asynq never retries
// what a handler returned. It does retry once what it finds in the hands of a dead worker, a minute or two later; by then the
// sweeper has been there, and the worker that gets it removes it unseen. What no run can help is archived, where people find
// it with asynq's tools: unknown kinds, unknown layouts, panics.
//
// # Fairness
//
// Courses take turns, and no course holds all slots of a lane: see [room]. A flood makes a job of another course wait for
// what is running to leave a slot at worst, whatever the flood's length. Lanes have servers and slots of their own.
//
// # Without Redis
//
// Enqueue, Publish and Allow take half a second at most, and return ports.ErrUnavailable at once while Redis is known to be
// away. Workers and bus go on by themselves when it is back; subscribers then get a message of [KindGap].
//
// # Several sites on one Redis
//
// Everything is named by [Config.Prefix], except asynq's lists of its own servers and queues, which only its tools read.
package queue
