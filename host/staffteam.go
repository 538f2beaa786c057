package host

import (
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/people"
)

// maxTeam bounds the people that the page of roles shows; beta testers may be more, and the list of people finds them.
const maxTeam = 500

// teamBody is the page of who has which role.
type teamBody struct {
	Grant, Revoke string
	// Who and Chosen were sent, Error stands beside who.
	Who, Error string
	Roles      []choice
	Holders    []holder
	// More says that there are more than are shown, and where.
	More string
	// Undo takes back what was done a moment ago.
	Undo *undoPart
	// Source says what lets the reader change the course without a role in it, "" for nothing.
	Source string
	// Limited says that the reader may make beta testers alone.
	Limited bool
}

// undoPart is a form that takes something back.
type undoPart struct{ Action, Who, Role, Text string }

type holder struct {
	Name, Username, Email string
	Roles                 []heldRole
}

type heldRole struct {
	Role, Name, Who, By string
	At                  *instant
	// Made says that he gave it to himself when he made the course.
	Made bool
	// Revocable says that the reader may take it away; You that it is his own.
	Revocable, You bool
	Label          string
}

// grantable are the roles that the person may give and take: the course's administrators all, its staff beta testers.
func grantable(p *access.Person) []string {
	if p.Admin || p.Has(access.RoleInstructor) {
		return people.CourseRoles()
	}
	return []string{people.RoleBetaTester}
}

// mayRevoke says so too of roles that packages declare.
func mayRevoke(p *access.Person, role string) bool {
	return p.Admin || p.Has(access.RoleInstructor) || slices.Contains(grantable(p), role)
}

// teamPath is where the page stands: among those of the staff, or in Studio, which has it before anything is published.
func (r *request) teamPath() string {
	if r.route.Who == Authors {
		return r.studioPath() + "/settings/team"
	}
	return r.staffPath() + "/team"
}

func (r *request) team() error {
	body := &teamBody{}
	focus, err := r.teamNotice(body)
	if err != nil {
		return err
	}
	return r.showTeam(fiber.StatusOK, body, "", focus)
}

// teamNotice tells what was done a moment ago, as the address says, if it is so, and offers to take it back.
func (r *request) teamNotice(body *teamBody) (*notice, error) {
	role := r.Query("role")
	if !mayRevoke(r.person, role) || r.Query("who") == "" {
		return nil, nil
	}
	member, err := r.site().People.ByPseudonym(r.ctx(), r.course.String(), r.Query("who"))
	if errors.Is(err, people.ErrNotFound) || err == nil && member.User == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	user, err := r.site().People.User(r.ctx(), member.User)
	if err != nil {
		return nil, err
	}
	text, action := r.words.T("team.granted", user.Username, r.roleName(role)), "/team/revoke"
	if !member.Has(role) {
		text, action = r.words.T("team.revoked", user.Username, r.roleName(role)), "/team/grant"
	}
	body.Undo = &undoPart{r.teamPath() + strings.TrimPrefix(action, "/team"), user.Username, role, r.words.T("team.undo_of", text)}
	return &notice{Kind: "good", Text: text}, nil
}

func (r *request) showTeam(status int, body *teamBody, chosen string, focus *notice) error {
	body.Grant, body.Revoke = r.teamPath()+"/grant", r.teamPath()+"/revoke"
	roles := grantable(r.person)
	body.Limited = len(roles) == 1
	for _, role := range roles {
		body.Roles = append(body.Roles, choice{Value: role, Text: r.roleName(role) + ": " + r.words.T("role.may_"+role)})
	}
	if chosen == "" {
		chosen = people.RoleBetaTester                                          // whoever presses too early gives no rights away
		if r.route.Who == Authors && slices.Contains(roles, people.RoleStaff) { // in Studio one looks for who writes along
			chosen = people.RoleStaff
		}
	}
	if r.person.Admin {
		body.Source = r.words.T("team.admin", firstOf(r.user.Name, r.user.Username))
	}
	choose(body.Roles, chosen)
	persons, next, err := r.site().People.List(r.ctx(), r.course.String(), people.Listing{Team: true}, maxTeam, "")
	if err != nil {
		return err
	}
	if next != "" && r.published != nil {
		body.More = r.staffPath() + "/people?role=" + anyRole
	}
	names := map[string]string{}
	for i := range persons {
		h, err := r.holder(&persons[i], names)
		if err != nil {
			return err
		}
		body.Holders = append(body.Holders, h)
	}
	if body.Error != "" {
		focus = &notice{Kind: "bad", Text: r.words.T("form.problems", 1)}
	}
	return r.showStaffStatus(status, "team.html", "team", r.words.T("team.title"), body, focus)
}

func (r *request) holder(p *people.Person, names map[string]string) (holder, error) {
	h := holder{Name: p.Account.Name, Username: p.Account.Username, Email: p.Account.Email}
	for _, role := range p.Roles {
		by, err := r.nameOf(names, role.By)
		if err != nil {
			return h, err
		}
		h.Roles = append(h.Roles, heldRole{
			Role: role.Name, Name: r.roleName(role.Name), Who: p.Account.Username, By: by, Made: role.By == p.User && role.Name == people.RoleInstructor, At: r.instant(role.At), Revocable: mayRevoke(r.person, role.Name), You: p.User == r.user.ID,
			Label: r.words.T("team.revoke_from", p.Account.Username, r.roleName(role.Name)),
		})
	}
	return h, nil
}

