package grading

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// How many different seeds a rule deals out (Open edX: NUM_RANDOMIZATION_BINS, MAX_RANDOMIZATION_BINS).
const (
	seedsPerStudent = 20
	seedsPerSitting = 1000
)

// Labels keep the two derivations apart and name the version of this one: stored seeds are never derived again, but a
// changed derivation would deal other variants to learners who have none yet.
const (
	perStudentLabel = "grading seed 1 per student"
	perSittingLabel = "grading seed 1 per sitting"
)

// SeedFor derives the seed of a learner's variant: 1 for never, 0 to 19 per student, 0 to 999 for on reset and always. It is
// the first 8 bytes, as a big-endian number modulo 20 or 1000, of
//
//	HMAC-SHA-256(siteSecret, label, learner, usage[, sitting])
//
// where each part is preceded by its length in bytes as 8 bytes, big-endian. Sitting takes part for on reset and always
// only. Learner is the pseudonym, usage the usage key, both as stored. Without the site secret, which should have 16
// random bytes or more, nobody can tell who shares a variant.
func SeedFor(rule Rerandomize, siteSecret []byte, learner, usage, sitting string) int {
	switch rule {
	case RandomizePerStudent:
		return seedOf(seedsPerStudent, siteSecret, perStudentLabel, learner, usage)
	case RandomizeOnReset, RandomizeAlways:
		return seedOf(seedsPerSitting, siteSecret, perSittingLabel, learner, usage, sitting)
	case RandomizeNever:
	}
	return 1
}

func seedOf(seeds uint64, secret []byte, parts ...string) int {
	mac := hmac.New(sha256.New, secret)
	var length [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		mac.Write(length[:]) // a hash never fails to write
		mac.Write([]byte(part))
	}
	return int(binary.BigEndian.Uint64(mac.Sum(nil)) % seeds)
}
