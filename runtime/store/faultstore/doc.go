// Package faultstore wraps a store and fails on purpose: before or after the real operation, once or for good, at the
// n-th operation or by a rule. It is deterministic: the same operations in the same order meet the same faults.
//
// To test a protocol at each of its steps, run it once to see which operations it passes, and once more for each way to
// cut it short:
//
//	s := faultstore.New(fresh(), faultstore.Plan{})
//	run(s)
//	for _, plan := range faultstore.Crashes(s.Passed()) {
//		s := faultstore.New(fresh(), plan)
//		run(s)      // gets ErrUnavailable at one operation and at all that follow
//		s.Revive()  // the process starts again
//		recover(s)
//		check(s)
//	}
//
// [Faults] cuts one operation only, as a network does, and [Conflicts] lets somebody else change each document just
// before it is replaced.
package faultstore
