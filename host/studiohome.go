package host

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// studioHomeBody is Studio's first page.
type studioHomeBody struct {
	// Query is what was searched for.
	Query   string
	Courses []studioCourse
	// Any says that there are courses besides those that were found.
	Any bool
	// More says that there are more than are shown.
	More bool
}

// studioCourse is a course as the home lists it.
type studioCourse struct {
	Key, Title, Link, Note, State string
}

// maxStudioCourses bounds what the home shows, maxStudioLooked what a site admin's search looks through.
const (
	maxStudioCourses = 100
	maxStudioLooked  = 5000
)

func (r *request) studioHome() error {
	runs, err := r.studioRuns()
	if err != nil {
		return err
	}
	if len(runs) == 0 && !r.mayCreate() {
		return errNotFound
	}
	body := &studioHomeBody{Query: clip(r.Query("q"), 200), Any: len(runs) > 0}
	for i := range runs {
		run := &runs[i]
		if !runMatches(run, body.Query) {
			continue
		}
		if len(body.Courses) == maxStudioCourses {
			body.More = true
			break
		}
		body.Courses = append(body.Courses, r.studioCourse(run))
	}
	return r.showStudio(fiber.StatusOK, "studio_home.html", "", page{Title: r.words.T("studio.title"), Body: body})
}

func (r *request) studioCourse(run *course.Run) studioCourse {
	c := studioCourse{Key: run.Key, Title: run.Title, Link: "/studio/courses/" + run.Key, Note: run.Org + " · " + run.Number + " · " + run.Name}
	c.State = r.words.T("studio.state_published", run.Head.At)
	if run.Head.Root == "" {
		c.State = r.words.T("studio.state_unpublished")
	}
	return c
}

// runMatches reports whether every word of a text stands in the run's title or key.
func runMatches(run *course.Run, text string) bool {
	said := course.Fold(run.Title + "\n" + run.Key)
	for word := range strings.FieldsSeq(course.Fold(text)) {
		if !strings.Contains(said, word) {
			return false
		}
	}
	return true
}

// studioRuns are the courses that the reader may change, by title: all of them for a site admin.
func (r *request) studioRuns() ([]course.Run, error) {
	var runs []course.Run
	if r.user.Has(people.SiteAdmin) {
		for after := store.Cursor(""); len(runs) < maxStudioLooked; {
			some, next, err := r.site().Courses.Runs(r.ctx(), after, 500)
			if err != nil {
				return nil, err
			}
			runs = append(runs, some...)
			if after = next; next == "" {
				break
			}
		}
	} else {
		keys, err := r.authored()
		if err != nil {
			return nil, err
		}
		for _, one := range keys {
			run, err := r.site().Courses.Run(r.ctx(), one)
			if errors.Is(err, course.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			runs = append(runs, run)
		}
	}
	slices.SortStableFunc(runs, func(a, b course.Run) int {
		return cmp.Or(cmp.Compare(course.Fold(a.Title), course.Fold(b.Title)), cmp.Compare(a.Key, b.Key))
	})
	return runs, nil
}
