package problem_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
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
	badTolerance    = regexp.MustCompile(`<numtolerance_input [^>]*tolerance="abc"`)
	pictureNamed    = regexp.MustCompile(`rectangle="\$`)
	tagBefore       = regexp.MustCompile(`<choice [^>]*><\w+>[^<]*</\w+><numtolerance_input`)
	bareOptions     = regexp.MustCompile(`options="\([^')"]`)
)

// classify says which documented difference a recorded case may show. Anything else that differs is a failure.
func classify(line *grading, c *gradedCase) difference {
	switch {
	case c.Error != nil && strings.Contains(c.Error.Message, "'cfn_return'"):
		return difference{"numpy-truth", "score 1, want "}
	case strings.Contains(line.XML, "import sympy"):
		return difference{"no-sympy", "ungradable: "}
	case slices.Contains(line.Types, "schematicresponse") && nothingJudged(c):
		return difference{"nothing-judged", "2_1 is "}
	case slices.Contains(line.Types, "schematicresponse") && len(c.Map) == 0 && c.Error == nil:
		return difference{"nothing-judged", "ungradable: "}
	case c.Error != nil && !c.Error.Handled:
		return difference{"reference-crashes", "score "}
	case c.Error != nil && badTolerance.MatchString(line.XML):
		return difference{"author-formula", "says "}
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
	case strings.Contains(line.XML, "anonymous_student_id"):
		return difference{code: "student-id"}
	}
	return difference{}
}

// nothingJudged reports whether the reference gives an input no correctness at all.
func nothingJudged(c *gradedCase) bool {
	for _, part := range c.Map {
		if part.Correctness == "" {
			return true
		}
	}
	return false
}

var decimals = regexp.MustCompile(`\d+\.\d+(?:e[+-]\d+)?`)

// lastDigits reports whether all that differs is digits of numbers that nobody sees: the sandbox has another mathematics
// library.
func lastDigits(problems []string) bool {
	for _, p := range problems {
		have, want, found := strings.Cut(p, ", want ")
		if !found || !decimals.MatchString(want) || !strings.HasSuffix(rounded(have), rounded(want)) {
			return false
		}
	}
	return true
}

func rounded(text string) string {
	return decimals.ReplaceAllStringFunc(text, func(number string) string {
		f, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return number
		}
		return strconv.FormatFloat(f, 'g', 12, 64)
	})
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
	if pictureNamed.MatchString(line.XML) {
		return difference{"picture-variables", ", want $"}
	}
	if len(line.Cases) > 0 && !slices.ContainsFunc(line.Cases, func(c gradedCase) bool { return c.Error == nil || c.Error.Handled }) {
		return difference{"reference-crashes", "is <nil>"}
	}
	return difference{}
}

// classifyRefused is for problems that the reference does not build.
func classifyRefused(line *grading) difference {
	if tagBefore.MatchString(line.XML) {
		return difference{"tag-before-number", "no finding"}
	}
	return difference{}
}

func classifyVariant(v *variant) difference {
	if pictureNamed.MatchString(v.XML) {
		return difference{"picture-variables", ", want $"}
	}
	if bareOptions.MatchString(v.XML) {
		return difference{"bare-options", " shows "}
	}
	if strings.Contains(v.XML, "<customresponse") && strings.Contains(v.XML, "<label>") {
		return difference{"label-of-custom", "text "}
	}
	if strings.Contains(v.XML, "anonymous_student_id") {
		return difference{"student-id", "text "}
	}
	return difference{}
}
