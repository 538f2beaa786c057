// Package storetest is the conformance suite of package store. A backend's test is
//
//	func TestConformance(t *testing.T) { storetest.Run(t, open, storetest.Options{}) }
//
// Whatever the suite asserts is part of the contract; what a backend may choose, it does not look at.
package storetest
