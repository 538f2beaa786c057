package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is the work of an argon2id hash.
type Cost struct {
	// Memory in KiB; 0 is 19 456 (19 MiB), Passes 2, Threads 1: what OWASP's cheat sheet asks for at least.
	Memory  uint32
	Passes  uint32
	Threads uint8
}

func (c *Cost) fill() {
	if c.Memory == 0 {
		c.Memory = 19 << 10
	}
	if c.Passes == 0 {
		c.Passes = 2
	}
	if c.Threads == 0 {
		c.Threads = 1
	}
}

// maxMemory bounds what a stored hash can make us allocate, in KiB.
const maxMemory = 1 << 20

func (c *Cost) check() error {
	if c.Memory < 8*uint32(c.Threads) || c.Memory > maxMemory || c.Passes < 1 || c.Passes > 100 || c.Threads < 1 || c.Threads > 64 {
		return fmt.Errorf("password hash of %d KiB, %d passes and %d threads is out of range", c.Memory, c.Passes, c.Threads)
	}
	return nil
}

// less reports whether a hash made at this cost should be made anew.
func (c *Cost) less(than Cost) bool {
	return c.Memory < than.Memory || c.Passes < than.Passes || c.Threads < than.Threads
}

const (
	saltLength = 16
	hashLength = 32
	// maxPassword bounds a password in bytes.
	maxPassword = 1024
)

// hasher computes hashes, so many at once and so many waiting.
type hasher struct {
	cost    Cost
	running chan struct{}
	waiting chan struct{}
	dummy   func() string
}

func newHasher(cost Cost, running, waiting int) *hasher {
	return &hasher{
		cost:    cost,
		running: make(chan struct{}, running),
		waiting: make(chan struct{}, running+waiting),
		// What a password is compared with when there is no account: the same work as for one.
		dummy: sync.OnceValue(func() string {
			return encodeHash(cost, randomBytes(saltLength), randomBytes(hashLength))
		}),
	}
}

// compute takes its turn and hashes.
func (h *hasher) compute(ctx context.Context, cost Cost, password string, salt []byte) ([]byte, error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(normalPassword(password)), salt, cost.Passes, cost.Memory, cost.Threads, hashLength), nil
}

// hash makes a stored hash.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := randomBytes(saltLength)
	sum, err := h.compute(ctx, h.cost, password, salt)
	if err != nil {
		return "", fmt.Errorf("hashing password: %w", err)
	}
	return encodeHash(h.cost, salt, sum), nil
}

// verify compares a password with a stored hash; "" is compared with nothing, at the same cost. renew says that the hash was
// made at less than today's cost.
func (h *hasher) verify(ctx context.Context, password, stored string) (right, renew bool, err error) {
	exists := stored != ""
	if !exists {
		stored = h.dummy()
	}
	cost, salt, want, err := decodeHash(stored)
	if err != nil {
		return false, false, fmt.Errorf("verifying password: %w", err)
	}
	if len(password) > maxPassword {
		password = "" // never set, and the work is done all the same
	}
	sum, err := h.compute(ctx, cost, password, salt)
	if err != nil {
		return false, false, fmt.Errorf("verifying password: %w", err)
	}
	return subtle.ConstantTimeCompare(sum, want) == 1 && exists, cost.less(h.cost), nil
}

// normalPassword makes the same password of what different keyboards send for it.
func normalPassword(password string) string { return norm.NFKC.String(password) }

// encodeHash writes the form that argon2's own tools read: $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH.
func encodeHash(cost Cost, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.Memory, cost.Passes, cost.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

var errHash = errors.New("malformed password hash")

func decodeHash(stored string) (cost Cost, salt, sum []byte, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return cost, nil, nil, errHash
	}
	numbers := strings.Split(parts[3], ",")
	if len(numbers) != 3 {
		return cost, nil, nil, errHash
	}
	memory, ok1 := parameter(numbers[0], "m=", 32)
	passes, ok2 := parameter(numbers[1], "t=", 32)
	threads, ok3 := parameter(numbers[2], "p=", 8)
	if !ok1 || !ok2 || !ok3 {
		return cost, nil, nil, errHash
	}
	cost = Cost{uint32(memory), uint32(passes), uint8(threads)}
	if cost.check() != nil {
		return cost, nil, nil, errHash
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return cost, nil, nil, errHash
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) != hashLength {
		return cost, nil, nil, errHash
	}
	return cost, salt, sum, nil
}

func parameter(text, prefix string, bits int) (uint64, bool) {
	digits, found := strings.CutPrefix(text, prefix)
	value, err := strconv.ParseUint(digits, 10, bits)
	return value, found && err == nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	io.ReadFull(rand.Reader, b) //nolint:errcheck // crypto/rand never fails
	return b
}

// checkPassword says what is wrong with a new password. Length is what counts; no kinds of characters are asked for.
func (p *People) checkPassword(password, username, email string) Problems {
	var problems Problems
	normal := strings.ToLower(normalPassword(password))
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	name := strings.ToLower(username)
	switch {
	case !utf8.ValidString(password):
		problems.add(FieldPassword, CodeEncoding, "this is not text")
	case password == "":
		problems.add(FieldPassword, CodeMissing, "choose a password")
	case utf8.RuneCountInString(normal) < p.config.MinPassword:
		problems.add(FieldPassword, CodeShort, "use at least %d characters", p.config.MinPassword)
	case len(password) > maxPassword:
		problems.add(FieldPassword, CodeLong, "use at most %d bytes", maxPassword)
	case strings.Trim(normal, normal[:1]) == "":
		problems.add(FieldPassword, CodeRepeated, "one character again and again is the first thing to be tried")
	case normal == name, normal == local, normal == strings.ToLower(email), name != "" && strings.Trim(normal, "0123456789!._-") == name:
		problems.add(FieldPassword, CodePersonal, "the password is your name or address")
	case common[normal]:
		problems.add(FieldPassword, CodeCommon, "this is one of the passwords that are tried first")
	}
	return problems
}

// common are passwords of eight characters and more at the top of every published list.
var common = func() map[string]bool {
	m := map[string]bool{}
	for _, password := range strings.Fields(`12345678 123456789 1234567890 11111111 00000000 87654321 password password1 password12
		password123 passw0rd p@ssw0rd p@ssword qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 1q2w3e4r 1q2w3e4r5t 1qaz2wsx
		q1w2e3r4 q1w2e3r4t5 zaq12wsx asdfghjk asdfghjkl zxcvbnm1 zxcvbnm123 abcdefgh abcd1234 abc12345 abcabcabc a1b2c3d4
		aa123456 aaaaaaaa iloveyou iloveyou1 sunshine princess football baseball superman batman123 trustno1 starwars
		whatever dragon123 monkey123 letmein1 letmein123 welcome1 welcome123 admin123 administrator changeme changeme1 default1
		secret123 master123 michael1 jennifer jordan23 computer internet samsung1 liverpool chelsea1 arsenal1 charlie1
		mustang1 midnight freedom1 passwort passwort1 hallo123 motdepasse azertyui azertyuiop contrasena contraseña
		123123123 12341234 11223344 112233445566 147258369 159753456 741852963 987654321 0987654321 1111111111 123321123
		12344321 123456780 1234567891 12345678910 123456789a a123456789 123456abc abc123456 student1 student123 teacher1
		learner1 education school123 university`) {
		m[password] = true
	}
	return m
}()
