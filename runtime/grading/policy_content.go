package grading

import (
	"fmt"
	"maps"
	"slices"
)

// CheckSubsections compares the policy with a course's subsections: types that the policy does not have, numbers that do
// not fit. Of the subsections it reads Type, Graded, Name and whether anything is possible.
func (p Policy) CheckSubsections(subsections []Subsection) []Warning {
	var c policyChecks
	counts := map[string]int{}
	strangers := map[string][]string{}
	known := map[string]bool{}
	for _, t := range p.Types {
		known[t.Type] = true
	}
	for _, s := range subsections {
		switch {
		case !s.Graded:
		case !known[s.Type]:
			strangers[s.Type] = append(strangers[s.Type], s.Name)
		case s.Score.Possible > 0:
			counts[s.Type]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(strangers)) {
		c.stranger(name, strangers[name])
	}
	for i, t := range p.Types {
		c.count(fmt.Sprintf("%s[%d]", graderKey, i), t, counts[t.Type])
	}
	return c.found
}

func (c *policyChecks) stranger(name string, subsections []string) {
	what := fmt.Sprintf("the assignment type %q", clip(name))
	if name == "" {
		what = "no assignment type"
	}
	c.add(graderKey, fmt.Sprintf("%d graded subsections have %s, which the grading policy does not list, so they count nothing; the first is %q",
		len(subsections), what, clip(subsections[0])), "choose a listed type for them, or add the type to the policy")
}

func (c *policyChecks) count(where string, t AssignmentType, published int) {
	fix := fmt.Sprintf("set min_count to %d when nothing more is to come", published)
	switch {
	case published < t.MinCount:
		c.add(where+".min_count", fmt.Sprintf("%d of %d %q subsections are published; each missing one counts as 0 %%",
			published, t.MinCount, clip(t.Type)), fix)
	case published > t.MinCount:
		c.add(where+".min_count", fmt.Sprintf("the policy expects %d %q subsections and there are %d; all of them count",
			t.MinCount, clip(t.Type), published), fix)
	}
	// Check says so itself where MinCount alone shows it.
	if t.MinCount == 0 && published > 0 && t.DropCount >= published {
		c.add(where+".drop_count", fmt.Sprintf("all %d %q subsections are left out, so the average is 0 %%", published, clip(t.Type)),
			"leave out fewer")
	}
}
