// Package grading holds the rules by which learners are scored: what a raw score is worth, which submission counts, what
// a subsection and a course add up to, and what a learner may do to a problem at a given instant. Every function is pure:
// no store, no clock, no randomness, and all of them may be called from any number of goroutines.
//
// Where Open edX has a rule, the result here is the same number, letter and text; comments name the rule. The chain, from
// a block's verdict to a letter:
//
//	NewScore     raw points, finite and clamped
//	Counted      which of a learner's submissions is the score (grading_method)
//	Score.Weigh  the problem's weight
//	Total        a subsection's graded and overall points, staff's override
//	Policy.Grade the course's percent, letter and breakdown (grading_policy.json)
//	Policy.Need  what is needed on what remains for a better letter
//
// [ProblemPolicy] is the other half: tries, dates, waiting times, show answer, show correctness, reset and save, as gates
// with the instant at which each next changes by itself. [SeedFor] derives the seed of a learner's variant.
package grading
