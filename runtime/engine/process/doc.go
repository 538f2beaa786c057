// Package process runs blocks as processes of their own, through go-plugin over gRPC. It is for trusted code: what needs
// native libraries or long-lived connections. [Engine.Confinement] tells what holds such a process on this machine and what
// does not; every page that offers one shows it.
//
// A process lives as long as its [Conn]: one per artifact, restarted when it ends by itself, with a growing delay, and given
// up as broken when that goes on. It is started from a private copy of the artifact whose digest was checked, so that a
// restart never runs another version than the one that was loaded.
//
// go-plugin gives the handshake: the cookie, the protocol number (which is wire.ABI), the address. Starting and ending the
// process and the connection are ours, through its Runner interface, because a client of go-plugin waits for the end of the
// process's output (a grandchild that keeps the pipe open would hang it) and never ends what the process itself has started.
//
// # Streams
//
// Frames travel as bytes on gRPC streams (package sdk/process/door). A stream is opened once and then carries one call after
// the other; as many are open as calls ran at once. A stream per call costs half as much again and loses something: when the
// host resets a stream it never learns whether the call went on. Here a call that nobody waits for any more is told so, and
// its stream is watched until the reply comes; if none comes within Config.Grace, the process is replaced. One stream for all
// calls would need flow control and fairness of its own.
//
// # Ending
//
// A process ends with the host, however the host ends: its standard input closes, and on Linux the kernel kills it when the
// thread that started it is gone. That thread is locked to the goroutine that waits for the process, because the kernel means
// the thread and not the host process. What a process itself starts is killed with it, by its process group, as long as the
// host lives. There is no reattaching: a process is never looked for by its number.
package process
