package story

import (
	"fmt"
	"strings"
)

// around is how many equal lines stand around a difference.
const around = 2

// Difference shows how two texts differ, line by line: - is wanted, + is there.
func Difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	if start == len(a) && start == len(b) {
		return "no difference"
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	var out strings.Builder
	fmt.Fprintf(&out, "different from line %d on (- wanted, + there)\n", start+1)
	write := func(mark string, lines []string) {
		for _, line := range lines {
			out.WriteString(mark + line + "\n")
		}
	}
	write("  ", a[max(0, start-around):start])
	write("- ", a[start:endA])
	write("+ ", b[start:endB])
	write("  ", a[endA:min(len(a), endA+around)])
	return strings.TrimRight(out.String(), "\n")
}
