// Package enginebench measures engines: one block call through each of them, the start of an instance, and how late a
// heartbeat comes while guests loop. `make bench` prints its figures; its own benchmarks show them to `go test -bench`.
//
// The block that it measures stands in enginetest/testdata/bench, the requests in enginetest/requests.
package enginebench
