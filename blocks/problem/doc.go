// Package problem is the CAPA problem block: Open edX's problems, asked and graded by package capa.
//
// The block itself is thin. At publishing time [Block]'s outline compiles the author's XML into two prepared values; the
// learner's view arranges what capa renders with the state of things (submit.go, standing.go); a submission is judged by
// capa and comes back as a verdict that holds no words (verdict.go), so that each reader sees it in his own language and
// grading stays equal bytes whenever it runs.
package problem
