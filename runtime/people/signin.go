package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Rates bound attempts to sign in that fail; see the package comment. A zero rate is its default.
type Rates struct {
	// Client is for one address (of IPv6: one network) over all accounts, from browsers that no account knows; 100 in 10
	// minutes, since a school may have one address.
	Client ports.Rate
	// Account is for one account, from all browsers that it does not know; 10 in 10 minutes.
	Account ports.Rate
	// Device is for one browser that the account knows; 10 in 10 minutes.
	Device ports.Rate
}

func (r *Rates) fill() {
	for _, c := range []struct {
		rate   *ports.Rate
		events int
	}{{&r.Client, 100}, {&r.Account, 10}, {&r.Device, 10}} {
		if c.rate.Events <= 0 || c.rate.Period <= 0 {
			*c.rate = ports.Rate{Events: c.events, Period: 10 * time.Minute}
		}
	}
}

// SlowDown is the error for an attempt beyond an allowance.
type SlowDown struct {
	// Wait is how long until the next attempt is let through.
	Wait time.Duration
}

// Error implements error.
func (s *SlowDown) Error() string { return fmt.Sprintf("too many attempts: wait %s", s.Wait) }

// Attempt is somebody's try to sign in.
type Attempt struct {
	// Login is a user name or an address.
	Login, Password string
	// Client is who asks, as far as proxies can be trusted.
	Client netip.Addr
	// Device is the browser's device token, "" for none.
	Device string
}

// SignIn checks an attempt and returns the user, for [People.StartSession]. The errors are ErrCredentials, ErrDisabled (the
// password was right), *SlowDown, ErrBusy, and those of the store.
func (p *People) SignIn(ctx context.Context, a Attempt) (User, error) {
	doc, err := p.findLogin(ctx, a.Login)
	exists := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, fmt.Errorf("signing in: %w", err)
	}
	taken, err := p.allow(ctx, a, doc.ID)
	if err != nil {
		return User{}, fmt.Errorf("signing in: %w", err)
	}
	right, renew, err := p.hasher.verify(ctx, a.Password, doc.Body.Password)
	if err != nil {
		p.giveBack(taken) // nothing was learnt
		return User{}, fmt.Errorf("signing in: %w", err)
	}
	if !right || !exists {
		return User{}, fmt.Errorf("signing in: %w", ErrCredentials)
	}
	p.giveBack(taken)
	if doc.Body.Disabled {
		return User{}, fmt.Errorf("signing in: %w", ErrDisabled)
	}
	user := doc.Body.user(doc.ID)
	if renew {
		if err := p.renewHash(ctx, doc, a.Password); err != nil {
			return User{}, fmt.Errorf("signing in: %w", err)
		}
	}
	return user, nil
}

