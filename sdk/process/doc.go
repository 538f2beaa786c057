// Package process is the door of a block that runs as a process of its own (engine "process"), served with go-plugin over
// gRPC. The generated main calls [Serve] with the package's block; an author never does. It is a package of its own so that
// its dependencies stay out of sdk and of every WebAssembly guest.
//
// What a process block's author should know:
//
//   - A process is trusted code. It is meant for what a sandbox cannot do: native libraries, long-lived connections.
//   - Several calls run at once, each in a goroutine of its own, so what they share needs locks. A process may end between
//     any two calls: what must last belongs into effects.
//   - The environment is empty. The working folder is private, writable and removed when the process ends; HOME and TMPDIR
//     name it too. Files that lie beside the artifact are in the folder that QUOIN_BLOCK_FOLDER names, read only.
//   - Standard output and standard error both go to the host, which keeps the last of it to explain a crash. Use the call's
//     Logf for what belongs into the block's log.
//   - A call that the host gave up goes on until its code returns; its service requests are answered with an error. A process
//     with a call that will not end is replaced.
//   - A panic in a call is that call's error. A panic in a goroutine that the block started ends the process, as in any Go
//     program.
package process
