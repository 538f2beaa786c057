// Package scoring carries a submission to its verdict, and verdicts to scores and grades.
//
// Submissions never change. Verdicts are append-only per (submission, number); the newest number is the current one, so a
// regrade can be compared and undone. A [Delivery] is where a submission stands on its way: who grades it until when, how
// often that was tried. The delivery is the truth and the queue only a hint: [Scorer.Due] finds what the queue forgot.
//
//	claim the delivery -> grade -> insert the verdict -> score -> give an invalid try back -> completion -> grade -> done
//
// Every arrow is idempotent: a worker that dies anywhere is followed by another one that does the same again, and ends with
// exactly one verdict per number.
package scoring
