package host

import (
	"html/template"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// dashboardBody is what a learner finds on coming back.
type dashboardBody struct {
	// Resume is the one thing to do now; nil when nothing waits.
	Resume *going
	// Soon is what is due in the next days, Later what is due first behind them; nil for nothing.
	Soon  []deadline
	Later *deadline
	// Mine are the courses that run, Coming those that will.
	Mine, Coming []going
	Past         []card
	// Cards are what apps of the courses that run and of the site show.
	Cards []appCard
}

// appCard is an app's card, with the course that it is from; "" for the site.
type appCard struct {
	HTML   template.HTML
	Course string
}

// addCards adds the cards of the apps here: a course's or the site's.
func (r *request) addCards(body *dashboardBody, title string) error {
	for _, app := range r.apps(wire.SlotDashboardCard) {
		html, err := r.late(&app, wire.SlotDashboardCard, "", "card-"+strconv.Itoa(len(body.Cards)))
		if err != nil {
			return err
		}
		body.Cards = append(body.Cards, appCard{HTML: html, Course: title})
	}
	return nil
}

// soonDays is how many days the dashboard looks ahead.
const soonDays = 7

// divide keeps what is due soon apart from what comes first behind it.
func (b *dashboardBody) divide(all []deadline, now time.Time) {
	b.Soon = nil
	for _, d := range upcoming(all, len(all)) {
		switch {
		case d.When.At.Before(now.AddDate(0, 0, soonDays)):
			b.Soon = append(b.Soon, d)
		case b.Later == nil:
			b.Later = &d
		}
	}
}

// going is a course that the reader is in.
type going struct {
	Card  card
	Place *stop
	Done  float64
	Begun bool
	// Progress says that the course has such a page.
	Progress bool
	// Why says why the course cannot be entered yet.
	Why string
}

// front is the site's first page: one's own courses, or the catalogue.
func (r *request) front() error {
	if r.user == nil {
		return r.catalogue()
	}
	members, err := r.site().People.Runs(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	body := &dashboardBody{}
	for _, member := range members {
		if !member.Enrolled && len(member.Roles) == 0 {
			continue
		}
		if err := r.addGoing(body, member.Run); err != nil {
			return err
		}
	}
	site := *r
	site.inSite()
	if err := site.addCards(body, ""); err != nil {
		return err
	}
	deadlines := sorted(body.Soon)
	body.Resume = body.resume()
	body.divide(deadlines, r.now())
	return r.show("front.html", page{Title: r.words.T("front.title"), Body: body})
}

// addGoing puts one course of the reader's where it belongs.
func (r *request) addGoing(body *dashboardBody, name string) error {
	in, err := r.within(name)
	if in == nil || err != nil {
		return err
	}
	c := in.card(&in.published.Run)
	c.Enrolled, c.Link = in.person.Enrolled, "/courses/"+in.course.String()
	if c.Ends != nil {
		body.Past = append(body.Past, c)
		return nil
	}
	g := going{Card: c, Progress: in.showsProgress()}
	if verdict := access.Listing(in.person, in.published, in.published.Root, r.now()); !verdict.Allowed {
		g.Why = in.why(verdict)
		body.add(g)
		return nil
	}
	j, err := in.journey()
	if err != nil {
		return err
	}
	g.Place, g.Done, g.Begun = j.Next, j.Done(), j.Begun()
	body.add(g)
	body.Soon = append(body.Soon, j.Deadlines...)
	return in.addCards(body, c.Title)
}

// add puts a course with those that run or with those that will.
func (b *dashboardBody) add(g going) {
	if g.Card.Starts != nil {
		b.Coming = append(b.Coming, g)
	} else {
		b.Mine = append(b.Mine, g)
	}
}

// resume chooses the course to go on with: the one whose work is due first, else one that is begun, else any.
func (b *dashboardBody) resume() *going {
	var best *going
	for i := range b.Mine {
		g := &b.Mine[i]
		if g.Place == nil || !g.Card.Enrolled {
			continue
		}
		if best == nil || b.due(g).Before(b.due(best)) || b.due(g).Equal(b.due(best)) && g.Begun && !best.Begun {
			best = g
		}
	}
	return best
}

// due is when a course's next work is due, far away when none is.
func (b *dashboardBody) due(g *going) time.Time {
	for _, d := range b.Soon {
		if d.CourseLink == g.Card.Link {
			return d.When.At
		}
	}
	return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
}
