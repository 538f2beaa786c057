// Package running runs the quoin binary as its operator does, beside a Redis of its own where one is wanted, and stands in for
// a learner's browser at it. Measurements and the walk of package firstblock use it.
package running
