package access

import (
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Reached is how far a learner is in a subsection that others wait for, in percent from 0 to 100.
type Reached struct {
	Score, Completion float64
	// Unscored says that nothing there can earn points, so that no score can be asked for.
	Unscored bool
}

// Need is what has to be done before something opens: something in this course, or another course to be passed.
type Need struct {
	// Subsection is what to do; nil where it is a course.
	Subsection *course.Subsection
	// Score and Completion are what to reach there, in percent; 0 asks for nothing.
	Score, Completion float64
	// Course is the course to pass first, zero where it is a subsection.
	Course key.Course
}

// met says whether the person has reached what a subsection requires, and what is missing.
func met(p *Person, sub *course.Subsection) (Need, bool) {
	if sub.Requires == nil {
		return Need{}, true
	}
	required, reached := sub.Requires, p.Reached[sub.Requires.Of.Usage.String()]
	need := Need{Subsection: required.Of, Score: required.Score, Completion: required.Completion}
	if reached.Unscored {
		need.Score = 0
	}
	return need, reached.Score >= need.Score && reached.Completion >= need.Completion
}

// Awaited are the subsections that the person has to be measured in: those that others require, for whom requirements bind.
func Awaited(p *Person, published *course.Published) []*course.Subsection {
	if p.Learner == "" || !p.Enrolled || p.Staff() {
		return nil
	}
	var awaited []*course.Subsection
	seen := map[*course.Subsection]bool{}
	for _, sub := range published.Subsections {
		if sub.Requires != nil && !seen[sub.Requires.Of] {
			seen[sub.Requires.Of] = true
			awaited = append(awaited, sub.Requires.Of)
		}
	}
	return awaited
}
