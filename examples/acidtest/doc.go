// Package acidtest opens whole sites with the acid block, in its Go and its TypeScript edition, in a frame and out of one, with the
// embedded queue and with redis-server, and reads its page as a learner in chromium. It has no code of its own, only tests: they
// alone may wire host and workers beside main.
package acidtest
