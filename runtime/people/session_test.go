package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

func TestSessions(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	token, started, err := r.StartSession(ctx, ann, Facts{Method: "password", Agent: "Test\x00/1\r\n" + strings.Repeat("é", 200), Client: home}, "")
	if err != nil {
		t.Fatal(err)
	}
	found, user, err := r.FindSession(ctx, token)
	if err != nil || found != started || user.ID != ann.ID {
		t.Errorf("%+v, %+v, %v", found, user, err)
	}
	if found.Client != "192.0.2.0/24" || !strings.HasPrefix(found.Agent, "Test/1é") || len(found.Agent) > maxAgent {
		t.Errorf("remembered: %q, %q", found.Client, found.Agent)
	}
	// The store does not hold the token.
	docs, _, err := r.sessions.Find(ctx, everything)
	if err != nil || len(docs) != 1 || strings.Contains(docs[0].ID, token) || docs[0].ID == token {
		t.Errorf("stored: %v, %v", docs, err)
	}
	for _, other := range []string{"", token[1:], token + "x", NewToken(), docs[0].ID, strings.Repeat("A", len(token))} {
		if r.holds(t, other) {
			t.Errorf("%q is a session", other)
		}
	}
	// Signing in again rotates.
	second, _, err := r.StartSession(ctx, ann, Facts{Method: "password"}, token)
	if err != nil || second == token || r.holds(t, token) || !r.holds(t, second) {
		t.Errorf("after rotation the old holds %v, the new %v, %v", r.holds(t, token), r.holds(t, second), err)
	}
	if err := r.EndSession(ctx, second); err != nil || r.holds(t, second) {
		t.Errorf("after the end it holds %v, %v", r.holds(t, second), err)
	}
	if err := r.EndSession(ctx, "nonsense"); err != nil {
		t.Error(err)
	}
	if _, _, err := r.StartSession(ctx, User{ID: ann.ID}, Facts{}, ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("a made-up user: %v", err)
	}
}

// Requirement 17: sessions end with a role or password change.
func TestSessionsEnd(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*rig, User) error{
		"new password":  func(r *rig, u User) error { _, err := r.SetPassword(ctx, u.ID, "another long one"); return err },
		"site role":     func(r *rig, u User) error { _, err := r.SetSiteRole(ctx, u.ID, SitePublisher, true); return err },
		"course role":   func(r *rig, u User) error { _, _, err := r.Grant(ctx, u.ID, demo, RoleStaff, ""); return err },
		"closed":        func(r *rig, u User) error { _, err := r.SetDisabled(ctx, u.ID, true); return err },
		"everywhere":    func(r *rig, u User) error { return r.EndAll(ctx, u.ID) },
		"erased":        func(r *rig, u User) error { return r.Erase(ctx, u.ID) },
		"too long idle": func(r *rig, _ User) error { r.pass(15 * 24 * time.Hour); r.ended = []string{"-"}; return nil },
	} {
		r := open(t)
		ann, bob := r.user(t, "ann"), r.user(t, "bob")
		read, err := r.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: home})
		if err != nil {
			t.Fatal(err)
		}
		mine, other := r.session(t, ann), r.session(t, bob)
		session, _, err := r.FindSession(ctx, mine)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(r, ann); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if ended := r.endings(); len(ended) == 0 {
			t.Errorf("%s: nobody heard of it", name)
		} else if ended[0] != "-" {
			if !r.holds(t, other) {
				t.Errorf("%s: somebody else's session ended", name)
			}
			// Who signed in before the change cannot begin a session after it.
			if token, _, err := r.StartSession(ctx, read, Facts{}, ""); err == nil && r.holds(t, token) {
				t.Errorf("%s: a session began with what was read before", name)
			}
		}
		if r.holds(t, mine) {
			t.Errorf("%s: the session holds", name)
		}
		if err := r.CheckSession(ctx, session.ID); !errors.Is(err, ErrNoSession) {
			t.Errorf("%s: a stream would go on: %v", name, err)
		}
		if _, err := r.SetProfile(ctx, bob.ID, Profile{Name: "Bob"}); err != nil {
			t.Error(err)
		}
	}
}

