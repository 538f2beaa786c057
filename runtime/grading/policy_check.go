package grading

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Check finds what works and is probably not meant: weights that do not add up, letters out of order, a type that drops
// everything. [Policy.CheckSubsections] adds what shows only beside the course's content.
func (p Policy) Check() []Warning {
	var c policyChecks
	c.weights(p.Types)
	c.types(p.Types)
	c.cutoffs(p)
	c.scale(p.Cutoffs)
	return c.found
}

type policyChecks struct{ found []Warning }

func (c *policyChecks) add(where, message, fix string) {
	c.found = append(c.found, Warning{where, message, fix})
}

func (c *policyChecks) weights(types []AssignmentType) {
	if len(types) == 0 {
		c.add(graderKey, "there are no assignment types, so every grade stays 0 %", "add at least one assignment type")
		return
	}
	var sum float64
	for _, t := range types {
		sum += t.Weight
	}
	switch {
	case math.Abs(sum-1) < 0.00005: // a two-hundredth of a percent
	case sum < 1:
		c.add(graderKey, fmt.Sprintf("the weights add up to %s, so full points everywhere give %s only", inPercent(sum), inPercent(sum)),
			"change the weights so that they add up to 100 %")
	default:
		c.add(graderKey, fmt.Sprintf("the weights add up to %s, so a grade can exceed 100 %%", inPercent(sum)),
			"change the weights so that they add up to 100 %, or leave them if the rest is extra credit")
	}
}

func (c *policyChecks) types(types []AssignmentType) {
	seen := map[string]bool{}
	for i, t := range types {
		where := fmt.Sprintf("%s[%d]", graderKey, i)
		if seen[t.Type] {
			c.add(where+".type", fmt.Sprintf("%q is listed twice, and its subsections count in both", clip(t.Type)), "remove one of them")
		}
		seen[t.Type] = true
		if strings.TrimSpace(t.Type) != t.Type {
			c.add(where+".type", fmt.Sprintf("%q begins or ends with a blank, and subsections must match it exactly", clip(t.Type)),
				"remove the blank here and in the subsections")
		}
		if t.DropCount > 0 && t.MinCount > 0 && t.DropCount >= t.MinCount {
			c.add(where+".drop_count", fmt.Sprintf("of %d %q subsections %d are left out; unless there are more, the average is 0 %%",
				t.MinCount, clip(t.Type), t.DropCount), "leave out fewer")
		}
		if t.ShowOnlyAverage && t.HideAverage && t.MinCount != 1 {
			c.add(where, fmt.Sprintf("%q shows neither its subsections nor its average", clip(t.Type)),
				"switch off show_only_average or hide_average")
		}
	}
}

func (c *policyChecks) cutoffs(p Policy) {
	if _, some := p.PassingFrom(); !some {
		c.add(cutoffsKey, "there is no cutoff above 0, so nobody can pass", `add one, such as {"Pass": 0.5}`)
	}
	first := map[float64]string{}
	for _, cutoff := range p.Cutoffs {
		where := cutoffsKey + "." + clip(cutoff.Letter)
		switch {
		case strings.TrimSpace(cutoff.Letter) == "":
			c.add(where, "this grade has no name, so learners who reach it see none", "name it")
		case cutoff.From > 1:
			c.add(where, fmt.Sprintf("%v is %s, which can hardly be reached", cutoff.From, inPercent(cutoff.From)), "write 0.9 for 90 %")
		case cutoff.From < 0:
			c.add(where, fmt.Sprintf("%v is negative, so everybody has this grade", cutoff.From), "write 0.5 for 50 %")
		}
		if other, equal := first[cutoff.From]; equal {
			c.add(where, fmt.Sprintf("starts at %s like %q, so it is never given", inPercent(cutoff.From), clip(other)),
				"give each grade a cutoff of its own")
			continue
		}
		first[cutoff.From] = cutoff.Letter
	}
}

// scale compares letters that everybody reads as ordered, from A+ to F; other names carry no order.
func (c *policyChecks) scale(cutoffs []Cutoff) {
	for i, better := range cutoffs {
		for j, worse := range cutoffs {
			a, known := letterRank(better.Letter)
			b, also := letterRank(worse.Letter)
			if i == j || !known || !also || a >= b || better.From >= worse.From {
				continue
			}
			c.add(cutoffsKey, fmt.Sprintf("%s starts at %s, below %s at %s", better.Letter, inPercent(better.From), worse.Letter, inPercent(worse.From)),
				"put the cutoffs in order, the best grade highest")
		}
	}
}

// letterRank is 0 for A+, 1 for A, 2 for A-, 3 for B+ and so on.
func letterRank(letter string) (int, bool) {
	if letter == "" || len(letter) > 2 || letter[0] < 'A' || letter[0] > 'F' {
		return 0, false
	}
	rank := int(letter[0]-'A') * 3
	switch letter[1:] {
	case "+":
		return rank, true
	case "":
		return rank + 1, true
	case "-":
		return rank + 2, true
	}
	return 0, false
}

// inPercent prints for people: 0.955 is "95.5 %".
func inPercent(v float64) string {
	return strconv.FormatFloat(roundHundredths(v*100), 'f', -1, 64) + " %"
}