// roleSubject finds whom a form of roles names; wrong says what is wrong with the name. An address counts when its owner has
// confirmed it, where the site lets him: anybody may sign up with somebody else's.
func (r *request) roleSubject(who string) (user people.User, wrong string, err error) {
	if who == "" {
		return user, r.words.T("problem.missing"), nil
	}
	user, err = r.site().People.FindUser(r.ctx(), who)
	switch {
	case errors.Is(err, people.ErrNotFound):
		return user, r.words.T("team.nobody"), nil
	case err != nil:
		return user, "", err
	case user.Disabled:
		return user, r.words.T("team.closed"), nil
	case strings.Contains(who, "@") && !user.Confirmed && r.site().Lists.Mails():
		return user, r.words.T("team.unconfirmed"), nil
	}
	return user, "", nil
}

// grantRole gives a role. Who gave it is who is signed in.
func (r *request) grantRole() error {
	who, role := strings.TrimSpace(clip(r.form("who"), 254)), r.form("role")
	declared := strings.Contains(role, "/") && mayRevoke(r.person, role)
	if !slices.Contains(grantable(r.person), role) && !declared {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("team.not_yours"))
	}
	user, wrong, err := r.roleSubject(who)
	if err != nil {
		return err
	}
	if wrong != "" {
		return r.showTeam(fiber.StatusUnprocessableEntity, &teamBody{Who: who, Error: wrong}, role, nil)
	}
	member, _, err := r.site().People.Grant(r.ctx(), user.ID, r.course.String(), role, r.user.ID)
	if errors.Is(err, people.ErrInvalid) { // a role that is none
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	return r.roleChanged("a course role was granted", member.Pseudonym, role)
}

// revokeRole takes a role away. The last administrator of a course stays one: else nobody could give roles any more.
func (r *request) revokeRole() error {
	who, role := strings.TrimSpace(clip(r.form("who"), 254)), r.form("role")
	if !mayRevoke(r.person, role) {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("team.not_yours"))
	}
	user, err := r.site().People.FindUser(r.ctx(), who)
	if errors.Is(err, people.ErrNotFound) {
		return r.showTeam(fiber.StatusUnprocessableEntity, &teamBody{Who: who, Error: r.words.T("team.nobody")}, role, nil)
	}
	if err != nil {
		return err
	}
	if role == people.RoleInstructor && !r.person.Admin {
		last, err := r.lastInstructor(user.ID)
		if err != nil {
			return err
		}
		if last {
			return r.showTeam(fiber.StatusConflict, &teamBody{}, role, &notice{Kind: "bad", Text: r.words.T("team.last")})
		}
	}
	member, revoked, err := r.site().People.Revoke(r.ctx(), user.ID, r.course.String(), role)
	if errors.Is(err, people.ErrInvalid) {
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	if revoked && role == people.RoleInstructor && !r.person.Admin {
		kept, err := r.keepInstructor(user.ID)
		if err != nil {
			return err
		}
		if kept {
			return fiber.NewError(fiber.StatusConflict, r.words.T("team.last"))
		}
	}
	return r.roleChanged("a course role was revoked", member.Pseudonym, role)
}

func (r *request) lastInstructor(user string) (bool, error) {
	instructors, _, err := r.site().People.List(r.ctx(), r.course.String(), people.Listing{Role: people.RoleInstructor}, 100, "")
	if err != nil {
		return false, err
	}
	is, others := false, 0
	for i := range instructors {
		switch p := &instructors[i]; {
		case p.User == user:
			is = true
		case !p.Account.Disabled:
			others++
		}
	}
	return is && others == 0, nil
}

// keepInstructor gives the role back that was just taken, where nobody has it any more: two administrators took it from each
// other in the same moment, and each saw the other one have it still.
func (r *request) keepInstructor(user string) (kept bool, err error) {
	instructors, _, err := r.site().People.List(r.ctx(), r.course.String(), people.Listing{Role: people.RoleInstructor}, 100, "")
	if err != nil || slices.ContainsFunc(instructors, func(p people.Person) bool { return !p.Account.Disabled }) {
		return false, err
	}
	_, _, err = r.site().People.Grant(r.ctx(), user, r.course.String(), people.RoleInstructor, r.user.ID)
	return true, err
}

// roleChanged leads back to the page, which tells what was done. The log keeps what a later change of the role would cover.
func (r *request) roleChanged(what, pseudonym, role string) error {
	r.server.config.Log.LogAttrs(r.ctx(), slog.LevelInfo, what, slog.String("request", r.id), slog.String("course", r.course.String()),
		slog.String("role", role), slog.String("learner", pseudonym), slog.String("by", r.person.Learner))
	values := url.Values{"who": {pseudonym}, "role": {role}}
	return r.Redirect(r.teamPath()+"?"+values.Encode(), fiber.StatusSeeOther)
}
