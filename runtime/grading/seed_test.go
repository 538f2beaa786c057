package grading

import (
	"fmt"
	"testing"
)

const seedUsage = "block-v1:Org+Course+Run+type@problem+block@p1"

// The numbers were computed in Python from the documented derivation; they must never change.
func TestSeedForIsStable(t *testing.T) {
	secret := []byte("0123456789abcdef")
	for _, c := range []struct {
		rule                    Rerandomize
		secret                  []byte
		learner, usage, sitting string
		want                    int
	}{
		{RandomizeNever, secret, "learner-1", seedUsage, "s1", 1},
		{RandomizePerStudent, secret, "learner-1", seedUsage, "s1", 11},
		{RandomizePerStudent, secret, "learner-1", seedUsage, "s2", 11}, // for good, whatever the sitting
		{RandomizePerStudent, secret, "learner-2", seedUsage, "", 12},
		{RandomizePerStudent, secret, "Ł", seedUsage, "", 1},
		{RandomizeOnReset, secret, "learner-1", seedUsage, "s1", 68},
		{RandomizeAlways, secret, "learner-1", seedUsage, "s1", 68},
		{RandomizeAlways, secret, "learner-1", seedUsage, "s2", 639},
		{RandomizeAlways, nil, "", "", "", 115},
	} {
		if got := SeedFor(c.rule, c.secret, c.learner, c.usage, c.sitting); got != c.want {
			t.Errorf("%v for %q, %q: %d, want %d", c.rule, c.learner, c.sitting, got, c.want)
		}
	}
}

func TestSeedPartsCannotRunTogether(t *testing.T) {
	seen := map[int]int{}
	for _, parts := range [][3]string{{"ab", "c", "d"}, {"a", "bc", "d"}, {"a", "b", "cd"}, {"abc", "d", ""}, {"", "abcd", ""}} {
		seen[SeedFor(RandomizeAlways, []byte("secret"), parts[0], parts[1], parts[2])]++
	}
	if len(seen) < 4 { // five in a thousand: equal ones would mean that boundaries are lost
		t.Errorf("seeds %v", seen)
	}
}

func TestSeedsAreSpreadAndInRange(t *testing.T) {
	bins, sittings := map[int]int{}, map[int]int{}
	others := 0
	for i := range 4000 {
		learner := fmt.Sprintf("learner-%d", i)
		bin := SeedFor(RandomizePerStudent, []byte("secret"), learner, seedUsage, "")
		if bin < 0 || bin > 19 {
			t.Fatalf("per student: %d", bin)
		}
		bins[bin]++
		if bin != SeedFor(RandomizePerStudent, []byte("other"), learner, seedUsage, "") {
			others++
		}
		seed := SeedFor(RandomizeAlways, []byte("secret"), learner, seedUsage, "s")
		if seed < 0 || seed > 999 {
			t.Fatalf("always: %d", seed)
		}
		sittings[seed]++
	}
	for bin := range 20 { // 200 are expected; five standard deviations are 69
		if bins[bin] < 131 || bins[bin] > 269 {
			t.Errorf("seed %d was dealt %d times in 4000", bin, bins[bin])
		}
	}
	if len(sittings) < 950 { // 982 are expected
		t.Errorf("only %d of 1000 seeds were dealt", len(sittings))
	}
	if others < 3600 { // 19 in 20
		t.Errorf("another secret moved only %d of 4000 learners", others)
	}
}
