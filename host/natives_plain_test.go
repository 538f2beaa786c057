package host_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// drawnJourney finds the numbers of the calculated sample in its view.
var drawnJourney = regexp.MustCompile(`A train goes ([0-9.]+) km in ([0-9.]+) h`)

// says reports whether a form holds an answer at all: one without is refused before it is one.
func says(form map[string][]string) bool {
	for _, values := range form {
		if strings.TrimSpace(strings.Join(values, "")) != "" {
			return true
		}
	}
	return false
}

// Each sample of each native type is answered by a form that no script touched: wrong or invalid first, where the sample has such
// an answer, then right; the pages say what became of it, and nobody else sees it.
func TestNativeTypesWithoutScripts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, types := w.natives(t)
	ann, bob := w.member("ann", run, ""), w.member("bob", run, "")
	answer := func(blockType string, s wire.Sample, form map[string][]string, want string) {
		t.Helper()
		unit, address := unitPath(run, "unit-"+blockType), blockPath(run, blockType, blockType+"-"+s.Name)
		page := ann.get(unit)
		var pairs []string
		for name, values := range form {
			for _, value := range values {
				pairs = append(pairs, name, value)
			}
		}
		if blockType == "calculated" && want == "status correct" {
			numbers := drawnJourney.FindStringSubmatch(page.body)
			if numbers == nil {
				t.Fatalf("the view holds no numbers: %s", page.body)
			}
			distance, _ := strconv.ParseFloat(numbers[1], 64)
			hours, _ := strconv.ParseFloat(numbers[2], 64)
			pairs = []string{"answer", strconv.FormatFloat(distance/hours, 'f', 3, 64)}
		}
		page.form(address).set(pairs...).press("submit").must(303)
		if view := ann.get(address + "/view").must(200).asked(); !strings.Contains(view.HTML, want) {
			t.Errorf("%s/%s: after %v the view lacks %q: %s", blockType, s.Name, pairs, want, view.HTML)
		}
	}
	for _, blockType := range types {
		for _, s := range nativeSamples(t, blockType) {
			for _, kind := range []struct {
				expect wire.Expectation
				want   string
			}{{wire.ExpectInvalid, "notice bad"}, {wire.ExpectZero, "status incorrect"}, {wire.ExpectFull, "status correct"}, {wire.ExpectPending, "status grading"}} {
				for _, a := range s.Answers {
					if a.Expect == kind.expect && a.Evidence == nil && (a.Seed == nil || *a.Seed == 1) && says(a.Input.Form) {
						answer(blockType, s, a.Input.Form, kind.want)
						break
					}
				}
			}
			if view := bob.get(blockPath(run, blockType, blockType+"-"+s.Name) + "/view").must(200).asked(); strings.Contains(view.HTML, "class=\"status") {
				t.Errorf("%s/%s: bob, who answered nothing, sees a verdict", blockType, s.Name)
			}
		}
	}
}
