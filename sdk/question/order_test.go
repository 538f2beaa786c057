package question_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/question"
)

// An order is a permutation that stays for a seed and a name, differs between them, and leaves what is fixed in its place.
func TestOrder(t *testing.T) {
	seen := map[string]bool{}
	for seed := 1; seed <= 20; seed++ {
		order := question.Order(seed, "answer", 5, func(i int) bool { return i == 2 })
		if again := question.Order(seed, "answer", 5, func(i int) bool { return i == 2 }); !slices.Equal(order, again) {
			t.Errorf("seed %d gives %v and %v", seed, order, again)
		}
		sorted := slices.Sorted(slices.Values(order))
		if order[2] != 2 || !slices.Equal(sorted, []int{0, 1, 2, 3, 4}) {
			t.Errorf("seed %d gives %v", seed, order)
		}
		key := ""
		for _, at := range order {
			key += string(rune('0' + at))
		}
		seen[key] = true
	}
	if len(seen) < 8 {
		t.Errorf("20 seeds give %d orders", len(seen))
	}
	if slices.Equal(question.Order(1, "a", 8, nil), question.Order(1, "b", 8, nil)) {
		t.Error("two names have one order")
	}
}

// Ids are the authors' where they are good, otherwise made of the text and not of the place.
func TestIDs(t *testing.T) {
	texts := []string{"one", "two", "two", "four", "five"}
	ids := question.IDs([]string{"a", "", "", "a", "<b>"}, texts)
	if ids[0] != "a" || ids[3] == "a" || ids[4] == "<b>" {
		t.Errorf("ids are %q", ids)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("ids %q stand twice", ids)
	}
	moved := question.IDs([]string{"", ""}, []string{"four", "two"})
	if moved[0] != ids[3] || moved[1] != ids[1] {
		t.Errorf("moved rows are %q, were %q", moved, ids)
	}
	for _, id := range ids {
		if strings.ContainsAny(id, " <>\"'") {
			t.Errorf("the id %q is markup", id)
		}
	}
}
