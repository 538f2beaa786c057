// Package check walks through a course as a fresh learner would: it renders every block through its engine, answers every
// problem with what its block says is right, lets the answers be graded the way that workers grade them, and reports what a
// course team should mend. It changes the site that it runs on, so that site should be a throw-away one.
package check
