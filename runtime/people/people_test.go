package people

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// rig is a People with a clock that the test moves and a list of whose sessions ended.
type rig struct {
	*People
	limiter *portstest.Limiter

	mu    sync.Mutex
	clock time.Time
	ended []string
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) endings() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	ended := r.ended
	r.ended = nil
	return ended
}

var (
	secret = []byte("a secret of at least 32 bytes, for tests alone")
	cheap  = Cost{Memory: 64, Passes: 1, Threads: 1}
)

func open(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ensure(ctx, Specs()...); err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	r.limiter = &portstest.Limiter{Now: r.now}
	config := Config{
		Store: s, Secret: secret, Limiter: r.limiter, Cost: cheap, Now: r.now,
		Ended: func(_ context.Context, user string) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.ended = append(r.ended, user)
		},
	}
	for _, c := range change {
		c(&config)
	}
	if r.People, err = New(config); err != nil {
		t.Fatal(err)
	}
	return r
}

const password = "correct horse battery"

func (r *rig) user(t testing.TB, name string) User {
	t.Helper()
	user, err := r.Create(context.Background(), NewUser{
		Username: name, Email: name + "@example.org", Password: password, Profile: Profile{Name: "The " + name},
	})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

var home = netip.MustParseAddr("192.0.2.7")

func (r *rig) session(t testing.TB, user User) string {
	t.Helper()
	user, err := r.User(context.Background(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := r.StartSession(context.Background(), user, Facts{Method: "password", Agent: "Test/1", Client: home}, "")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// holds tells whether a session does.
func (r *rig) holds(t testing.TB, token string) bool {
	t.Helper()
	_, _, err := r.FindSession(context.Background(), token)
	if err != nil && !errors.Is(err, ErrNoSession) {
		t.Fatal(err)
	}
	return err == nil
}

func codes(err error) []string {
	var problems Problems
	if !errors.As(err, &problems) {
		return nil
	}
	var codes []string
	for _, p := range problems {
		codes = append(codes, string(p.Field)+" "+string(p.Code))
	}
	slices.Sort(codes)
	return codes
}

func TestNewRefuses(t *testing.T) {
	limiter := &portstest.Limiter{}
	for name, config := range map[string]Config{
		"short secret": {Secret: []byte("short"), Limiter: limiter},
		"no store":     {Secret: secret, Limiter: limiter},
		"no limiter":   {Secret: secret},
	} {
		if _, err := New(config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	good := open(t)
	config := good.config
	config.Cost = Cost{Memory: 1 << 30, Passes: 1, Threads: 1}
	if _, err := New(config); err == nil {
		t.Error("a terabyte a hash: no error")
	}
}

func TestCreate(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	user, err := r.Create(ctx, NewUser{
		Username: " Ann.Lee ", Email: "Ann@Bücher.example", Password: password, Terms: "2026-01",
		Profile: Profile{Name: " Ann   Lee ", Locale: "en-us", Zone: "Europe/Berlin", Theme: "dark"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if user.Username != "Ann.Lee" || user.Email != "Ann@xn--bcher-kva.example" || user.Name != "Ann Lee" || user.Locale != "en-US" ||
		user.Terms != "2026-01" || !user.TermsAt.Equal(r.now()) || user.Confirmed || user.Passwordless || len(user.ID) != 26 {
		t.Errorf("got %+v", user)
	}
	for _, login := range []string{"ann.lee", "ANN.LEE", "ann@bücher.EXAMPLE", "ANN@xn--bcher-kva.example"} {
		if found, err := r.FindUser(ctx, login); err != nil || found.ID != user.ID {
			t.Errorf("%q finds %+v, %v", login, found, err)
		}
	}
	// A name that looks the same is taken, but does not sign in.
	for _, login := range []string{"ann-lee", "nobody", "", "@", "ann@", strings.Repeat("x", 5000), "a\xff"} {
		if _, err := r.FindUser(ctx, login); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", login, err)
		}
	}
	_, err = r.Create(ctx, NewUser{Username: "ann_1ee", Email: "ANN@bücher.example", Password: "short"})
	if got := codes(err); !slices.Equal(got, []string{"email taken", "password too_short", "username taken"}) {
		t.Errorf("codes %v", got)
	}
	_, err = r.Create(ctx, NewUser{Username: "ann_1ee", Email: "other@example.org", Password: password})
	if got := codes(err); !slices.Equal(got, []string{"username taken"}) {
		t.Errorf("codes %v", got)
	}
	_, err = r.Create(ctx, NewUser{Username: "Admin", Email: "x", Password: "", Profile: Profile{Locale: "!!", Zone: "Mars/Base", Theme: "pink", Name: "a\u202eb"}})
	want := []string{"email malformed", "locale unknown", "name unprintable", "password missing", "theme unknown", "username reserved", "zone unknown"}
	if got := codes(err); !slices.Equal(got, want) {
		t.Errorf("codes %v", got)
	}
	if _, err := r.Create(ctx, NewUser{Username: "admin", Email: "root@example.org", Password: password, Operator: true, Roles: []string{SiteAdmin}}); err != nil {
		t.Error(err)
	}
	if _, err := r.Create(ctx, NewUser{Username: "king", Email: "king@example.org", Password: password, Roles: []string{"king"}}); !errors.Is(err, ErrInvalid) {
		t.Errorf("an unknown role: %v", err)
	}
	if user, err := r.Create(ctx, NewUser{Username: "oidc-user", Email: "oidc@example.org", Passwordless: true}); err != nil || !user.Passwordless {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestCreateRace(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	var wait sync.WaitGroup
	var mu sync.Mutex
	made, taken := 0, 0
	for i := range 16 {
		wait.Go(func() {
			email := "ann@example.org"
			if i%2 == 0 {
				email = "ann" + string(rune('a'+i)) + "@example.org"
			}
			_, err := r.Create(ctx, NewUser{Username: []string{"ann", "Ann", "ANN"}[i%3], Email: email, Password: password})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case slices.Contains(codes(err), "username taken"):
				taken++
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made != 1 || taken != 15 {
		t.Errorf("%d made, %d taken", made, taken)
	}
}

func TestProfileAndNames(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	changed, err := r.SetProfile(ctx, ann.ID, Profile{Name: "Ännchen", Locale: "ar", Zone: "Asia/Riyadh", Theme: "light"})
	if err != nil || changed.Name != "Ännchen" || changed.Theme != "light" {
		t.Errorf("%+v, %v", changed, err)
	}
	if _, err := r.SetProfile(ctx, ann.ID, Profile{Name: strings.Repeat("x", 101)}); !slices.Equal(codes(err), []string{"name too_long"}) {
		t.Errorf("a long name: %v", err)
	}
	if _, err := r.SetProfile(ctx, "nobody", Profile{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody's profile: %v", err)
	}
	if _, err := r.Rename(ctx, ann.ID, "B0B"); !slices.Equal(codes(err), []string{"username taken"}) {
		t.Errorf("somebody else's name: %v", err)
	}
	if _, err := r.Rename(ctx, ann.ID, "root"); !slices.Equal(codes(err), []string{"username reserved"}) {
		t.Errorf("a reserved name: %v", err)
	}
	if renamed, err := r.Rename(ctx, ann.ID, "ANN"); err != nil || renamed.Username != "ANN" {
		t.Errorf("%+v, %v", renamed, err)
	}
	if _, err := r.SetEmail(ctx, ann.ID, "BOB@example.org", true); !slices.Equal(codes(err), []string{"email taken"}) {
		t.Errorf("somebody else's address: %v", err)
	}
	if moved, err := r.SetEmail(ctx, ann.ID, "ann2@example.org", true); err != nil || moved.Email != "ann2@example.org" || !moved.Confirmed {
		t.Errorf("%+v, %v", moved, err)
	}
	if user, err := r.AcceptTerms(ctx, ann.ID, "v2"); err != nil || user.Terms != "v2" {
		t.Errorf("%+v, %v", user, err)
	}
	for text, want := range map[string]int{"a": 1, "AN": 1, "": 2, "bob@example.org": 1, "x": 0, "B0": 1} {
		if users, err := r.Search(ctx, text, 10); err != nil || len(users) != want {
			t.Errorf("searching %q finds %v, %v", text, users, err)
		}
	}
	users, next, err := r.All(ctx, 1, "")
	if err != nil || len(users) != 1 || next == "" {
		t.Fatalf("%v, %q, %v", users, next, err)
	}
	if rest, next, err := r.All(ctx, 10, next); err != nil || len(rest) != 1 || next != "" || rest[0].ID == users[0].ID {
		t.Errorf("%v, %q, %v", rest, next, err)
	}
	_ = bob
}

func TestAdmins(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	if _, err := r.SetSiteRole(ctx, ann.ID, SiteAdmin, true); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() error{
		"step down": func() error { _, err := r.SetSiteRole(ctx, ann.ID, SiteAdmin, false); return err },
		"close":     func() error { _, err := r.SetDisabled(ctx, ann.ID, true); return err },
		"erase":     func() error { return r.Erase(ctx, ann.ID) },
	} {
		if err := try(); !errors.Is(err, ErrLastAdmin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.SetSiteRole(ctx, bob.ID, SiteAdmin, true); err != nil {
		t.Fatal(err)
	}
	user, err := r.SetSiteRole(ctx, ann.ID, SiteAdmin, false)
	if err != nil || user.Has(SiteAdmin) {
		t.Errorf("%+v, %v", user, err)
	}
	if admins, err := r.WithSiteRole(ctx, SiteAdmin, 10); err != nil || len(admins) != 1 || admins[0].ID != bob.ID {
		t.Errorf("%v, %v", admins, err)
	}
	if _, err := r.SetSiteRole(ctx, ann.ID, "owner", true); !errors.Is(err, ErrInvalid) {
		t.Errorf("an unknown role: %v", err)
	}
}
