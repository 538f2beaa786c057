package host

import (
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
)

// journey is how far a person is in a course, and what comes next: what the dashboard, a course's home and its dates show.
// It reads what was published and the learner's completion, and runs no block.
type journey struct {
	Sections        []outlineSection
	Units, Complete int
	// Next is where to go on: the unit that was opened last; when that is complete, or was none, the first unit that is not
	// complete behind it, or behind the last complete one; else the first one that is not complete; nil when nothing is left.
	Next *stop
	// Visited says that a unit was opened.
	Visited bool
	// Deadlines are the due dates of what the person may know of, the earliest first.
	Deadlines []deadline
}

// Done is the part of the course's units that is complete, from 0 to 1.
func (j *journey) Done() float64 {
	if j.Units == 0 {
		return 0
	}
	return float64(j.Complete) / float64(j.Units)
}

// Begun reports whether anything was opened or is complete.
func (j *journey) Begun() bool { return j.Visited || j.Complete > 0 }

// stop is a unit that one can go to.
type stop struct{ Title, Part, Link string }

// deadline is a day that counts.
type deadline struct {
	// ID names it within its course: a usage key, "start" or "end".
	ID string
	// Kind says what happens then, in words. Title names the work, "" for the course itself.
	Kind, Title, Link string
	// Course and CourseLink are the course's.
	Course, CourseLink     string
	Graded, Complete, Past bool
	// Open says that the work can be seen now.
	Open bool
	When *instant
	// Left says in words how long is left, "" when it is over.
	Left string
}

// journey walks the course that the request is about.
func (r *request) journey() (*journey, error) {
	done, err := r.done()
	if err != nil {
		return nil, err
	}
	j := &journey{}
	var first, after *stop
	var way []passed
	for _, section := range r.published.Root.Children {
		if !access.Listing(r.person, r.published, section, r.now()).Allowed {
			continue
		}
		s := outlineSection{Title: section.Title()}
		for _, sub := range section.Children {
			walked, err := r.outlineEntry(sub.Subsection, done)
			if err != nil {
				return nil, err
			}
			if !walked.listed {
				continue
			}
			entry := walked.entry
			way = append(way, walked.passed...)
			s.Units, s.Complete = s.Units+entry.Units, s.Complete+entry.Done
			if first == nil {
				first = walked.first
			}
			if walked.touched {
				after = walked.after
			} else if after == nil {
				after = walked.first
			}
			if entry.Due != nil {
				j.Deadlines = append(j.Deadlines, r.deadline(r.words.T("date.due"), sub, &entry))
			}
			s.Subsections = append(s.Subsections, entry)
		}
		j.Units, j.Complete = j.Units+s.Units, j.Complete+s.Complete
		j.Sections = append(j.Sections, s)
	}
	if j.Next = after; after == nil {
		j.Next = first
	}
	if err := r.goOn(j, way); err != nil {
		return nil, err
	}
	j.open()
	j.Deadlines = sorted(j.Deadlines)
	return j, nil
}

// goOn lets the learner go on where he was.
func (r *request) goOn(j *journey, way []passed) error {
	if r.person.Learner == "" {
		return nil
	}
	last, there, err := r.site().Bookmarks.Last(r.ctx(), r.person.Learner)
	if err != nil || !there {
		return err
	}
	j.Visited = true
	at := slices.IndexFunc(way, func(p passed) bool { return p.usage == last })
	if at < 0 {
		return nil // it is closed now, or holds nothing to complete
	}
	for _, p := range way[at:] {
		if !p.complete {
			j.Next = p.stop
			return nil
		}
	}
	return nil
}

// sorted puts deadlines in order of time, in place.
func sorted(deadlines []deadline) []deadline {
	slices.SortStableFunc(deadlines, func(a, b deadline) int { return a.When.At.Compare(b.When.At) })
	return deadlines
}

// open unfolds the section that holds the next unit, or the first one.
func (j *journey) open() {
	for i := range j.Sections {
		for _, entry := range j.Sections[i].Subsections {
			if j.Next != nil && entry.Title == j.Next.Part && entry.Done < entry.Units {
				j.Sections[i].Open = true
				return
			}
		}
	}
	if len(j.Sections) > 0 {
		j.Sections[0].Open = true
	}
}

func (r *request) deadline(kind string, sub *course.Block, entry *outlineSubsection) deadline {
	at := entry.Due.At
	return deadline{
		ID: sub.Usage.String(), Kind: kind, Title: sub.Title(), Course: r.published.Run.Title, CourseLink: "/courses/" + r.course.String(), Link: entry.Link, Graded: entry.Graded, Open: entry.Why == "",
		Complete: entry.Complete, When: entry.Due, Left: r.left(at), Past: !at.After(r.now()),
	}
}

// left says how long is left until an instant, "" when it is over.
func (r *request) left(at time.Time) string {
	left := at.Sub(r.now())
	switch {
	case left <= 0:
		return ""
	case left < 2*time.Hour:
		return r.words.T("left.minutes", int(left/time.Minute)+1)
	case left < 48*time.Hour:
		return r.words.T("left.hours", int(left/time.Hour))
	}
	return r.words.T("left.days", int(left/(24*time.Hour)))
}
