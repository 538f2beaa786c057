package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
)

func TestIDsDoNotCollide(t *testing.T) {
	lists := [][]string{
		{},
		{""},
		{"", ""},
		{"a"},
		{"a", ""},
		{"", "a"},
		{"a", "b"},
		{"ab"},
		{"a,1:b"},
		{"1:a,"},
		{"1:a,1:b,"},
		{"a", "b", "c"},
		{"a", "b,1:c"},
		{":"},
		{","},
		{"0:"},
		{"10"},
		{"1", "0"},
		{"\x00"},
		{"\x00", "\x00"},
		{"\xff"},
		{strings.Repeat("x", 12)},
		{"é"},
		{"e\u0301"},
	}
	seen := map[string][]string{}
	for _, parts := range lists {
		id := store.ID(parts...)
		if other, ok := seen[id]; ok {
			t.Errorf("%q and %q are both %q", parts, other, id)
		}
		seen[id] = parts
		again, err := store.SplitID(id)
		if err != nil || !slices.Equal(again, parts) {
			t.Errorf("%q came back as %q, %v", parts, again, err)
		}
	}
	// What stands under a is a range, and only that.
	under := store.ID("a")
	for _, parts := range lists {
		if got, want := strings.HasPrefix(store.ID(parts...), under), len(parts) > 0 && parts[0] == "a"; got != want {
			t.Errorf("%q under a: %t, want %t", parts, got, want)
		}
	}
}

func TestSplitIDRefusesWhatIDDoesNotMake(t *testing.T) {
	for _, id := range []string{
		"a", ":", "1:", "1:a", "1:ab", "2:a,", "01:a,", "+1:a,", "-0:,", "-1:a,", " 1:a,", "1 :a,", "0x1:a,", "1:a,x", "1:a;", "99999999999999999999:a,", "1e0:a,", "٣:abc,",
	} {
		if parts, err := store.SplitID(id); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%q was taken apart to %q, %v", id, parts, err)
		}
	}
}

func FuzzSplitID(f *testing.F) {
	f.Add("1:a,")
	f.Add("0:,3:a:b,")
	f.Add("+1:a,")
	f.Add("10:0123456789,")
	f.Fuzz(func(t *testing.T, id string) {
		parts, err := store.SplitID(id)
		if err != nil {
			if !errors.Is(err, store.ErrInvalid) {
				t.Errorf("the error %v is not %v", err, store.ErrInvalid)
			}
			return
		}
		if again := store.ID(parts...); again != id {
			t.Errorf("%q was taken apart to %q, whose id is %q", id, parts, again)
		}
	})
}
