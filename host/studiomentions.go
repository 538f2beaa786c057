package host

import (
	"errors"
	"regexp"
	"slices"

	"github.com/quoin-lms/quoin/runtime/people"
)

// mention is a colleague's username in a remark, after an @ that begins a word.
var mention = regexp.MustCompile(`(?:^|[^\pL\pN@._-])@([\pL\pN][\pL\pN._-]{0,63})`)

// maxMentions bounds the names that one remark tells.
const maxMentions = 20

// mentioned are the user ids of those whom a remark names. Who is not of the course's team hears nothing of it all the same: see
// tellTeam.
func (r *request) mentioned(text string) ([]string, error) {
	var users, names []string
	for _, found := range mention.FindAllStringSubmatch(text, -1) {
		name := found[1]
		for name != "" && (name[len(name)-1] == '.' || name[len(name)-1] == '-') { // the end of a sentence
			name = name[:len(name)-1]
		}
		if len(names) == maxMentions || name == "" || slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
		user, err := r.site().People.FindUser(r.ctx(), name)
		if errors.Is(err, people.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		users = append(users, user.ID)
	}
	return users, nil
}

// mostNamed bounds the colleagues that a form offers.
const mostNamed = 200

// teammates are the others who author the course, by username.
func (r *request) teammates() ([]choice, error) {
	var list []choice
	persons, _, err := r.site().People.List(r.ctx(), r.course.String(), people.Listing{Team: true}, mostNamed, "")
	if err != nil {
		return nil, err
	}
	for i := range persons {
		p := &persons[i]
		if !p.Has(people.RoleStaff) && !p.Has(people.RoleInstructor) || p.User == r.user.ID || p.Account.Disabled {
			continue
		}
		text := "@" + p.Account.Username
		if p.Account.Name != "" {
			text = p.Account.Name + " (" + text + ")"
		}
		list = append(list, choice{Value: p.Account.Username, Text: text})
	}
	return list, nil
}

// teammate is the user id of the colleague that a form names, "" for none.
func (r *request) teammate(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	all, err := r.teammates()
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(all, func(c choice) bool { return c.Value == name }) {
		return "", errNotFound
	}
	user, err := r.site().People.FindUser(r.ctx(), name)
	return user.ID, err
}
