// Package portstest has fakes in memory of what package ports names, for tests of other packages: [Queue] records jobs and
// runs their handlers when it is told to, [Bus] delivers within the process, [Limiter] and [Queue] go by a given [Clock],
// [Mailer] keeps what it is given.
//
// It also says in tests what an implementation has to do: [QueueSuite], [BusSuite] and [LimiterSuite]. They run on the fakes
// here and on the real ones in workers/queue, so that what holds in a test holds in service.
package portstest
