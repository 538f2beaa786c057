// Package remarks keeps what course teams say to each other about a course that they work on: talks about its blocks, and reviews,
// where one author asks another to look at what is not published yet. Learners never see any of it, and it is no part of the
// course: archives do not carry it.
package remarks
