package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Site roles.
const (
	SiteAdmin     = "admin"           // everything
	SitePublisher = "block_publisher" // installs blocks
	SiteCreator   = "course_creator"  // makes courses in Studio
)

// SiteRoles lists them.
func SiteRoles() []string { return []string{SiteAdmin, SitePublisher, SiteCreator} }

// User is an account.
type User struct {
	// ID is random and never leaves the server: pages and blocks get pseudonyms or the user name.
	ID       string
	Username string
	// Email is where mail goes; Confirmed says that its owner followed a link there.
	Email     string
	Confirmed bool
	Profile
	Created  time.Time
	Disabled bool
	// Roles are site roles.
	Roles []string
	// Terms is the version of the terms that were accepted last, "" for none, and TermsAt when.
	Terms   string
	TermsAt time.Time
	// BirthYear is the year of birth, 0 where nobody asked.
	BirthYear int
	// Public is what the profile page shows; [User.Shown] says to whom.
	Public Public
	// Passwordless accounts are entered through another site's login.
	Passwordless bool

	epoch int64
}

// Has reports whether the user has a site role.
func (u User) Has(role string) bool { return slices.Contains(u.Roles, role) }

type userDoc struct {
	Username    string    `bson:"username"`
	UsernameKey string    `bson:"username_key"`
	Email       string    `bson:"email"`
	EmailKey    string    `bson:"email_key,omitempty"`
	Confirmed   bool      `bson:"confirmed"`
	Name        string    `bson:"name"`
	Locale      string    `bson:"locale,omitempty"`
	Zone        string    `bson:"zone,omitempty"`
	Theme       string    `bson:"theme,omitempty"`
	Password    string    `bson:"password,omitempty"`
	Created     time.Time `bson:"created"`
	Disabled    bool      `bson:"disabled,omitempty"`
	Roles       []string  `bson:"roles,omitempty"`
	Terms       string    `bson:"terms,omitempty"`
	TermsAt     time.Time `bson:"terms_at,omitempty"`
	BirthYear   int       `bson:"birth_year,omitempty"`
	BirthAt     time.Time `bson:"birth_at,omitempty"`
	Public      publicDoc `bson:"public,omitempty"`
	// Epoch is raised when every session of the user must end.
	Epoch int64 `bson:"epoch"`
	// Changed is when it was changed last, nil while it is as it was made; see AccountsSince.
	Changed *time.Time `bson:"changed,omitempty"`
	// Unlisted says since when lists of people and the words that find him are not up to date with the account.
	Unlisted *time.Time `bson:"unlisted,omitempty"`
	// Erasing says since when the account is being erased.
	Erasing *time.Time `bson:"erasing,omitempty"`
}

func (d *userDoc) user(id string) User {
	return User{
		ID: id, Username: d.Username, Email: d.Email, Confirmed: d.Confirmed,
		Profile: Profile{Name: d.Name, Locale: d.Locale, Zone: d.Zone, Theme: d.Theme},
		Created: d.Created, Disabled: d.Disabled, Roles: d.Roles, Terms: d.Terms, TermsAt: d.TermsAt,
		BirthYear: d.BirthYear, Public: d.Public.public(),
		Passwordless: d.Password == "", epoch: d.Epoch,
	}
}

func (d *userDoc) setProfile(profile Profile) {
	d.Name, d.Locale, d.Zone, d.Theme = profile.Name, profile.Locale, profile.Zone, profile.Theme
}

// NewUser is what an account starts with.
type NewUser struct {
	Username, Email, Password string
	Profile
	// Terms is the version of the terms that the person accepted.
	Terms string
	// BirthYear is the year of birth, 0 where nobody asked.
	BirthYear int
	// Confirmed says that the address is known to be theirs.
	Confirmed bool
	// Operator allows reserved names: for accounts made on the server.
	Operator bool
	// Passwordless makes an account without a password, for another site's login.
	Passwordless bool
	// Roles are site roles.
	Roles []string
}

// Create makes an account, or returns [Problems]. Whoever shows that a name or an address is taken tells strangers who has
// an account: for addresses the caller may rather say that a mail was sent.
func (p *People) Create(ctx context.Context, n NewUser) (User, error) {
	doc, problems := p.newDoc(&n)
	if len(problems) > 0 {
		// One look at what else the form will have to say.
		taken, err := p.taken(ctx, doc.UsernameKey, doc.EmailKey)
		if err != nil {
			return User{}, fmt.Errorf("creating user: %w", err)
		}
		return User{}, append(problems, taken...)
	}
	for _, role := range n.Roles {
		if !slices.Contains(SiteRoles(), role) {
			return User{}, fmt.Errorf("creating user: %w: there is no site role %q", ErrInvalid, role)
		}
	}
	if !n.Passwordless {
		var err error
		if doc.Password, err = p.hasher.hash(ctx, n.Password); err != nil {
			return User{}, fmt.Errorf("creating user: %w", err)
		}
	}
	id := randomID()
	err := p.users.Insert(ctx, id, doc)
	if errors.Is(err, store.ErrTaken) {
		return User{}, p.whoseIsIt(ctx, err, doc.UsernameKey, doc.EmailKey)
	}
	if err != nil {
		return User{}, fmt.Errorf("creating user: %w", err)
	}
	return doc.user(id), nil
}

