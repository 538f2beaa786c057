// Package blocktest tests one block, in one line beside it:
//
//	func TestBlock(t *testing.T) { blocktest.Conformance(t, rating.Block()) }
//
// The test reads block.json and what stands in the folder testdata, so that a new case is a new file:
//
//	testdata/stories/*.txtar       what learners do and see, in the language of package story
//	testdata/stories/TYPE/*.txtar  the same for one type of a package that carries several
//	testdata/setup.txtar           played before everything else: recordings, secrets, people
//
// Everything runs natively and in memory, in a host that keeps the rules of the contract (package fakehost): what a block
// does here is what the platform lets it do, permissions included.
package blocktest
