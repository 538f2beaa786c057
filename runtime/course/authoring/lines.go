package authoring

import (
	"slices"
	"strings"
)

// maxDistance bounds the work of comparing two texts: texts that differ in more lines are taken to differ as a whole, between
// their common beginning and end.
const maxDistance = 1000

// split gives a text's lines with their ends.
func split(text string) []string { return strings.SplitAfter(text, "\n") }

// matching gives, for each line of a, the line of b that it is, or -1; the pairs are in order.
func matching(a, b []string) []int {
	match := make([]int, len(a))
	for i := range match {
		match[i] = -1
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		match[start] = start
		start++
	}
	enda, endb := len(a), len(b)
	for enda > start && endb > start && a[enda-1] == b[endb-1] {
		enda, endb = enda-1, endb-1
		match[enda] = endb
	}
	shortest(a[start:enda], b[start:endb], func(i, j int) { match[start+i] = start + j })
	return match
}

// shortest is Myers' algorithm: pair is told of each line that a shortest edit keeps.
func shortest(a, b []string, pair func(i, j int)) {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return
	}
	most := min(n+m, maxDistance)
	at := make([]int, 2*most+2) // at[most+k] is the furthest line of a reached on diagonal k
	var trace [][]int
	for d := 0; d <= most; d++ {
		trace = append(trace, slices.Clone(at[most-d:most+d+1]))
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && at[most+k-1] < at[most+k+1] {
				x = at[most+k+1]
			} else {
				x = at[most+k-1] + 1
			}
			y := x - k
			for x < n && y < m && a[x] == b[y] {
				x, y = x+1, y+1
			}
			at[most+k] = x
			if x >= n && y >= m {
				back(trace, d, n, m, pair)
				return
			}
		}
	}
}

// back walks the found edit from its end. trace[d] holds the diagonals -d to d as they were before round d.
func back(trace [][]int, d, x, y int, pair func(i, j int)) {
	for ; d > 0; d-- {
		before, k := trace[d], x-y
		reached := func(k int) int { return before[k+d] }
		from := k - 1
		if k == -d || k != d && reached(k-1) < reached(k+1) {
			from = k + 1
		}
		px := reached(from)
		py := px - from
		startx := px
		if from == k-1 {
			startx = px + 1
		}
		for x > startx {
			x, y = x-1, y-1
			pair(x, y)
		}
		x, y = px, py
	}
	for x > 0 {
		x, y = x-1, y-1
		pair(x, y)
	}
}

// MergeText merges two texts that were made of one base, line by line, for texts that stand beside the course's tree. It is false
// where both changed the same lines otherwise.
func MergeText(base, ours, theirs string) (string, bool) { return mergeLines(base, ours, theirs) }

// CompareText compares two texts by their lines.
func CompareText(before, after string) []Line { return compareLines(before, after) }

// mergeLines merges two texts that were made of one base, line by line. It is false where both changed the same lines otherwise.
func mergeLines(base, ours, theirs string) (merged string, ok bool) {
	switch {
	case ours == theirs || theirs == base:
		return ours, true
	case ours == base:
		return theirs, true
	}
	b, o, t := split(base), split(ours), split(theirs)
	toOurs, toTheirs := matching(b, o), matching(b, t)
	var out strings.Builder
	var atB, atO, atT int
	for {
		// The next line that all three have in common ends what may differ.
		nextB := atB
		for nextB < len(b) && (toOurs[nextB] < 0 || toTheirs[nextB] < 0) {
			nextB++
		}
		nextO, nextT := len(o), len(t)
		if nextB < len(b) {
			nextO, nextT = toOurs[nextB], toTheirs[nextB]
		}
		chunk, ok := mergeChunk(b[atB:nextB], o[atO:nextO], t[atT:nextT])
		if !ok {
			return "", false
		}
		for _, line := range chunk {
			out.WriteString(line)
		}
		if nextB == len(b) {
			return out.String(), true
		}
		out.WriteString(b[nextB])
		atB, atO, atT = nextB+1, nextO+1, nextT+1
	}
}

func mergeChunk(base, ours, theirs []string) (merged []string, ok bool) {
	switch {
	case slices.Equal(ours, theirs) || slices.Equal(theirs, base):
		return ours, true
	case slices.Equal(ours, base):
		return theirs, true
	}
	return nil, false
}

// Line is one line of a comparison.
type Line struct {
	// Change is "" for a line that both texts have, "-" for one of the first alone, "+" for one of the second.
	Change string `json:"change,omitempty"`
	Text   string `json:"text"`
}

// compareLines gives the lines of two texts, what was taken away before what came.
func compareLines(before, after string) []Line {
	a, b := split(before), split(after)
	match := matching(a, b)
	var lines []Line
	j := 0
	add := func(change, text string) {
		if text != "" {
			lines = append(lines, Line{change, strings.TrimSuffix(text, "\n")})
		}
	}
	for i, text := range a {
		if match[i] < 0 {
			add("-", text)
			continue
		}
		for ; j < match[i]; j++ {
			add("+", b[j])
		}
		add("", text)
		j++
	}
	for ; j < len(b); j++ {
		add("+", b[j])
	}
	return lines
}
