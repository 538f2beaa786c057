package grading

import "fmt"

// Subsection is one subsection of a course as a learner stands in it, in course order.
type Subsection struct {
	// Usage tells subsections apart; a second one of the same usage is left out. "" is never a second one.
	Usage string
	Name  string
	// Type is the OLX attribute format, matched with [AssignmentType].Type.
	Type string
	// Graded says that it counts; without it, or when nothing is possible, the subsection enters nothing.
	Graded bool
	// Score is [Totals].Graded. For the grade that a learner is shown, give 0 earned where results are not included (see
	// [ShowCorrectness.Included]).
	Score     Score
	Attempted bool
	// Open says that the learner may still earn points here. Only [Policy.Need] reads it.
	Open bool
}

// Grade is a learner's grade in a course.
type Grade struct {
	// Percent is the grade, 0.87 for 87 %; more than 1 where weights or overrides allow it.
	Percent float64
	// Letter is "" below the lowest cutoff.
	Letter string
	Passed bool
	// Attempted reports whether any subsection that counts was attempted.
	Attempted bool
	// Types has one entry per assignment type, Rows the breakdown that Open edX shows, both in the policy's order.
	Types []TypeGrade
	Rows  []Row
}

// TypeGrade is what one assignment type contributes (Open edX: grade_breakdown).
type TypeGrade struct {
	Type, Category string
	// Average is the mean of what counts, Weighted that times Weight; the grade is the sum of Weighted.
	Average, Weight, Weighted float64
	// Subsections, Placeholders and Dropped count entries; placeholders stand for subsections that are not published yet.
	Subsections, Placeholders, Dropped int
	// Detail is "Homework = 12.00% of a possible 15.00%".
	Detail string
}

// Row is one line of the breakdown (Open edX: section_breakdown).
type Row struct {
	Percent  float64
	Label    string // "HW 01", "HW Avg"
	Detail   string // "Homework 1 - Ohm's law - 83% (5/6)"
	Category string
	// Prominent marks averages and types with a single entry.
	Prominent bool
	// Mark says why the entry does not count, "" when it does.
	Mark string
	// Usage is the subsection's, "" for averages, single entries of a type and placeholders.
	Usage string
}

// Grade adds a course up. The mean of each type's subsection percents, without the lowest ones, times its weight, summed in
// the policy's order; then rounded to hundredths as Open edX does, which lifts by 0.05 % first.
//
// By hand, with the default policy: homework 80 %, 50 % and ten unpublished is (0.8+0.5)/10 = 0.13, as two of the ten
// zeros are dropped; times 0.15 is 0.0195. A midterm of 90 % adds 0.27. 0.2895 is 28.95 %, lifted 29.0, so 29 %: no letter.
func (p Policy) Grade(subsections []Subsection) Grade {
	var grade Grade
	var total float64
	for _, g := range p.groups(subsections) {
		average, dropped := averageWithDrops(g.percents, g.DropCount)
		result := g.grade(average, dropped)
		total += result.Weighted
		grade.Types = append(grade.Types, result)
		grade.Rows = append(grade.Rows, g.rows(average, dropped)...)
		grade.Attempted = grade.Attempted || g.attempted()
	}
	grade.Percent = coursePercent(total)
	grade.Letter, grade.Passed = p.Letter(grade.Percent), p.Passed(grade.Percent)
	return grade
}

// coursePercent is Open edX's round_away_from_zero(percent * 100 + 0.05) / 100.
func coursePercent(total float64) float64 { return roundAway(float64(total*100)+0.05) / 100 }

// group is one assignment type with its entries: subsections in course order, then placeholders up to MinCount.
type group struct {
	AssignmentType
	subsections []*Subsection // nil for a placeholder
	percents    []float64
}

// groups lays out the entries of every type. Only graded subsections with possible points enter.
func (p Policy) groups(subsections []Subsection) []group {
	byType := map[string][]*Subsection{}
	seen := map[string]bool{}
	for i := range subsections {
		s := &subsections[i]
		if !s.Graded || s.Score.Possible <= 0 || s.Usage != "" && seen[s.Usage] {
			continue
		}
		seen[s.Usage] = true
		byType[s.Type] = append(byType[s.Type], s)
	}
	groups := make([]group, 0, len(p.Types))
	for _, t := range p.Types {
		g := group{AssignmentType: t}
		for _, s := range byType[t.Type] {
			g.subsections = append(g.subsections, s)
			g.percents = append(g.percents, s.Score.Percent())
		}
		for len(g.percents) < t.MinCount {
			g.subsections = append(g.subsections, nil)
			g.percents = append(g.percents, 0)
		}
		groups = append(groups, g)
	}
	return groups
}

// weighted is rounded before it is added to anything, see pynum.go.
func (g group) weighted(average float64) float64 { return float64(average * g.Weight) }

func (g group) grade(average float64, dropped []bool) TypeGrade {
	result := TypeGrade{
		Type: g.Type, Category: g.category(), Average: average, Weight: g.Weight, Weighted: g.weighted(average),
	}
	for i, s := range g.subsections {
		if s == nil {
			result.Placeholders++
		} else {
			result.Subsections++
		}
		if dropped[i] {
			result.Dropped++
		}
	}
	result.Detail = fmt.Sprintf("%s = %s of a possible %s", g.category(), percentText(result.Weighted, 2), percentText(g.Weight, 2))
	return result
}

func (g group) attempted() bool {
	for _, s := range g.subsections {
		if s != nil && s.Attempted {
			return true
		}
	}
	return false
}