func (p *People) newDoc(n *NewUser) (userDoc, Problems) {
	username, problems := usernameOf(n.Username)
	key := usernameKey(username)
	if len(problems) == 0 && reserved[key] && !n.Operator {
		problems.add(FieldUsername, CodeReserved, "%q could be taken for the site's own", username)
	}
	if len(problems) > 0 {
		key = ""
	}
	email, wrong := emailOf(n.Email)
	emailID := emailKey(email)
	if len(wrong) > 0 {
		emailID = ""
	}
	problems = append(problems, wrong...)
	problems = append(problems, n.check()...)
	if n.BirthYear != 0 {
		problems = append(problems, p.checkBirthYear(n.BirthYear)...)
	}
	if !n.Passwordless {
		problems = append(problems, p.checkPassword(n.Password, username, email)...)
	}
	now := p.now()
	doc := userDoc{
		Username: username, UsernameKey: key, Email: email, EmailKey: emailID, Confirmed: n.Confirmed, Created: now,
		Roles: slices.Clone(n.Roles), Epoch: 1,
	}
	doc.setProfile(n.Profile)
	if n.Terms != "" {
		doc.Terms, doc.TermsAt = n.Terms, now
	}
	if n.BirthYear != 0 {
		doc.BirthYear, doc.BirthAt = n.BirthYear, now
	}
	return doc, problems
}

// taken looks which keys somebody has; "" is asked of nobody.
func (p *People) taken(ctx context.Context, username, email string) (Problems, error) {
	var problems Problems
	for _, c := range []struct {
		index, key string
		field      Field
		message    string
	}{
		{"username", username, FieldUsername, "somebody has this name or one that looks like it"},
		{"email", email, FieldEmail, "there is an account with this address"},
	} {
		if c.key == "" {
			continue
		}
		n, err := p.users.Count(ctx, store.Query{Index: c.index, Equal: []any{c.key}}, 1)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			problems.add(c.field, CodeTaken, "%s", c.message)
		}
	}
	return problems, nil
}

// whoseIsIt turns a taken unique value into the problems of a form.
func (p *People) whoseIsIt(ctx context.Context, cause error, username, email string) error {
	problems, err := p.taken(ctx, username, email)
	if err != nil {
		return err
	}
	if len(problems) == 0 { // given free in the meantime: worth another try
		return cause
	}
	return problems
}

// User returns an account by its id, or ErrNotFound. An account that is being erased is gone.
func (p *People) User(ctx context.Context, id string) (User, error) {
	doc, err := p.users.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Body.Erasing != nil) {
		return User{}, fmt.Errorf("looking up user: %w", ErrNotFound)
	}
	if err != nil {
		return User{}, fmt.Errorf("looking up user: %w", err)
	}
	return doc.Body.user(doc.ID), nil
}

// FindUser returns an account by user name or address, as people type them, or ErrNotFound. (A name that only looks like
// the account's does not find it.)
func (p *People) FindUser(ctx context.Context, login string) (User, error) {
	doc, err := p.findLogin(ctx, login)
	if err != nil {
		return User{}, fmt.Errorf("looking up user: %w", err)
	}
	return doc.Body.user(doc.ID), nil
}

func (p *People) findLogin(ctx context.Context, login string) (store.Doc[userDoc], error) {
	index, key, matches := loginKey(login)
	if key == "" {
		return store.Doc[userDoc]{}, ErrNotFound
	}
	docs, _, err := p.users.Find(ctx, store.Query{Index: index, Equal: []any{key}, Limit: 1})
	if err != nil {
		return store.Doc[userDoc]{}, err
	}
	if len(docs) == 0 || docs[0].Body.Erasing != nil || !matches(&docs[0].Body) {
		return store.Doc[userDoc]{}, ErrNotFound
	}
	return docs[0], nil
}

// Search lists accounts whose user name starts so, or whose address is exactly this; at most limit.
func (p *People) Search(ctx context.Context, text string, limit int) ([]User, error) {
	query := store.Query{Index: "username", Prefix: usernameKey(text), Limit: limit}
	if email, problems := emailOf(text); len(problems) == 0 {
		query = store.Query{Index: "email", Equal: []any{emailKey(email)}, Limit: limit}
	}
	users, _, err := p.page(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("searching users: %w", err)
	}
	return users, nil
}

// All lists accounts, newest first, a page at a time.
func (p *People) All(ctx context.Context, limit int, after store.Cursor) ([]User, store.Cursor, error) {
	users, next, err := p.page(ctx, store.Query{Index: "created", Reverse: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing users: %w", err)
	}
	return users, next, nil
}

// WithSiteRole lists the accounts that have a site role; at most limit.
func (p *People) WithSiteRole(ctx context.Context, role string, limit int) ([]User, error) {
	users, _, err := p.page(ctx, store.Query{Index: "role", Equal: []any{role}, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	return users, nil
}

func (p *People) page(ctx context.Context, query store.Query) ([]User, store.Cursor, error) {
	docs, next, err := p.users.Find(ctx, query)
	if err != nil {
		return nil, "", err
	}
	users := make([]User, 0, len(docs))
	for i := range docs {
		if docs[i].Body.Erasing == nil {
			users = append(users, docs[i].Body.user(docs[i].ID))
		}
	}
	return users, next, nil
}
