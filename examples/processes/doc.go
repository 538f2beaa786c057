// Package processes holds blocks that run as processes of their own: trusted code, which an admin allows on the server. A site in
// development does not load them with the sandboxed ones of examples/blocks; `quoin block test examples/processes/judge` tries one.
package processes
