package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/people/lists"
)

func TestReadList(t *testing.T) {
	for in, want := range map[string][]string{
		"":                                      nil,
		"ann":                                   {"1 ann"},
		"ann, bob;cat  dan\n\n eve ":            {"1 ann", "1 bob", "1 cat", "1 dan", "3 eve"},
		"Ann A <ann@x.org>, <bob@x.org>\r\ncat": {"1 ann@x.org", "1 bob@x.org", "2 cat"},
		"آن، بوب":                               {"1 آن", "1 بوب"},
		"email,username,cohort\na@x.org,ann,red\n,bob,\n,,green\nc@x.org": {"2 a@x.org  red", "3 bob", "5 c@x.org"},
		"Mode;E-Mail\nverified;a@x.org":                                   {"2 a@x.org verified"},
		"mode,cohort\nverified,red":                                       {"1 mode", "1 cohort", "2 verified", "2 red"},
		"'=cmd":                                                           {"1 =cmd"},
	} {
		entries, err := readList(strings.NewReader(in))
		var got []string
		for _, e := range entries {
			got = append(got, strings.TrimRight(fmt.Sprintf("%d %s %s %s", e.Line, e.Who, e.Mode, e.Cohort), " "))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is read as %q, want %q; %v", in, got, want, err)
		}
	}
	for in, want := range map[string]error{
		strings.Repeat("a ", lists.MaxLines+1):        lists.ErrTooLong,
		strings.Repeat("a\n", lists.MaxLines+3):       lists.ErrTooLong,
		strings.Repeat("x", maxListBytes+1):           sheet.ErrTooLarge,
		"a\xff":                                       sheet.ErrNotText,
		"email\n" + strings.Repeat(",", maxListCells): sheet.ErrTooLarge,
	} {
		if _, err := readList(strings.NewReader(in)); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", in, err, want)
		}
	}
}

// FuzzReadList: whatever is handed in, the lines are bounded and each names somebody.
func FuzzReadList(f *testing.F) {
	for _, seed := range []string{"ann, bob", "email;mode\na@x.org;audit", "\"a\nb\",c", "A <a@x.org>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := readList(strings.NewReader(text))
		if err == nil && len(entries) > lists.MaxLines {
			t.Fatalf("%d entries", len(entries))
		}
		for _, e := range entries {
			if e.Who == "" || e.Line < 1 {
				t.Fatalf("%+v", e)
			}
		}
	})
}
