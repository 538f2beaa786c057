package course

import (
	"encoding/json"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Requirement says what has to be reached in another subsection first.
type Requirement struct {
	// Of is that subsection.
	Of *Subsection
	// Score and Completion are percentages from 0 to 100, both inclusive bounds.
	Score, Completion float64
}

// whole is what Open edX asks for where a prerequisite names no percentage.
const whole = 100

// link finds what subsections require of each other, and which other courses have to be passed first. Open edX gates on
// required_content while the course does not switch that off; a usage key in it may be another run's, from the archive that
// was imported, so the block's type and id count. What is not in the course any more, the subsection itself, and whatever
// leads back to it require nothing: a learner could never reach them.
func (p *Published) link() {
	p.Requires = courseKeys(p.Run.Settings["pre_requisite_courses"])
	if p.Run.Settings["enable_subsection_gating"] == "false" {
		return
	}
	for _, sub := range p.Subsections {
		of := p.named(sub.Settings.RequiredContent)
		if of == nil || leadsTo(of, sub) {
			continue
		}
		sub.Requires = &Requirement{Of: of, Score: percentage(sub.Settings.RequiredScore), Completion: percentage(sub.Settings.RequiredCompletion)}
	}
}

func percentage(given *float64) float64 {
	if given == nil {
		return whole
	}
	return min(max(*given, 0), whole)
}

// leadsTo reports whether a subsection is another one or waits for it.
func leadsTo(from, to *Subsection) bool {
	for at := from; at != nil; at = at.Requires.of() {
		if at == to {
			return true
		}
	}
	return false
}

func (r *Requirement) of() *Subsection {
	if r == nil {
		return nil
	}
	return r.Of
}

// named finds a subsection by a usage key, or by its block id alone; nil when there is none.
func (p *Published) named(text string) *Subsection {
	text = strings.TrimSpace(text)
	blockType, id := "sequential", text
	if usage, err := key.ParseUsage(text); err == nil {
		blockType, id = usage.Type, usage.ID
	}
	for _, sub := range p.Subsections {
		if sub.Usage.Type == blockType && sub.Usage.ID == id {
			return sub
		}
	}
	return nil
}

// courseKeys reads a list of course keys; what is none is left out.
func courseKeys(text string) []key.Course {
	var names []string
	if json.Unmarshal([]byte(text), &names) != nil {
		return nil
	}
	var courses []key.Course
	for _, name := range names {
		if course, err := key.ParseCourse(name); err == nil {
			courses = append(courses, course)
		}
	}
	return courses
}

// SelfPaced reports whether learners of the course set their own pace: its dates count from each one's enrolment.
func (b *Block) SelfPaced() bool { return b.Settings.SelfPaced != nil && *b.Settings.SelfPaced }
