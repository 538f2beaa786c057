package people

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

func TestSignIn(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	for _, login := range []string{"ann", "ANN", "ann@example.org"} {
		user, err := r.SignIn(ctx, Attempt{Login: login, Password: password, Client: home})
		if err != nil || user.ID != ann.ID {
			t.Errorf("%q: %+v, %v", login, user, err)
		}
	}
	for _, a := range []Attempt{
		{Login: "ann", Password: "wrong"},
		{Login: "ann", Password: ""},
		{Login: "nobody", Password: password},
		{Login: "", Password: ""},
		{Login: "ann", Password: strings.Repeat("x", 1<<20)},
		{Login: "a@b@c", Password: password},
		{Login: "a\xff", Password: "\xff"},
	} {
		if _, err := r.SignIn(ctx, a); !errors.Is(err, ErrCredentials) {
			t.Errorf("%.20q %.20q: %v", a.Login, a.Password, err)
		}
	}
	// What keyboards send for the same letters is the same password.
	if _, err := r.SetPassword(ctx, ann.ID, "ca\u0301rdenas ﬁfty"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: "c\u00e1rdenas fifty", Client: home}); err != nil {
		t.Error(err)
	}
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: home}); !errors.Is(err, ErrCredentials) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := r.SetDisabled(ctx, ann.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: "c\u00e1rdenas fifty", Client: home}); !errors.Is(err, ErrDisabled) {
		t.Errorf("a closed account: %v", err)
	}
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: "wrong", Client: home}); !errors.Is(err, ErrCredentials) {
		t.Errorf("a closed account with another password: %v", err)
	}
	passwordless, err := r.Create(ctx, NewUser{Username: "oidc", Email: "oidc@example.org", Passwordless: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.SignIn(ctx, Attempt{Login: passwordless.Username, Password: ""}); !errors.Is(err, ErrCredentials) {
		t.Errorf("an account without a password: %v", err)
	}
}

func TestPasswords(t *testing.T) {
	r := open(t)
	for typed, want := range map[string]Code{
		password: "", "längeres Passwort": "", "emoji 🔑🔑🔑": "", "": CodeMissing, "seven77": CodeShort, "ééééééé": CodeShort,
		strings.Repeat("x1", 513): CodeLong, "aaaaaaaaaaaa": CodeRepeated, "Password1": CodeCommon, "QWERTYUIOP": CodeCommon,
		"ann.lee.1990": CodePersonal, "ANN.LEE!1990": CodePersonal, "bad\xff bytes": CodeEncoding, "ann@example.org": CodePersonal,
	} {
		problems := r.checkPassword(typed, "ann.lee", "ann@example.org")
		got := Code("")
		if len(problems) > 0 {
			got = problems[0].Code
		}
		if got != want {
			t.Errorf("%.30q: %q, want %q", typed, got, want)
		}
	}
}

func TestHashForm(t *testing.T) {
	ctx := context.Background()
	h := newHasher(cheap, 1, 1)
	stored, err := h.hash(ctx, "x")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%q, %v", stored, err)
	}
	if again, _ := h.hash(ctx, "x"); again == stored {
		t.Error("the salt is the same twice")
	}
	// Made by the reference implementation: argon2 "password" with salt "somesalt", 2 passes, 64 MiB, 1 thread.
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	right, renew, err := newHasher(Cost{1 << 16, 2, 1}, 1, 1).verify(ctx, "password", reference)
	if !right || renew || err != nil {
		t.Errorf("the reference hash: %v, %v, %v", right, renew, err)
	}
	for _, bad := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", strings.Replace(stored, "v=19", "v=16", 1), strings.Replace(stored, "m=64", "m=4294967295", 1),
		strings.Replace(stored, "m=64", "m=-1", 1), strings.Replace(stored, "t=1", "t=0", 1), strings.Replace(stored, "p=1", "p=0", 1),
		strings.Replace(stored, ",p=1", "", 1), strings.Replace(stored, ",p=1", ",p=1,x=1", 1), stored + "$", stored[:len(stored)-2], "$2y$10$abc",
	} {
		if _, _, err := h.verify(ctx, "x", bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestHashIsRenewed(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	stronger := r.config
	stronger.Cost = Cost{Memory: 128, Passes: 2, Threads: 1}
	p, err := New(stronger)
	if err != nil {
		t.Fatal(err)
	}
	token := r.session(t, ann)
	user, err := p.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: home})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := r.users.Get(ctx, ann.ID)
	if err != nil || !strings.Contains(doc.Body.Password, "m=128,t=2") {
		t.Errorf("the hash is %q, %v", doc.Body.Password, err)
	}
	if !r.holds(t, token) {
		t.Error("renewing the hash ended a session")
	}
	if _, _, err := p.StartSession(ctx, user, Facts{}, ""); err != nil {
		t.Error(err)
	}
	if _, err := p.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: home}); err != nil {
		t.Error(err)
	}
}

