package sanitize

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/sanitize/sanitizetest"
)

func TestVectors(t *testing.T) {
	if len(sanitizetest.Vectors) < 250 {
		t.Fatalf("only %d vectors", len(sanitizetest.Vectors))
	}
	for _, policy := range []Policy{Author, Block} {
		for _, vector := range sanitizetest.Vectors {
			// In each place that the parser reads in its own way, and cut off at the end.
			for _, around := range []string{"%", "<p>%</p>", "<table>%</table>", "<table><tr><td>%", "<svg>%</svg>", "<math>%</math>", "<math><mtext>%", "<select>%", "<b><i>%</b>", "<svg><g>%</g><p>%"} {
				checkClean(t, policy, strings.ReplaceAll(around, "%", vector))
			}
		}
	}
}

// checkClean says what must hold of every text.
func checkClean(t *testing.T, policy Policy, text string) {
	t.Helper()
	clean, changes := Clean(policy, text)
	if problem := forbidden(clean, policy); problem != "" {
		t.Errorf("%q\n  gave %q\n  with %s", text, clean, problem)
	}
	again, more := Clean(policy, clean)
	if again != clean {
		t.Errorf("%q\n  gave %q\n  then %q", text, clean, again)
	}
	if len(more) != 0 {
		t.Errorf("%q\n  gave %q\n  which still changes: %v", text, clean, more)
	}
	if len(changes) == 0 {
		// Comments go without a word, and so do attributes that mean nothing, with whatever they hold.
		problem := forbidden(text, policy)
		if problem != "" && !strings.HasPrefix(problem, "node of type") && !strings.Contains(strings.ToLower(problem), "quoin:") &&
			!strings.HasPrefix(problem, "attribute xmlns") {
			t.Errorf("%q is called unchanged, but holds %s", text, problem)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, vector := range sanitizetest.Vectors {
		f.Add(vector, false)
		f.Add("<svg>"+vector+"<math>"+vector, true)
	}
	f.Fuzz(func(t *testing.T, text string, block bool) {
		policy := Author
		if block {
			policy = Block
		}
		checkClean(t, policy, text)
	})
}
