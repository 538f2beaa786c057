// Package notices keeps the messages that blocks send to people: a list for the page, a count for the bell, what each person
// chose for each kind, and the mails that go out at once or once a day. A notice is filed under the learner's pseudonym in its
// run and under the one that the person has towards the site, so that one question finds all of a person's, and export and
// erasure find them too.
//
// The files: notices.go takes and lists them, choices.go keeps what people chose, letters.go sends mail, stop.go makes and reads
// the links that end it without a login.
package notices