// Requirement 17: the same work for unknown users. Work is counted in hashes, not in time.
func TestEqualWork(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	r.user(t, "ann")
	r.hasher.running = make(chan struct{}, 1)
	r.hasher.running <- struct{}{} // nobody may hash now
	for _, login := range []string{"ann", "nobody", "nobody@example.org", "not a name", ""} {
		ended, cancel := context.WithCancel(ctx)
		result := make(chan error)
		go func() {
			_, err := r.SignIn(ended, Attempt{Login: login, Password: "x", Client: home})
			result <- err
		}()
		for len(r.hasher.waiting) == 0 {
			select {
			case err := <-result:
				t.Fatalf("%q was answered without a hash: %v", login, err)
			default:
				runtime.Gosched()
			}
		}
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("%q: %v", login, err)
		}
	}
}

func TestHashesAreBounded(t *testing.T) {
	ctx := context.Background()
	h := newHasher(cheap, 1, 2)
	h.running <- struct{}{}
	var wait sync.WaitGroup
	results := make(chan error, 2)
	for range 2 {
		wait.Go(func() {
			_, err := h.hash(ctx, "x")
			results <- err
		})
	}
	for len(h.waiting) < 2 {
		runtime.Gosched()
	}
	h.waiting <- struct{}{} // who runs has a place too
	if _, err := h.hash(ctx, "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	<-h.waiting
	<-h.running
	wait.Wait()
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestLockOut(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	try := func(login, word, client, device string) error {
		_, err := r.SignIn(ctx, Attempt{Login: login, Password: word, Client: netip.MustParseAddr(client), Device: device})
		return err
	}
	device := r.DeviceToken(ann.ID)
	// Somebody guesses from many places, by name and by address.
	for i := range 10 {
		login := []string{"ann", "ann@example.org"}[i%2]
		if err := try(login, "guess", "198.51.100."+string(rune('0'+i)), ""); !errors.Is(err, ErrCredentials) {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	var slow *SlowDown
	if err := try("ann", password, "198.51.100.77", ""); !errors.As(err, &slow) || slow.Wait <= 0 || slow.Wait > time.Minute {
		t.Errorf("the eleventh guess: %v", err)
	}
	// The owner's browser is let in, and a stranger with somebody else's device token is not.
	if err := try("ann", password, "198.51.100.77", device); err != nil {
		t.Errorf("the owner: %v", err)
	}
	if err := try("ann", password, "198.51.100.77", r.DeviceToken("other")); !errors.As(err, &slow) {
		t.Errorf("another account's device: %v", err)
	}
	// Other accounts are as they were.
	r.user(t, "bob")
	if err := try("bob", password, "198.51.100.77", ""); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	// It passes.
	r.pass(10 * time.Minute)
	if err := try("ann", password, "198.51.100.77", ""); err != nil {
		t.Errorf("later: %v", err)
	}
	// A stolen device token has an allowance of its own, and what the owner's success gave back.
	for i := range 11 {
		if err := try("ann", "guess", "198.51.100.1", device); !errors.Is(err, ErrCredentials) {
			t.Fatalf("guess %d with the device: %v", i, err)
		}
	}
	if err := try("ann", "guess", "198.51.100.1", device); !errors.As(err, &slow) {
		t.Errorf("the twelfth with the device: %v", err)
	}
}

func TestLockOutOfUnknownAccounts(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	var slow *SlowDown
	for i := range 11 {
		_, err := r.SignIn(ctx, Attempt{Login: "nobody", Password: "x", Client: home})
		if want := i < 10; errors.Is(err, ErrCredentials) != want || errors.As(err, &slow) == want {
			t.Errorf("attempt %d: %v", i, err)
		}
	}
}

func TestClientsAreSlowed(t *testing.T) {
	ctx := context.Background()
	r := open(t, func(c *Config) { c.Rates.Client = ports.Rate{Events: 3, Period: time.Minute} })
	r.user(t, "ann")
	six := func(last string) Attempt {
		return Attempt{Login: "ann", Password: password, Client: netip.MustParseAddr("2001:db8:1:2::" + last)}
	}
	// Success costs nothing, however often: a school has one address.
	for range 10 {
		if _, err := r.SignIn(ctx, six("1")); err != nil {
			t.Fatal(err)
		}
	}
	guess := six("1")
	guess.Password = "guess"
	for i, login := range []string{"a1", "b2", "c3"} {
		guess.Login, guess.Client = login, six(string(rune('1'+i))).Client
		if _, err := r.SignIn(ctx, guess); !errors.Is(err, ErrCredentials) {
			t.Errorf("guess %d: %v", i, err)
		}
	}
	var slow *SlowDown
	if _, err := r.SignIn(ctx, six("9")); !errors.As(err, &slow) {
		t.Errorf("another address of the same network: %v", err)
	}
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: netip.MustParseAddr("2001:db8:1:3::1")}); err != nil {
		t.Errorf("another network: %v", err)
	}
}

func TestLimiterAway(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	r.user(t, "ann")
	r.limiter.Fail(ports.ErrUnavailable)
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: home}); err != nil {
		t.Error(err)
	}
	broken := errors.New("broken")
	r.limiter.Fail(broken)
	if _, err := r.SignIn(ctx, Attempt{Login: "ann", Password: password, Client: home}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestDevices(t *testing.T) {
	r := open(t)
	device := r.DeviceToken("ann")
	flipped := []byte(device)
	flipped[20] ^= 1
	for token, want := range map[string]bool{device: true, string(flipped): false, "": false, device[1:]: false, strings.Repeat("A", len(device)): false} {
		if r.KnowsDevice("ann", token) != want {
			t.Errorf("%q: %v", token, !want)
		}
	}
	if r.KnowsDevice("bob", device) {
		t.Error("somebody else's device is known")
	}
	r.pass(399 * 24 * time.Hour)
	if !r.KnowsDevice("ann", device) {
		t.Error("a year later it is not known")
	}
	r.pass(2 * 24 * time.Hour)
	if r.KnowsDevice("ann", device) {
		t.Error("it is known for ever")
	}
}

func TestClientKeys(t *testing.T) {
	for address, want := range map[string][2]string{
		"192.0.2.7": {"192.0.2.7/32", "192.0.2.0/24"}, "::ffff:192.0.2.7": {"192.0.2.7/32", "192.0.2.0/24"},
		"2001:db8:1:2:3::4": {"2001:db8:1:2::/64", "2001:db8:1::/48"}, "fe80::1%eth0": {"fe80::/64", "fe80::/48"},
	} {
		a := netip.MustParseAddr(address)
		if got := [2]string{ClientKey(a), clientArea(a)}; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if ClientKey(netip.Addr{}) != "unknown" {
		t.Errorf("no address: %s", ClientKey(netip.Addr{}))
	}
}

func TestCredits(t *testing.T) {
	c := &credits{}
	if c.take("a") {
		t.Error("a credit from nowhere")
	}
	c.give("a")
	c.give("a")
	if got := []bool{c.take("a"), c.take("b"), c.take("a"), c.take("a")}; !slices.Equal(got, []bool{true, false, true, false}) {
		t.Errorf("got %v", got)
	}
	for i := range 3 * maxCredits {
		c.give(string(rune(i)))
	}
	if len(c.free) > maxCredits {
		t.Errorf("%d credits are kept", len(c.free))
	}
}

func BenchmarkHash(b *testing.B) {
	cost := Cost{}
	cost.fill()
	h := newHasher(cost, 1, 1)
	for b.Loop() {
		if _, err := h.hash(context.Background(), password); err != nil {
			b.Fatal(err)
		}
	}
}
