package problem_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// difference names an entry of DIFFERENCES.md; the zero value is none. It covers only problems that contain a text.
type difference struct{ code, covers string }

func (d difference) explains(problems []string) bool {
	for _, p := range problems {
		if d.code == "" || !strings.Contains(p, d.covers) {
			return false
		}
	}
	return true
}

// documentedDifferences are the codes that DIFFERENCES.md explains.
func documentedDifferences(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("DIFFERENCES.md")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, match := range regexp.MustCompile("(?m)^## `([a-z-]+)`").FindAllSubmatch(text, -1) {
		codes[string(match[1])] = true
	}
	return codes
}

var (
	flagsInside   = regexp.MustCompile(`type="[^"]*regexp[^"]*"[^>]*answer="[^"]*\(\?[aimsx]|answer="[^"]*\(\?[aimsx][^"]*"[^>]*type="[^"]*regexp`)
	emptyHint     = regexp.MustCompile(`<choicehint[^>]*/>|<choicehint[^>]*>\s*</choicehint>`)
	compoundTag   = regexp.MustCompile(`<compoundhint[^>]*>[^<]*<[^/]`)
	variableRight = regexp.MustCompile(`correct="\$`)
	noValue       = regexp.MustCompile(`<additional_answer\s*/>|<additional_answer\s*>`)
	// unusableFormula are the answers of the records that no point gives a value to.
	unusableFormula = regexp.MustCompile(`answer="(x\+|x/0|fact\(n\))"`)
	bareOptions     = regexp.MustCompile(`options="\([^')"]`)
)

// classify says which documented difference a recorded case may show. Anything else that differs is a failure.
func classify(line *grading, c *gradedCase) difference {
	switch {
	case c.Error != nil && !c.Error.Handled:
		return difference{"reference-crashes", "score "}
	case c.Error != nil && flagsInside.MatchString(line.XML):
		return difference{"pattern-flags", "score "}
	case c.Error != nil && strings.Contains(line.XML, "<formularesponse") && unusableFormula.MatchString(line.XML):
		return difference{"author-formula", "says "}
	case emptyHint.MatchString(line.XML) && showsHintSource(c):
		return difference{"empty-hint", " says "}
	case compoundTag.MatchString(line.XML):
		return difference{"compound-markup", " says "}
	case variableRight.MatchString(line.XML) && strings.Contains(line.XML, "<choicehint"):
		return difference{"hint-of-variable", " says "}
	}
	return difference{}
}

func showsHintSource(c *gradedCase) bool {
	for _, part := range c.Map {
		if strings.Contains(part.Message, "<choicehint") {
			return true
		}
	}
	return false
}

func classifyShown(line *grading) difference {
	if noValue.MatchString(line.XML) {
		return difference{"answer-without-value", " <b>or</b> None"}
	}
	if len(line.Cases) > 0 && !slices.ContainsFunc(line.Cases, func(c gradedCase) bool { return c.Error == nil || c.Error.Handled }) {
		return difference{"reference-crashes", "is <nil>"}
	}
	return difference{}
}

func classifyVariant(v *variant) difference {
	if bareOptions.MatchString(v.XML) {
		return difference{"bare-options", " shows "}
	}
	return difference{}
}
