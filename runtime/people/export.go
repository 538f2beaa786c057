package people

import (
	"context"
	"fmt"
	"time"
)

// Export is what this package holds about a person, as they are given it. No secrets are in it: neither the password's hash
// nor the tokens' digests are data about the person.
type Export struct {
	Account     ExportAccount   `json:"account"`
	Memberships []ExportMember  `json:"memberships"`
	Sessions    []ExportSession `json:"sessions"`
	Feeds       []ExportFeed    `json:"calendar_feeds,omitempty"`
	// Identities are other sites' accounts.
	Identities []ExportIdentity `json:"identities,omitempty"`
}

// ExportPublic is what the profile page shows, and to whom.
type ExportPublic struct {
	Visibility string   `json:"visible_to"`
	ShowName   bool     `json:"shows_name,omitempty"`
	Bio        string   `json:"bio,omitempty"`
	Country    string   `json:"country,omitempty"`
	Languages  []string `json:"languages,omitempty"`
}

// ExportIdentity is an account of another site that the person signs in with.
type ExportIdentity struct {
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Label   string    `json:"label,omitempty"`
	Made    time.Time `json:"made"`
}

// ExportFeed is a calendar's address; its secret is kept nowhere.
type ExportFeed struct {
	Run  string    `json:"run,omitempty"`
	Made time.Time `json:"made"`
}

// ExportAccount is the account.
type ExportAccount struct {
	Username  string     `json:"username"`
	Email     string     `json:"email"`
	Confirmed bool       `json:"email_confirmed"`
	Name      string     `json:"name"`
	Locale    string     `json:"locale,omitempty"`
	Zone      string     `json:"zone,omitempty"`
	Theme     string     `json:"theme,omitempty"`
	Created   time.Time  `json:"created"`
	Roles     []string   `json:"site_roles,omitempty"`
	Terms     string     `json:"terms_accepted,omitempty"`
	TermsAt   *time.Time `json:"terms_accepted_at,omitempty"`
	BirthYear int        `json:"year_of_birth,omitempty"`
	// Public is the profile page.
	Public ExportPublic `json:"public_profile"`
}

// ExportMember is a membership of a run. Pseudonym is what other parts of an export are filed under.
type ExportMember struct {
	Run       string       `json:"run"`
	Pseudonym string       `json:"pseudonym"`
	Enrolled  bool         `json:"enrolled"`
	Mode      string       `json:"mode,omitempty"`
	Since     *time.Time   `json:"since,omitempty"`
	Cohort    string       `json:"cohort,omitempty"`
	Groups    []string     `json:"groups,omitempty"`
	Roles     []ExportRole `json:"roles,omitempty"`
}

// ExportRole is a course role; who granted it is somebody else's data.
type ExportRole struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// ExportSession is a session.
type ExportSession struct {
	Method  string    `json:"method"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Agent   string    `json:"agent,omitempty"`
	Client  string    `json:"network,omitempty"`
}

// Export collects what is held about a user, or returns ErrNotFound.
func (p *People) Export(ctx context.Context, user string) (Export, error) {
	account, err := p.User(ctx, user)
	if err != nil {
		return Export{}, fmt.Errorf("exporting person: %w", err)
	}
	members, err := p.Runs(ctx, user)
	if err != nil {
		return Export{}, fmt.Errorf("exporting person: %w", err)
	}
	sessions, err := p.Sessions(ctx, user)
	if err != nil {
		return Export{}, fmt.Errorf("exporting person: %w", err)
	}
	e := Export{
		Account: ExportAccount{
			Username: account.Username, Email: account.Email, Confirmed: account.Confirmed, Name: account.Name,
			Locale: account.Locale, Zone: account.Zone, Theme: account.Theme, Created: account.Created, Roles: account.Roles,
			Terms: account.Terms, TermsAt: moment(account.TermsAt), BirthYear: account.BirthYear,
			Public: exportPublic(account.Public),
		},
		Memberships: []ExportMember{},
		Sessions:    []ExportSession{},
	}
	for _, m := range members {
		membership := ExportMember{
			Run: m.Run, Pseudonym: m.Pseudonym, Enrolled: m.Enrolled, Mode: m.Mode, Since: moment(m.Since), Cohort: m.Cohort,
			Groups: m.Groups,
		}
		for _, role := range m.Roles {
			membership.Roles = append(membership.Roles, ExportRole{role.Name, role.At})
		}
		e.Memberships = append(e.Memberships, membership)
	}
	for _, s := range sessions {
		e.Sessions = append(e.Sessions, ExportSession{s.Method, s.Created, s.Seen, s.Agent, s.Client})
	}
	feeds, err := p.Feeds(ctx, user)
	if err != nil {
		return Export{}, fmt.Errorf("exporting person: %w", err)
	}
	for _, f := range feeds {
		e.Feeds = append(e.Feeds, ExportFeed(f))
	}
	identities, err := p.Identities(ctx, user)
	if err != nil {
		return Export{}, fmt.Errorf("exporting person: %w", err)
	}
	for _, i := range identities {
		e.Identities = append(e.Identities, ExportIdentity{i.Issuer, i.Subject, i.Label, i.Made})
	}
	return e, nil
}

func exportPublic(p Public) ExportPublic {
	to := string(p.Visibility)
	if to == "" {
		to = "nobody"
	}
	return ExportPublic{to, p.ShowName, p.Bio, p.Country, p.Languages}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
