package grading

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
)

// The file was printed by Python itself.
func TestNumbersAreRoundedAndPrintedAsPythonDoes(t *testing.T) {
	file, err := os.Open("testdata/pynum.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := 0
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if strings.HasPrefix(scanner.Text(), "#") {
			continue
		}
		lines++
		want := strings.Fields(scanner.Text())
		v := mustFloat(t, want[0])
		if got := percentText(v, 0); got != want[1] {
			t.Errorf("{:.0%%} of %v is %s, want %s", v, got, want[1])
		}
		if got := percentText(v, 2); got != want[2] {
			t.Errorf("{:.2%%} of %v is %s, want %s", v, got, want[2])
		}
		if got := pointsText(v); got != want[3] {
			t.Errorf("{:.3n} of %v is %s, want %s", v, got, want[3])
		}
		if got := roundHundredths(v); got != mustFloat(t, want[4]) {
			t.Errorf("round(%v, 2) is %v, want %s", v, got, want[4])
		}
		if got := aroundHundredths(v); got != mustFloat(t, want[5]) {
			t.Errorf("around(%v, 2) is %v, want %s", v, got, want[5])
		}
	}
	if lines < 190 {
		t.Errorf("only %d lines compared", lines)
	}
}

func TestRoundAwayTakesHalvesFromZero(t *testing.T) {
	for v, want := range map[float64]float64{0.5: 1, 1.5: 2, 2.5: 3, -0.5: -1, -1.5: -2, 12.55: 13, 12.45: 12, 0: 0, -0.4: 0} {
		if got := roundAway(v); got != want {
			t.Errorf("roundAway(%v) = %v, want %v", v, got, want)
		}
	}
}

func mustFloat(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