// renewHash stores the password at today's cost, unless it was changed meanwhile.
func (p *People) renewHash(ctx context.Context, doc store.Doc[userDoc], password string) error {
	hash, err := p.hasher.hash(ctx, password)
	if errors.Is(err, ErrBusy) {
		return nil // another time
	}
	if err != nil {
		return err
	}
	old := doc.Body.Password
	_, err = p.update(ctx, "renewing password hash", doc.ID, func(d *userDoc) (bool, error) {
		if d.Password != old {
			return false, nil
		}
		d.Password = hash
		return true, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// allow takes the attempt from the allowances that it falls under, and returns which.
func (p *People) allow(ctx context.Context, a Attempt, user string) ([]string, error) {
	type allowance struct {
		key  string
		rate ports.Rate
	}
	var allowances []allowance
	if user != "" && p.KnowsDevice(user, a.Device) {
		allowances = append(allowances, allowance{"signin.device." + digest(a.Device), p.config.Rates.Device})
	} else {
		allowances = append(allowances,
			allowance{"signin.client." + ClientKey(a.Client), p.config.Rates.Client},
			allowance{"signin.account." + p.accountKey(a.Login, user), p.config.Rates.Account})
	}
	var taken []string
	for _, each := range allowances {
		if p.credits.take(each.key) {
			taken = append(taken, each.key)
			continue
		}
		ok, wait, err := p.config.Limiter.Allow(ctx, each.key, each.rate)
		switch {
		case errors.Is(err, ports.ErrUnavailable): // see the package comment
		case err != nil:
			p.giveBack(taken)
			return nil, err
		case !ok:
			p.giveBack(taken)
			return nil, &SlowDown{Wait: wait}
		default:
			taken = append(taken, each.key)
		}
	}
	return taken, nil
}

func (p *People) giveBack(keys []string) {
	for _, key := range keys {
		p.credits.give(key)
	}
}

// accountKey names an account's allowance, whether there is one or not, without naming anybody to the limiter. Name and
// address of one account share it.
func (p *People) accountKey(login, user string) string {
	if user == "" {
		index, key, _ := loginKey(login)
		user = store.ID(index, key)
	}
	mac := hmac.New(sha256.New, p.keys.login)
	mac.Write([]byte(user))
	return letters.EncodeToString(mac.Sum(nil)[:16])
}

// loginKey tells which index finds what somebody typed, and whether what is found is it.
func loginKey(login string) (index, key string, matches func(*userDoc) bool) {
	const longest = 1000
	if len(login) > longest {
		return "username", "", nil
	}
	if strings.Contains(login, "@") {
		email, problems := emailOf(login)
		if len(problems) > 0 {
			return "email", "", nil
		}
		return "email", emailKey(email), func(*userDoc) bool { return true }
	}
	name, problems := usernameOf(login)
	if len(problems) > 0 {
		return "username", "", nil
	}
	return "username", usernameKey(name), func(d *userDoc) bool { return strings.EqualFold(d.Username, name) }
}

// ClientKey names an address for counting: all of an IPv4 address, the network part of an IPv6 one, of which anybody has
// more than can be counted.
func ClientKey(client netip.Addr) string { return prefix(client, 32, 64) }

// clientArea is what a session remembers of an address: enough to recognise it, not enough to follow somebody.
func clientArea(client netip.Addr) string { return prefix(client, 24, 48) }

func prefix(client netip.Addr, four, six int) string {
	client = client.Unmap().WithZone("")
	bits := six
	if client.Is4() {
		bits = four
	}
	network, err := client.Prefix(bits)
	if err != nil || !client.IsValid() {
		return "unknown"
	}
	return network.String()
}

// deviceTime is how long a browser is known.
const deviceTime = 400 * 24 * time.Hour

// DeviceToken makes what a browser keeps after its user signed in, to be recognised by that account. It grants nothing but
// an allowance of its own for attempts.
func (p *People) DeviceToken(user string) string {
	token := make([]byte, 8, 8+16+sha256.Size)
	binary.BigEndian.PutUint64(token, uint64(p.now().Unix()))
	token = append(token, randomBytes(16)...)
	return base64.RawURLEncoding.EncodeToString(p.signDevice(user, token))
}

func (p *People) signDevice(user string, token []byte) []byte {
	mac := hmac.New(sha256.New, p.keys.device)
	mac.Write([]byte(store.ID(user, string(token))))
	return mac.Sum(token)
}

// KnowsDevice reports whether a device token was made for the user, not too long ago.
func (p *People) KnowsDevice(user, token string) bool {
	const length = 8 + 16 + sha256.Size
	if len(token) != base64.RawURLEncoding.EncodedLen(length) {
		return false
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(data) != length {
		return false
	}
	made := time.Unix(int64(binary.BigEndian.Uint64(data)), 0)
	return hmac.Equal(p.signDevice(user, data[:24:24]), data) && p.now().Sub(made) < deviceTime
}

// digest names a secret without holding it.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return letters.EncodeToString(sum[:])
}
