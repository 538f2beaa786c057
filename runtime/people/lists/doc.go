// Package lists does to many people what package people does to one: enrol, unenrol, put into cohorts. A course's staff hand in
// a list; each line of it is looked at first, then done, and can be undone for some days, with a result of its own each time.
//
// A list is a document and its lines are documents: they are the truth. A job only names a list, and may be lost, late or there
// twice: the work goes on where the documents say, and a sweep finds what nobody works on. Lines hold what staff typed, names
// and addresses; they belong to package people's side of the house, go after some weeks, and go with a person who is erased.
package lists
