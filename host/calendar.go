package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// calendarRoutes are a person's dates for his calendar: as a file, and as an address that a calendar reads by itself.
func calendarRoutes() []Route {
	const course = "/courses/:course"
	return []Route{
		{Method: "GET", Path: course + "/calendar.ics", Who: Course, Kind: File, Handle: (*request).calendarFile},
		{Method: "POST", Path: course + "/calendar", Who: Course, Kind: Page, Handle: (*request).changeFeed},
		{Method: "GET", Path: "/calendar/:feed", Who: Anyone, Kind: File, Handle: (*request).feed, Secret: true},
		{Method: "POST", Path: "/account/calendar/stop", Who: SignedIn, Kind: Page, Handle: (*request).stopFeed},
	}
}

// How often a feed is read, and how often somebody may ask for feeds that there are not.
var (
	feedReads   = ports.Rate{Events: 120, Period: time.Hour}
	feedGuesses = ports.Rate{Events: 60, Period: time.Hour}
)

const calendarType = "text/calendar; charset=utf-8"

// calendarFile gives a course's dates once, to be put into a calendar.
func (r *request) calendarFile() error {
	if verdict := access.Listing(r.person, r.published, r.published.Root, r.now()); !verdict.Allowed {
		return errNotFound
	}
	events, err := r.datesOf()
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="dates.ics"`)
	return r.sendCalendar(r.published.Run.Title, events)
}

// datesOf gives the dates of the request's course as the dates page lists them.
func (r *request) datesOf() ([]*ics.VEvent, error) {
	j, err := r.journey()
	if err != nil {
		return nil, err
	}
	var events []*ics.VEvent
	for _, d := range append(j.Deadlines, r.courseDates()...) {
		events = append(events, r.event(&d))
	}
	return events, nil
}

// event writes one date. Work that is not open is not named: a feed goes to other people's computers.
func (r *request) event(d *deadline) *ics.VEvent {
	sum := sha256.Sum256([]byte(r.course.String() + "\n" + d.ID))
	event := ics.NewEvent(hex.EncodeToString(sum[:16]) + "@" + r.server.public.Hostname())
	summary := oneLine(d.Kind + ": " + d.Course)
	link := d.CourseLink + "/dates"
	if d.Open {
		summary = oneLine(d.Kind + ": " + d.Title)
	}
	if d.Link != "" {
		link = d.Link
	}
	event.SetDtStampTime(r.now())
	event.SetLastModifiedAt(r.published.Head.At)
	event.SetStartAt(d.When.At) // a moment, which has no end
	event.SetSummary(summary)
	event.SetDescription(oneLine(d.Course) + "\n" + r.server.origin() + link)
	event.SetURL(r.server.origin() + link)
	event.SetTimeTransparency(ics.TransparencyTransparent)
	event.SetStatus(ics.ObjectStatusConfirmed)
	if d.Graded && !d.Complete && !d.Past {
		alarm := event.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetDescription(summary)
		alarm.SetTrigger("-P1D")
	}
	return event
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// sendCalendar writes the calendar (RFC 5545): moments in UTC, lines folded and ended as the format wants.
func (r *request) sendCalendar(name string, events []*ics.VEvent) error {
	calendar := ics.NewCalendarFor("Quoin")
	calendar.SetProductId("-//Quoin//Dates//" + strings.ToUpper(r.words.Language))
	calendar.SetXWRCalName(oneLine(name))
	calendar.SetXPublishedTTL("PT6H")
	calendar.SetRefreshInterval("PT6H", ics.WithValue(string(ics.ValueDataTypeDuration)))
	for _, event := range events {
		calendar.AddVEvent(event)
	}
	r.Set(fiber.HeaderContentType, calendarType)
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	r.Set("X-Robots-Tag", "noindex")
	return r.SendString(calendar.Serialize(ics.WithNewLineWindows))
}

// feed answers a calendar that has no cookie: the address is the secret.
func (r *request) feed() error {
	secret := strings.TrimSuffix(r.param("feed"), ".ics")
	user, feed, err := r.site().People.FindFeed(r.ctx(), secret)
	if errors.Is(err, people.ErrToken) {
		if err := r.slowed("feed.guess:"+people.ClientKey(r.client()), feedGuesses); err != nil {
			return err
		}
		return errNotFound
	}
	if err != nil {
		return err
	}
	if err := r.slowed("feed:"+user.ID, feedReads); err != nil {
		return err
	}
	return r.sendFeed(user, feed)
}

// slowed takes one event from a key's allowance; beyond it the error says how long to wait.
func (r *request) slowed(key string, rate ports.Rate) error {
	wait, over, err := r.bounded(key, rate)
	if over {
		return fiber.NewError(fiber.StatusTooManyRequests, r.slowText(wait))
	}
	return err
}

// sendFeed gives the dates as their owner sees them, whoever's cookie came along.
func (r *request) sendFeed(user people.User, feed people.Feed) error {
	r.user, r.binding, r.session = &user, "", people.Session{}
	r.words = r.server.words.For(time.UTC, user.Locale)
	var events []*ics.VEvent
	name := r.words.T("feed.name")
	members, err := r.site().People.Runs(r.ctx(), user.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if !m.Enrolled || feed.Run != "" && m.Run != feed.Run {
			continue
		}
		in, err := r.within(m.Run)
		if err != nil {
			return err
		}
		if in == nil || !access.Listing(in.person, in.published, in.published.Root, r.now()).Allowed {
			continue
		}
		if feed.Run != "" {
			name = in.published.Run.Title
		}
		dates, err := in.datesOf()
		if err != nil {
			return err
		}
		events = append(events, dates...)
	}
	return r.sendCalendar(name, events)
}

// within is the same request inside one of the reader's courses; nil when there is no such course any more.
func (r *request) within(name string) (*request, error) {
	run, err := key.ParseCourse(name)
	if err != nil || run.Library() {
		return nil, nil //nolint:nilerr // a key that does not parse names no course
	}
	in := *r
	in.finished, in.course = nil, run
	in.published, err = r.site().Courses.Published(r.ctx(), run)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	in.person, err = r.site().Person(r.ctx(), r.user, run)
	return &in, err
}

// feedPart is what the dates page says of feeds.
type feedPart struct {
	// Made are when the feeds of this course and of all courses were made; nil where there is none.
	Course, All *instant
	// Address is the new one, shown this once; Open is the same for programs that follow calendars. Everything says that it
	// is the one of all courses.
	Address    string
	Open       template.URL
	Everything bool
}

// feedsOf reads which feeds the reader has; nil for those who are in no course.
func (r *request) feedsOf() (*feedPart, error) {
	if !r.person.Enrolled || r.person.ReadOnly {
		return nil, nil
	}
	feeds, err := r.site().People.Feeds(r.ctx(), r.user.ID)
	if err != nil {
		return nil, err
	}
	part := &feedPart{}
	for _, feed := range feeds {
		switch feed.Run {
		case "":
			part.All = r.instant(feed.Made)
		case r.course.String():
			part.Course = r.instant(feed.Made)
		}
	}
	return part, nil
}

// changeFeed makes a new address for one's calendar, or stops the one that there is.
func (r *request) changeFeed() error {
	if !r.person.Enrolled || r.person.ReadOnly {
		return errNotFound
	}
	run := r.course.String()
	all := r.form("scope") == "all"
	if all {
		run = ""
	}
	if r.form("do") == "stop" {
		if err := r.site().People.DropFeed(r.ctx(), r.user.ID, run); err != nil {
			return err
		}
		return r.Redirect("/courses/"+r.course.String()+"/dates#calendar", fiber.StatusSeeOther)
	}
	secret, err := r.site().People.NewFeed(r.ctx(), r.user.ID, run)
	if err != nil {
		return err
	}
	address := r.server.origin() + "/calendar/" + secret + ".ics"
	_, rest, _ := strings.Cut(address, "://")
	return r.showDates(&feedPart{Address: address, Open: template.URL("webcal://" + rest), Everything: all})
}

// stopFeed stops a feed from the account page, for courses too that one has left.
func (r *request) stopFeed() error {
	if err := r.site().People.DropFeed(r.ctx(), r.user.ID, clip(r.form("run"), 300)); err != nil {
		return err
	}
	return r.saved("feed")
}

// accountFeed is a feed as the account page lists it.
type accountFeed struct {
	Run, Title string
	Made       *instant
}

func (r *request) accountFeeds() ([]accountFeed, error) {
	feeds, err := r.site().People.Feeds(r.ctx(), r.user.ID)
	if err != nil {
		return nil, err
	}
	var out []accountFeed
	for _, feed := range feeds {
		shown := accountFeed{Run: feed.Run, Title: r.words.T("feed.name"), Made: r.instant(feed.Made)}
		if feed.Run != "" {
			shown.Title = feed.Run
			if in, err := r.within(feed.Run); err != nil {
				return nil, err
			} else if in != nil {
				shown.Title = in.published.Run.Title
			}
		}
		out = append(out, shown)
	}
	return out, nil
}
