package host

import (
	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
)

// datesBody is a course's calendar as a list.
type datesBody struct {
	Ahead, Past []deadline
	// Zone is the zone that the times are written in.
	Zone string
	// Feed is how the dates get into one's calendar; nil for those who are not in the course.
	Feed *feedPart
}

// dates lists the days that count in a course: what is due, and the course's own.
func (r *request) dates() error {
	if verdict := access.Listing(r.person, r.published, r.published.Root, r.now()); !verdict.Allowed {
		return r.Redirect("/courses/"+r.course.String()+"/about", fiber.StatusSeeOther)
	}
	return r.showDates(nil)
}

// showDates shows the page, with an address that was made just now.
func (r *request) showDates(made *feedPart) error {
	j, err := r.journey()
	if err != nil {
		return err
	}
	body := &datesBody{Zone: r.words.Zone.String()}
	if body.Feed, err = r.feedsOf(); err != nil {
		return err
	}
	if made != nil && body.Feed != nil {
		body.Feed.Address, body.Feed.Open, body.Feed.Everything = made.Address, made.Open, made.Everything
	}
	for _, d := range sorted(append(j.Deadlines, r.courseDates()...)) {
		if d.Past {
			body.Past = append(body.Past, d)
		} else {
			body.Ahead = append(body.Ahead, d)
		}
	}
	return r.show("dates.html", page{Title: r.words.T("dates.title"), Body: body, Course: r.coursePart("dates")})
}

// courseDates are when the course begins and ends, where its team has set that.
func (r *request) courseDates() []deadline {
	var out []deadline
	for _, day := range []struct{ name, kind string }{{"start", r.words.T("date.start")}, {"end", r.words.T("date.end")}} {
		at := r.published.Run.Time(day.name)
		if at.IsZero() {
			continue
		}
		out = append(out, deadline{
			ID: day.name, Kind: day.kind, Course: r.published.Run.Title, CourseLink: "/courses/" + r.course.String(), When: r.instant(at),
			Left: r.left(at), Past: !at.After(r.now()),
		})
	}
	return out
}
