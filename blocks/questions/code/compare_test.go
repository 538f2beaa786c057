package code

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/question"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		how, got, want string
		same           bool
	}{
		{compareTrim, "5\n", "5", true},
		{compareTrim, "5 \r\n\n", "5", true},
		{compareTrim, " 5", "5", false},
		{compareTrim, "a\n\nb", "a\nb", false},
		{compareExact, "5\n", "5", true},
		{compareExact, "5 \n", "5", false},
		{compareExact, "5\r\n6", "5\n6", true},
		{compareNumbers, "0.30000000000000004", "0.3", true},
		{compareNumbers, "[1.0, -2e3]", "[1,-2000]", true},
		{compareNumbers, "3.1415", "3.1416", false},
		{compareNumbers, "x 1", "y 1", false},
		{compareNumbers, "1", "1 1", false},
		{compareRows, "b|2\na|1\n", "a|1\nb|2", true},
		{compareRows, "a|1\na|1\n", "a|1", false},
	} {
		if got := same(c.how, c.got, c.want); got != c.same {
			t.Errorf("%s: %q and %q: %v", c.how, c.got, c.want, got)
		}
	}
}

func TestDiff(t *testing.T) {
	var said []string
	for _, l := range diff("a\nx\nc\nd\n", "a\nb\nc\n") {
		said = append(said, l.kind+" "+l.text)
	}
	if got := strings.Join(said, ","); got != "same a,missing b,extra x,same c,extra d" {
		t.Error(got)
	}
	if n := len(diff(strings.Repeat("a\n", 5000), strings.Repeat("b\n", 5000))); n != 2*maxDiff {
		t.Errorf("a long comparison has %d lines", n)
	}
}

// What is kept of all outcomes together is bounded, and stays text.
func TestClip(t *testing.T) {
	left, kept := maxAllKept, 0
	for range maxTests {
		o := outcome{Output: strings.Repeat("ü", maxOutput), Expected: strings.Repeat("é", maxOutput), Printed: "x"}
		o.clip(&left)
		kept += len(o.Output) + len(o.Expected) + len(o.Printed)
		if !json.Valid([]byte(`"` + o.Output + `"`)) {
			t.Fatal("it was cut within a letter")
		}
	}
	if most := maxAllKept + 3*maxTests*len("…"); kept > most {
		t.Errorf("%d bytes are kept, the limit is %d", kept, most)
	}
}

// Whatever programs print and authors expect is compared: by every rule a text is the same as itself, and each line of both stands
// in the comparison.
func FuzzCompare(f *testing.F) {
	f.Add("5\n", "5")
	f.Add("[1.5, -2e-3] x", "\xff\x00|1|")
	f.Add("+.e+1", "\r\n \t")
	f.Fuzz(func(t *testing.T, got, want string) {
		for _, how := range []string{compareTrim, compareExact, compareNumbers, compareRows, "unknown"} {
			if !same(how, got, got) {
				t.Errorf("%s: %q is not itself", how, got)
			}
			if same(how, got, want) != same(how, want, got) && how != compareNumbers {
				t.Errorf("%s: the order of %q and %q counts", how, got, want)
			}
		}
		if text := strings.Join(strings.Fields(strings.Join(pieces(got), "")), ""); text != strings.Join(strings.Fields(got), "") {
			t.Errorf("the pieces of %q are %q", got, pieces(got))
		}
		mine, theirs := 0, 0
		for _, l := range diff(got, want) {
			if l.kind != lineMissing {
				mine++
			}
			if l.kind != lineExtra {
				theirs++
			}
		}
		if mine != min(maxDiff, len(lines(got))) || theirs != min(maxDiff, len(lines(want))) {
			t.Errorf("the comparison of %q and %q has %d and %d lines", got, want, mine, theirs)
		}
	})
}

// Whatever a verdict holds, the tests are drawn.
func FuzzOutcomes(f *testing.F) {
	f.Add([]byte(`[{"i":"test-a","s":"passed","n":3}]`))
	f.Add([]byte(`{"i":1}`))
	f.Fuzz(func(t *testing.T, own []byte) {
		outcomes := outcomesOf(&question.Result{Own: own})
		for _, o := range outcomes {
			if key := stateKey(o.State); !strings.HasPrefix(key, "state_") {
				t.Error(key)
			}
		}
		_ = marked(outcomes)
	})
}
