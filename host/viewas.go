package host

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A course's staff look at the course as somebody else by an address that says so: behind the course's key stand whom they
// look as, in which content group and at which instant, such as ";as=learner;group=50:1;at=2026-12-01T10:00:00Z". It holds
// for that address alone, so that another window stays one's own, and it can be sent to a colleague. Nothing is written in it.

// viewing is one such look.
type viewing struct {
	// Learner is a pseudonym in the run, "" for a learner in general.
	Learner string
	// Name is the learner's, for the bar.
	Name string
	// Partition and Group are a content group, Partition "" for none.
	Partition string
	Group     int
	// At is the instant, zero for now.
	At time.Time
}

// segment is how it stands behind the course's key: letters, digits and what needs no escapes in addresses, HTML and JSON.
func (v *viewing) segment() string {
	out := ";as=learner"
	if v.Learner != "" {
		out = ";as=" + v.Learner
	}
	if v.Partition != "" {
		out += ";group=" + v.Partition + ":" + strconv.Itoa(v.Group)
	}
	if !v.At.IsZero() {
		out += ";at=" + v.At.UTC().Format(time.RFC3339)
	}
	return out
}

// parseViewing reads what stands behind the key; ok is false for what nobody made here.
func parseViewing(text string) (v viewing, ok bool) {
	for i, part := range strings.Split(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case i == 0 && name == "as" && value == "learner":
		case i == 0 && name == "as" && pseudonymPattern.MatchString(value):
			v.Learner = value
		case name == "group":
			if v.Partition, v.Group, ok = parseGroup(value); !ok {
				return v, false
			}
		case name == "at":
			var err error
			if v.At, err = time.Parse(time.RFC3339, value); err != nil {
				return v, false
			}
		default:
			return v, false
		}
	}
	return v, ";"+text == v.segment()
}

var groupPattern = regexp.MustCompile(`^([0-9]{1,12}):([0-9]{1,12})$`)

// parseGroup reads "PARTITION:GROUP".
func parseGroup(text string) (partition string, group int, ok bool) {
	parts := groupPattern.FindStringSubmatch(text)
	if parts == nil {
		return "", 0, false
	}
	group, err := strconv.Atoi(parts[2])
	return parts[1], group, err == nil
}

// viewAs puts another person in the place of a member of staff. To everybody else such an address does not exist. Nobody gains
// a right by it: a learner's are fewer than those of staff, and staff who are looked at are looked at as learners.
func (r *request) viewAs(text string) error {
	actor := r.person
	if r.user == nil {
		return errSignIn
	}
	v, ok := parseViewing(text)
	if !ok || !actor.Staff() {
		return errNotFound
	}
	viewed := &access.Person{User: actor.User, Run: r.course, Enrolled: true, Since: v.now(r.now())}
	if v.Learner != "" {
		learner, user, err := r.site().LearnerOf(r.ctx(), r.course, v.Learner)
		if errors.Is(err, people.ErrNotFound) {
			return errNotFound
		}
		if err != nil {
			return err
		}
		viewed, v.Name = learner, user.Name
		if v.Name == "" {
			v.Name = user.Username
		}
	}
	if v.Partition != "" {
		groups := map[string]int{v.Partition: v.Group}
		for partition, group := range viewed.Groups {
			if partition != v.Partition {
				groups[partition] = group
			}
		}
		viewed.Groups = groups
	}
	viewed.ReadOnly, viewed.Actor, viewed.At = true, actor.User, v.At
	viewed.Locale, viewed.Zone = actor.Locale, actor.Zone
	r.viewing, r.person = &v, viewed
	if unsafeMethod(r.Method()) && !r.route.Looks {
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	}
	return r.auditView(actor)
}

func (v *viewing) now(clock time.Time) time.Time {
	if v.At.IsZero() {
		return clock
	}
	return v.At
}

// viewedEvent is the name under which looking as somebody else is logged.
const viewedEvent = "course.viewed_as"

// auditView logs who looked as whom at what, before anything is shown. Files tell nothing of a learner.
func (r *request) auditView(actor *access.Person) error {
	if strings.HasSuffix(r.route.Path, "/static/*") {
		return nil
	}
	data, err := json.Marshal(map[string]string{
		"subject": r.viewing.Learner, "as": strings.TrimPrefix(r.viewing.segment(), ";"), "method": r.Method(), "address": r.route.Path,
		"block": r.param("usage") + r.param("id"),
	})
	if err != nil {
		return err
	}
	_, err = r.site().Events.Append(r.ctx(), wire.Event{
		Name: viewedEvent, Actor: actor.Learner, Session: r.session.ID, Run: r.course.String(), Request: r.id, Data: data,
	})
	return err
}

// keepMode makes every address of the course in an answer keep the look. It is done once, to what goes out, so that no page
// and no author's link can lose it.
func (r *request) keepMode() {
	if r.viewing == nil || r.Response().IsBodyStream() {
		return
	}
	base, segment := "/courses/"+r.course.String(), r.viewing.segment()
	if to := string(r.Response().Header.Peek(fiber.HeaderLocation)); to != "" {
		r.Set(fiber.HeaderLocation, keepIn(to, base, segment))
	}
	kind := string(r.Response().Header.ContentType())
	if !strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(kind, fiber.MIMEApplicationJSON) {
		return
	}
	body := string(r.Response().Body())
	for _, plus := range []string{"+", "&#43;", "\\u002b", "%2B", "%2b"} {
		body = keepIn(body, strings.ReplaceAll(base, "+", plus), segment)
	}
	r.Response().SetBodyString(body)
}

// keepIn puts the segment behind each course address of a text.
func keepIn(text, base, segment string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, base)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString(base)
		if after == "" || strings.ContainsRune(`/?#"'& <\)`, rune(after[0])) {
			out.WriteString(segment)
		}
		text = after
	}
}

// plainAddress is the address of this page as one's own. Its colon is written as an escape, so that keepMode leaves it alone.
func (r *request) plainAddress(path string) string {
	return "/courses/" + strings.Replace(r.course.String(), ":", "%3A", 1) + path
}

// pathInCourse is what of this page's address follows the course, "" for a page that was sent to.
func (r *request) pathInCourse() string {
	address, err := url.Parse(r.OriginalURL())
	if err != nil || unsafeMethod(r.Method()) {
		return ""
	}
	parts := strings.SplitN(address.EscapedPath(), "/", 4)
	if len(parts) < 4 {
		return ""
	}
	return "/" + parts[3]
}

// viewBar says above each page how one looks at it.
type viewBar struct {
	Text          string
	Change, Leave string
}

func (r *request) viewBar() *viewBar {
	v := r.viewing
	if v == nil {
		return nil
	}
	texts := []string{r.words.T("view.as_learner")}
	if v.Name != "" {
		texts[0] = r.words.T("view.as_named", v.Name)
	}
	if v.Partition != "" {
		texts = append(texts, r.words.T("view.in_group", r.groupName(v.Partition, v.Group)))
	}
	if !v.At.IsZero() {
		texts = append(texts, r.words.T("view.at", v.At))
	}
	path := r.pathInCourse()
	query := url.Values{"back": {path}}
	if v.Partition != "" {
		query.Set("group", v.Partition+":"+strconv.Itoa(v.Group))
	}
	if !v.At.IsZero() {
		query.Set("at", v.At.In(r.words.Zone).Format(localMinute))
	}
	return &viewBar{
		Text: strings.Join(texts, " · "), Leave: r.plainAddress(path), Change: r.plainAddress("/view-as") + "?" + query.Encode(),
	}
}