func TestHarmlessChangesEndNothing(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	if _, _, err := r.Grant(ctx, ann.ID, demo, RoleStaff, ""); err != nil {
		t.Fatal(err)
	}
	token := r.session(t, ann)
	r.endings()
	for name, change := range map[string]func() error{
		"profile":    func() error { _, err := r.SetProfile(ctx, ann.ID, Profile{Name: "A"}); return err },
		"enrolment":  func() error { _, _, err := r.Enrol(ctx, ann.ID, demo, ""); return err },
		"same role":  func() error { _, _, err := r.Grant(ctx, ann.ID, demo, RoleStaff, ""); return err },
		"not a role": func() error { _, _, err := r.Revoke(ctx, ann.ID, demo, RoleInstructor); return err },
		"name":       func() error { _, err := r.Rename(ctx, ann.ID, "anna"); return err },
		"open":       func() error { _, err := r.SetDisabled(ctx, ann.ID, false); return err },
	} {
		if err := change(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !r.holds(t, token) || len(r.endings()) > 0 {
			t.Errorf("%s ended the session", name)
		}
	}
}

func TestSessionsSlide(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	token := r.session(t, r.user(t, "ann"))
	version := func() int64 {
		doc, err := r.sessions.Get(ctx, digest(token))
		if err != nil {
			t.Fatal(err)
		}
		return doc.Version
	}
	for range 10 {
		r.holds(t, token)
	}
	if v := version(); v != 1 {
		t.Errorf("10 uses at once are %d writes", v-1)
	}
	days := 0
	for r.holds(t, token) {
		r.pass(7 * 24 * time.Hour)
		days += 7
	}
	// It slides week by week, and ends after 90 days in any case.
	if days != 91 {
		t.Errorf("it held for %d days", days)
	}
	if n, err := r.Sweep(ctx); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
}

func TestSessionsAreListed(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	one := r.session(t, ann)
	r.pass(time.Hour)
	two := r.session(t, ann)
	r.session(t, bob)
	list, err := r.Sessions(ctx, ann.ID)
	if err != nil || len(list) != 2 || list[0].ID != digest(two) || list[1].ID != digest(one) {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := r.EndOne(ctx, bob.ID, list[0].ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("ending somebody else's: %v", err)
	}
	if err := r.EndOne(ctx, ann.ID, list[0].ID); err != nil || r.holds(t, two) || !r.holds(t, one) {
		t.Errorf("%v", err)
	}
	for range maxSessions + 5 {
		r.pass(time.Second)
		r.session(t, ann)
	}
	if list, err = r.Sessions(ctx, ann.ID); err != nil || len(list) != maxSessions || r.holds(t, one) {
		t.Errorf("%d sessions are kept, %v", len(list), err)
	}
}

func TestTokens(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	issue := func() string {
		token, err := r.IssueToken(ctx, ann.ID, PurposeReset, "data", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	token := issue()
	if docs, _, err := r.tokens.Find(ctx, everything); err != nil || len(docs) != 1 || strings.Contains(docs[0].ID, token) {
		t.Errorf("stored: %v, %v", docs, err)
	}
	if _, _, err := r.SpendToken(ctx, PurposeConfirm, token); !errors.Is(err, ErrToken) {
		t.Errorf("for something else: %v", err)
	}
	if user, data, err := r.PeekToken(ctx, PurposeReset, token); err != nil || user.ID != ann.ID || data != "data" {
		t.Errorf("%+v, %q, %v", user, data, err)
	}
	// Of many who spend it at once, one succeeds.
	var wait sync.WaitGroup
	results := make(chan error, 16)
	for range 16 {
		wait.Go(func() {
			_, _, err := r.SpendToken(ctx, PurposeReset, token)
			results <- err
		})
	}
	wait.Wait()
	close(results)
	spent := 0
	for err := range results {
		if err == nil {
			spent++
		} else if !errors.Is(err, ErrToken) {
			t.Error(err)
		}
	}
	if spent != 1 {
		t.Errorf("spent %d times", spent)
	}
	for name, change := range map[string]func() error{
		"an hour":      func() error { r.pass(time.Hour); return nil },
		"new password": func() error { _, err := r.SetPassword(ctx, ann.ID, "another long one"); return err },
		"new address":  func() error { _, err := r.SetEmail(ctx, ann.ID, "ann2@example.org", true); return err },
		"closed":       func() error { _, err := r.SetDisabled(ctx, ann.ID, true); return err },
	} {
		if _, err := r.SetDisabled(ctx, ann.ID, false); err != nil {
			t.Fatal(err)
		}
		token := issue()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.SpendToken(ctx, PurposeReset, token); !errors.Is(err, ErrToken) {
			t.Errorf("after %s: %v", name, err)
		}
	}
	if _, err := r.SetDisabled(ctx, ann.ID, false); err != nil {
		t.Fatal(err)
	}
	var tokens []string
	for range maxTokens + 2 {
		r.pass(time.Second)
		tokens = append(tokens, issue())
	}
	alive := 0
	for _, token := range tokens {
		if _, _, err := r.PeekToken(ctx, PurposeReset, token); err == nil {
			alive++
		}
	}
	if alive != maxTokens {
		t.Errorf("%d tokens wait at once", alive)
	}
	for _, token := range []string{"", "x", NewToken()} {
		if _, _, err := r.SpendToken(ctx, PurposeReset, token); !errors.Is(err, ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	}
	if _, err := r.IssueToken(ctx, "nobody", PurposeReset, "", time.Hour); !errors.Is(err, ErrNotFound) {
		t.Errorf("for nobody: %v", err)
	}
}

func TestCSRF(t *testing.T) {
	r := open(t)
	session, other := NewToken(), NewToken()
	one, two := r.CSRF(session), r.CSRF(session)
	if one == two {
		t.Error("two tokens are the same: a compressed page would betray them")
	}
	if !r.CheckCSRF(session, one) || !r.CheckCSRF(session, two) {
		t.Error("a token is refused")
	}
	flipped := []byte(one)
	flipped[0] ^= 1
	for _, c := range [][2]string{{other, one}, {session, string(flipped)}, {session, ""}, {"", r.CSRF("")}, {session, one[1:]}, {session, session}, {session, one + "A"}, {session, strings.Repeat("!", len(one))}} {
		if r.CheckCSRF(c[0], c[1]) {
			t.Errorf("%q is accepted for %q", c[1], c[0])
		}
	}
	config := r.config
	config.Secret = slices.Concat(secret, []byte("other"))
	if p, err := New(config); err != nil || p.CheckCSRF(session, one) {
		t.Errorf("another site's token is accepted, %v", err)
	}
}

// dying fails every write of one collection, as a process that dies before it does.
type dying struct {
	store.Store
	collection string
}

var errDead = errors.New("the process is dead")

func (d dying) Insert(ctx context.Context, collection string, record store.Record) error {
	if collection == d.collection {
		return errDead
	}
	return d.Store.Insert(ctx, collection, record)
}

func (d dying) Replace(ctx context.Context, collection string, record store.Record) error {
	if collection == d.collection {
		return errDead
	}
	return d.Store.Replace(ctx, collection, record)
}

// A crash between ending sessions and changing the role leaves nobody signed in with new rights.
func TestRoleChangeDies(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	token := r.session(t, ann)
	config := r.config
	config.Store = dying{r.config.Store, memberSpec.Name}
	p, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Grant(ctx, ann.ID, demo, RoleStaff, ""); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	if r.holds(t, token) {
		t.Error("the session holds")
	}
	if roles, err := r.RolesIn(ctx, ann.ID, demo); err != nil || len(roles) != 0 {
		t.Errorf("%v, %v", roles, err)
	}
}

func BenchmarkFindSession(b *testing.B) {
	ctx := context.Background()
	r := open(b)
	token := r.session(b, r.user(b, "ann"))
	for b.Loop() {
		if _, _, err := r.FindSession(ctx, token); err != nil {
			b.Fatal(err)
		}
	}
}
