// Package rules holds what must be the same in every store: which specs, ids, bodies and queries are refused, how index
// values order, what a cursor holds and when an increment is in bounds. It does no I/O.
package rules
