// Package people knows who people are: their names, addresses, passwords, sessions, roles and enrolments. Identity lives
// here alone. Everything else in the store names a learner by a pseudonym.
//
// # Pseudonyms
//
// A pseudonym is made from the site's secret, the user's random id and the course run: the same person has another one in
// each run, and nobody can tell that two belong together or make one without the secret. The secret must never change: with
// another one, everybody is a stranger to their own work. The way back is stored, in the person's [Member] document of the
// run, which exists from the first enrolment, role or [People.Remember] on.
//
// # Export and erasure
//
// A person's documents outside this package are found by pseudonym, in the collections whose specs name a Learners field:
// [People.Runs] lists the pseudonyms, the caller walks the collections with each, and [People.Export] adds what is here. To
// erase somebody, walk and erase (or keep) the other collections first and call [People.Erase] last: it takes away the
// account, and with it the way from a pseudonym to a person, for good. What was kept stays consistent under its pseudonyms.
// Erasures are remembered by a hash of the random id, so that a restored backup can be cleared of them.
//
// # Sessions
//
// A browser holds 256 random bits, the store their SHA-256. A session is bound to the user's epoch: whatever must end all
// sessions of a user (a new password, a change of roles, a disabled account) raises that number, in the same swap where it
// can. Sessions slide with use, written at most every few minutes.
//
// # Signing in
//
// Guessing is slowed per client and per account. Whoever attacks one account from many places uses up the account's
// allowance, and would lock its owner out with it. So a browser that was signed in before holds a device token for that
// account and has an allowance of its own: strangers are slowed, the owner is not. Attempts that succeed are given back.
// A name that does not exist costs the same work and the same allowance as one that does. When the limiter is away, attempts
// go on: the bound on concurrent password hashes still holds.
package people
